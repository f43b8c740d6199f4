package trent.wire;

import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.KMSInternalException;
import trent.api.ServiceException;
import trent.api.KmsOperation;
import trent.api.ServiceUnavailable;
import trent.api.UnknownOperationException;
import trent.audit.AuditRecord;
import trent.audit.AuditTrail;
import trent.call.Call;
import trent.store.FaultLog;
import trent.store.NotInMemory;
import trent.wire.Routes.Route;
import trent.wire.signature.Caller;
import trent.wire.signature.Signatures;

/**
 * The way of a request: protocol, operation, signature, constraints; then the operation, its answer
 * and the audit record. Knows no connection and no thread.
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
    private final FaultLog faults = new FaultLog(LOG);

    public Front(Signatures signatures, Routes routes, AuditTrail trail, InstantSource clock) {
        this.signatures = signatures;
        this.routes = routes;
        this.trail = trail;
        this.clock = clock;
    }

    /** A request that was looked at. */
    sealed interface Looked {

        /** It is answered already: no operation may see it. */
        record Answered(Answer answer, boolean verified) implements Looked {}

        /** Its caller is known and its input valid. */
        record Ready<I, O>(Route<I, O> route, Call call, I input, long startNanos)
                implements Looked {}
    }

    /**
     * Looks at a request: all that can be said without its operation. Takes
     * microseconds and never waits.
     */
    Looked look(ReceivedRequest request, String requestId) {
        long start = System.nanoTime();
        if (!isProtocol(request)) {
            return new Looked.Answered(
                    recorded(Answer.NOT_THIS_PROTOCOL, requestId, null, null, start), false);
        }
        Route<?, ?> route = null;
        Call call = null;
        try {
            route = route(request.target());
            Caller caller = signatures.verify(request);
            call = new Call(caller.principal(), caller.region(), requestId);
            return ready(route, call, request, start);
        } catch (Throwable e) { // whatever it is, the caller gets an answer
            return new Looked.Answered(
                    recorded(failure(e, requestId), requestId, route, call, start), call != null);
        }
    }

    /**
     * Has the operation answer.
     *
     * @throws NotInMemory if this thread must not wait and would have to; nothing has happened then
     */
    <I, O> Answer answer(Looked.Ready<I, O> ready) {
        Route<I, O> route = ready.route();
        Call call = ready.call();
        Answer answer;
        try {
            answer = Answer.of(route.operation(), route.code().answer(call, ready.input()));
        } catch (NotInMemory e) {
            throw e;
        } catch (Throwable e) { // whatever it is, the caller gets an answer
            answer = failure(e, call.requestId());
        }
        return recorded(answer, call.requestId(), route, call, ready.startNanos());
    }

    /** The answer to a body that was not read to its end. */
    Answer tooLarge(String requestId) {
        return recorded(Answer.TOO_LARGE, requestId, null, null, System.nanoTime());
    }

    /** The answer to a request that there is no room for. */
    Answer noRoom(String requestId) {
        Answer answer =
                Answer.of(new ServiceUnavailable("There is no room for the request. Try again."));
        return recorded(answer, requestId, null, null, System.nanoTime());
    }

    /** The answer to a request that met a fault of ours, outside its operation. */
    Answer failed(String requestId, Throwable fault) {
        return recorded(failure(fault, requestId), requestId, null, null, System.nanoTime());
    }

    /** The answer to a request whose operation was not begun. */
    Answer refused(Looked.Ready<?, ?> ready, ServiceException reason) {
        Call call = ready.call();
        return recorded(
                Answer.of(reason), call.requestId(), ready.route(), call, ready.startNanos());
    }

    private static <I, O> Looked ready(
            Route<I, O> route, Call call, ReceivedRequest request, long start) {
        I input =
                route.operation().read(request.body(), request.bodyOffset(), request.bodyLength());
        return new Looked.Ready<>(route, call, input, start);
    }

    private Answer failure(Throwable e, String requestId) {
        if (e instanceof ServiceException answer) {
            return Answer.of(answer);
        }
        faults.add("a request met a fault of ours, the first one was " + requestId, e);
        return Answer.of(
                new KMSInternalException("The request failed because of an internal error."));
    }

    private Answer recorded(
            Answer answer,
            String requestId,
            @Nullable Route<?, ?> route,
            @Nullable Call call,
            long startNanos) {
        AuditRecord entry =
                new AuditRecord(
                        clock.instant(),
                        requestId,
                        route == null ? null : route.operation().name(),
                        call == null ? null : call.principal().arn(),
                        call == null ? null : call.region().value(),
                        call == null ? List.of() : call.resources(),
                        answer.status(),
                        answer.error(),
                        (System.nanoTime() - startNanos) / 1000);
        try {
            trail.add(entry);
        } catch (Throwable e) { // what was done is done, and its caller must learn it
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("request", requestId)
                    .log("a request could not be recorded");
        }
        return answer;
    }

    private Route<?, ?> route(@Nullable String target) {
        if (target != null && target.startsWith(TARGET_PREFIX)) {
            KmsOperation<?, ?> operation =
                    KmsOperation.byName(target.substring(TARGET_PREFIX.length()));
            if (operation != null) {
                return routes.of(operation);
            }
        }
        throw new UnknownOperationException();
    }

    private static boolean isProtocol(ReceivedRequest request) {
        String contentType = request.contentType();
        if (contentType == null || !request.method().equals("POST")) {
            return false;
        }
        if (contentType.equals(JSON_1_1)) {
            return true;
        }
        int parameters = contentType.indexOf(';');
        String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
        String plain = type.strip().toLowerCase(Locale.ROOT);
        return plain.equals(JSON_1_1) || plain.equals(JSON);
    }
}
