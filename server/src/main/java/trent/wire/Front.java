package trent.wire;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.KMSInternalException;
import trent.api.KmsException;
import trent.api.KmsOperation;
import trent.api.UnknownOperationException;
import trent.audit.AuditRecord;
import trent.audit.AuditTrail;
import trent.call.Call;
import trent.store.NotInMemory;
import trent.wire.Routes.Route;
import trent.wire.signature.Caller;
import trent.wire.signature.Signatures;

/**
 * The way of a request: protocol, operation, signature, constraints, operation, answer, audit record. Knows no
 * connection and no thread.
 */
public final class Front {

    private static final Logger LOG = LoggerFactory.getLogger(Front.class);

    private static final String TARGET_PREFIX = "TrentService.";
    private static final String JSON_1_1 = "application/x-amz-json-1.1";
    private static final String JSON = "application/json";

    private final Signatures signatures;
    private final Routes routes;
    private final AuditTrail trail;
    private final InstantSource clock;

    public Front(Signatures signatures, Routes routes, AuditTrail trail, InstantSource clock) {
        this.signatures = signatures;
        this.routes = routes;
        this.trail = trail;
        this.clock = clock;
    }

    /**
     * One request on its way: what is known of it so far.
     *
     * @param route null if the request names no operation
     */
    record Pending(ReceivedRequest request, String requestId, long startNanos, @Nullable Route<?, ?> route) {

        boolean aside() {
            return route != null && route.aside();
        }
    }

    /** Looks at what a request is, without doing anything about it. */
    Pending accept(ReceivedRequest request, String requestId) {
        return new Pending(request, requestId, System.nanoTime(), route(request.target()));
    }

    /**
     * Answers a request.
     *
     * @throws NotInMemory if this thread must not wait and would have to; nothing has happened then
     */
    Answer answer(Pending pending) {
        if (!isProtocol(pending.request())) {
            return audited(pending, null, Answer.NOT_THIS_PROTOCOL);
        }
        Call call = null;
        Answer answer;
        try {
            Route<?, ?> route = pending.route();
            if (route == null) {
                throw new UnknownOperationException();
            }
            Caller caller = signatures.verify(pending.request());
            call = new Call(caller.principal(), caller.region(), pending.requestId());
            answer = run(route, call, pending.request().body());
        } catch (KmsException e) {
            answer = Answer.of(e);
        } catch (NotInMemory e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            LOG.atError().setCause(e).addKeyValue("request", pending.requestId()).log("a request met a fault of ours");
            answer = Answer.of(new KMSInternalException("The request failed because of an internal error."));
        }
        return audited(pending, call, answer);
    }

    /** Records an answer that was given without looking at the request, for example 413. */
    Answer audited(Pending pending, @Nullable Call call, Answer answer) {
        Route<?, ?> route = pending.route();
        Instant now = clock.instant();
        trail.add(
                new AuditRecord(
                        now,
                        pending.requestId(),
                        route == null ? null : route.operation().name(),
                        call == null ? null : call.principal().arn(),
                        call == null ? null : call.region().value(),
                        call == null ? List.of() : call.resources(),
                        answer.status(),
                        answer.error(),
                        (System.nanoTime() - pending.startNanos()) / 1000));
        return answer;
    }

    private static <I, O> Answer run(Route<I, O> route, Call call, byte[] body) {
        I input = route.operation().read(body, 0, body.length);
        return Answer.of(route.operation(), route.code().answer(call, input));
    }

    private @Nullable Route<?, ?> route(@Nullable String target) {
        if (target == null || !target.startsWith(TARGET_PREFIX)) {
            return null;
        }
        KmsOperation<?, ?> operation = KmsOperation.byName(target.substring(TARGET_PREFIX.length()));
        return operation == null ? null : routes.of(operation);
    }

    private static boolean isProtocol(ReceivedRequest request) {
        String contentType = request.contentType();
        if (contentType == null || !request.method().equals("POST")) {
            return false;
        }
        int parameters = contentType.indexOf(';');
        String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
        if (type.equals(JSON_1_1)) {
            return true;
        }
        String plain = type.strip().toLowerCase(Locale.ROOT);
        return plain.equals(JSON_1_1) || plain.equals(JSON);
    }
}
