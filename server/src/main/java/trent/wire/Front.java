package trent.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.util.AsciiString;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.KMSInternalException;
import trent.api.KmsOperation;
import trent.api.ServiceException;
import trent.api.ServiceUnavailable;
import trent.api.UnknownOperationException;
import trent.api.query.InvalidAction;
import trent.api.query.MissingAction;
import trent.api.query.QueryIn;
import trent.api.sts.AssumeRoleWithWebIdentityRequest;
import trent.api.sts.StsOperation;
import trent.audit.AuditRecord;
import trent.audit.AuditTrail;
import trent.call.Call;
import trent.call.Principal;
import trent.name.AccountId;
import trent.name.Region;
import trent.store.FaultLog;
import trent.store.NotInMemory;
import trent.wire.Routes.JsonRoute;
import trent.wire.Routes.QueryRoute;
import trent.wire.Routes.Route;
import trent.wire.signature.Caller;
import trent.wire.signature.Signatures;
import trent.wire.signature.SignedRequest;
import trent.wire.signature.SigningService;

/**
 * The way of a request: protocol, operation, signature, constraints; then the operation, its answer
 * and the audit record. Knows no connection and no thread.
 */
public final class Front {

    private static final Logger LOG = LoggerFactory.getLogger(Front.class);

    private static final String TARGET_PREFIX = "TrentService.";
    private static final String JSON_1_1 = "application/x-amz-json-1.1";
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final AsciiString AUTHORIZATION = AsciiString.cached("authorization");
    private static final String ACTION = "Action";
    private static final String VERSION = "Version";

    /** What AWS prints where the parameter is missing. */
    private static final String NO_VERSION = "NO_VERSION_SPECIFIED";

    /** Of a name that nobody has: longer than any operation's. */
    private static final int MAX_SHOWN = 128;

    /** A longer form is read aside: one of 1 MiB takes 10 ms and more. */
    private static final int MAX_FORM_HERE = 16 * 1024;

    private static final AccountId NO_ACCOUNT = new AccountId("000000000000");
    private static final String MAIN = "us-east-1";

    /** Where the global services of a partition are at home. */
    private static final Map<String, String> MAIN_REGIONS =
            Map.of("aws-cn", "cn-north-1", "aws-us-gov", "us-gov-west-1");

    private final Verifier signatures;
    private final Routes routes;
    private final AuditTrail trail;
    private final InstantSource clock;
    private final FaultLog faults = new FaultLog(LOG);

    /** Tells who signed a request, as {@link Signatures#verify} does. */
    @FunctionalInterface
    interface Verifier {
        Caller verify(SignedRequest request, SigningService service);
    }

    public Front(Signatures signatures, Routes routes, AuditTrail trail, InstantSource clock) {
        this(signatures::verify, routes, trail, clock);
    }

    Front(Verifier signatures, Routes routes, AuditTrail trail, InstantSource clock) {
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
        record Ready<I, O>(
                Route<I, O> route, Call call, I input, ReceivedRequest request, long startNanos)
                implements Looked {

            /** Whether nobody signed it, as one operation allows. */
            boolean isStrangers() {
                return call.principal().kind() == Principal.Kind.NOBODY;
            }
        }

        /**
         * Its caller is known, but its form is too long to be read while others wait: {@link
         * #readOn} on another thread.
         */
        record Unread(Service service, Call call, long startNanos) implements Looked {}

        /**
         * Who its caller is has to be looked up, or its parameters to be read to know whom it is
         * for: {@link #lookAgain} on a thread that may wait.
         *
         * @param service null if its parameters say
         */
        record Later(@Nullable Service service, long startNanos) implements Looked {}
    }

    /**
     * Looks at a request: all that can be said without its operation. Takes microseconds and never
     * waits.
     */
    Looked look(ReceivedRequest request, String requestId) {
        long start = System.nanoTime();
        boolean json = isJson(request);
        if (json && request.target() != null) {
            return lookAtJson(request, requestId, start);
        }
        Service service = Service.of(SigningService.claimedBy(request));
        if (service != null && service.speaksQuery() && isGetOrPost(request)) {
            return lookAtQuery(service, null, request, requestId, start);
        }
        if (json) {
            return lookAtJson(request, requestId, start);
        }
        return service == null && isQuery(request) && namesVersion(request)
                ? new Looked.Later(null, start)
                : notOurs(request, requestId, start);
    }

    /** The same on a thread that may wait. */
    Looked lookAgain(Looked.Later later, ReceivedRequest request, String requestId) {
        Service service = later.service();
        long start = later.startNanos();
        if (service == null) {
            return lookAtUnclaimed(request, requestId, start);
        }
        if (!service.speaksQuery()) {
            return lookAtJson(request, requestId, start);
        }
        Looked looked = lookAtQuery(service, null, request, requestId, start);
        return looked instanceof Looked.Unread unread ? readOn(unread, request) : looked;
    }

    /** Reads the form of one whose caller is known, on a thread that may take its time. */
    Looked readOn(Looked.Unread unread, ReceivedRequest request) {
        return readQuery(unread.service(), null, unread.call(), request, unread.startNanos());
    }

    private Looked lookAtJson(ReceivedRequest request, String requestId, long start) {
        Route<?, ?> route = null;
        Call call = null;
        try {
            JsonRoute<?, ?> known = route(request.target());
            route = known;
            Caller caller = signatures.verify(request, SigningService.KMS);
            call = new Call(caller.principal(), caller.region(), requestId, request);
            return ready(known, call, request, start);
        } catch (NotInMemory _) {
            return new Looked.Later(Service.KMS, start);
        } catch (Throwable e) { // whatever it is, the caller gets an answer
            return new Looked.Answered(
                    recorded(
                            failure(e, Service.KMS, requestId),
                            requestId,
                            request,
                            route,
                            call,
                            start),
                    call != null);
        }
    }

    /**
     * One of a service that speaks AWS Query, signed or said to be.
     *
     * @param read its parameters; null if they are not read yet
     */
    private Looked lookAtQuery(
            Service service,
            @Nullable QueryIn read,
            ReceivedRequest request,
            String requestId,
            long start) {
        Call call;
        try {
            // First, so that strangers cannot make us read what they send.
            Caller caller = signatures.verify(request, service.signing());
            call = new Call(caller.principal(), caller.region(), requestId, request);
        } catch (NotInMemory _) {
            return new Looked.Later(service, start);
        } catch (Throwable e) { // whatever it is, the caller gets an answer
            return new Looked.Answered(
                    recorded(failure(e, service, requestId), requestId, request, null, null, start),
                    false);
        }
        return read == null && isForm(request) && request.bodyLength() > MAX_FORM_HERE
                ? new Looked.Unread(service, call, start)
                : readQuery(service, read, call, request, start);
    }

    private Looked readQuery(
            Service service,
            @Nullable QueryIn read,
            Call call,
            ReceivedRequest request,
            long start) {
        Route<?, ?> route = null;
        try {
            QueryIn parameters = read == null ? parameters(request) : read;
            QueryRoute<?, ?> known = route(service, parameters);
            route = known;
            return ready(known, call, parameters, request, start);
        } catch (Throwable e) { // whatever it is, the caller gets an answer
            return new Looked.Answered(
                    recorded(
                            failure(e, service, call.requestId()),
                            call.requestId(),
                            request,
                            route,
                            call,
                            start),
                    true);
        }
    }

    /** One whose signature names no service of ours, if it has one: its version does, or nothing. */
    private Looked lookAtUnclaimed(ReceivedRequest request, String requestId, long start) {
        Route<?, ?> route = null;
        try {
            QueryIn parameters = parameters(request);
            Service service = Service.ofVersion(parameters.string(VERSION));
            if (service == null) {
                return notOurs(request, requestId, start);
            }
            QueryRoute<?, ?> known =
                    service == Service.STS && isUnsigned(request)
                            ? routes.of(service, String.valueOf(parameters.string(ACTION)))
                            : null;
            if (known == null
                    || !known.operation().equals(StsOperation.ASSUME_ROLE_WITH_WEB_IDENTITY)) {
                return lookAtQuery(service, parameters, request, requestId, start);
            }
            route = known;
            AssumeRoleWithWebIdentityRequest input =
                    StsOperation.ASSUME_ROLE_WITH_WEB_IDENTITY.read(parameters);
            Call call = strangersCall(input.roleArn(), requestId, request);
            return ready(known, call, parameters, request, start);
        } catch (Throwable e) { // whatever it is, the caller gets an answer
            return new Looked.Answered(
                    recorded(
                            failure(e, Service.STS, requestId),
                            requestId,
                            request,
                            route,
                            null,
                            start),
                    false);
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
            answer = route.answer(route.code().answer(call, ready.input()), call.requestId());
        } catch (NotInMemory e) {
            throw e;
        } catch (Throwable e) { // whatever it is, the caller gets an answer
            answer = failure(e, route.service(), call.requestId());
        }
        return recorded(ready, answer);
    }

    /** The answer to a body that was not read to its end. */
    Answer tooLarge(ReceivedRequest request, String requestId) {
        return unlooked(Answer.TOO_LARGE, request, requestId);
    }

    /** The answer to a request that there is no room for. */
    Answer noRoom(ReceivedRequest request, String requestId) {
        return refused(
                request,
                requestId,
                new ServiceUnavailable("There is no room for the request. Try again."));
    }

    /** The answer to a request that met a fault of ours, outside its operation. */
    Answer failed(ReceivedRequest request, String requestId, Throwable fault) {
        return unlooked(failure(fault, likely(request), requestId), request, requestId);
    }

    /** The answer to a request that was not looked at. */
    Answer refused(ReceivedRequest request, String requestId, ServiceException reason) {
        return unlooked(likely(request).answer(reason, requestId), request, requestId);
    }

    /** The answer to a request that is nobody's business here, as it stands. */
    Answer unlooked(Answer answer, ReceivedRequest request, String requestId) {
        return recorded(answer, requestId, request, null, null, System.nanoTime());
    }

    /** The answer to a request whose operation was not begun. */
    Answer refused(Looked.Ready<?, ?> ready, ServiceException reason) {
        return recorded(ready, ready.route().service().answer(reason, ready.call().requestId()));
    }

    private Looked notOurs(ReceivedRequest request, String requestId, long start) {
        return new Looked.Answered(
                recorded(Answer.NOT_THIS_PROTOCOL, requestId, request, null, null, start), false);
    }

    private static <I, O> Looked ready(
            JsonRoute<I, O> route, Call call, ReceivedRequest request, long start) {
        I input = route.read(request.body(), request.bodyOffset(), request.bodyLength());
        return new Looked.Ready<>(route, call, input, request, start);
    }

    private static <I, O> Looked ready(
            QueryRoute<I, O> route,
            Call call,
            QueryIn parameters,
            ReceivedRequest request,
            long start) {
        I input = route.operation().read(parameters);
        return new Looked.Ready<>(route, call, input, request, start);
    }

    private Answer failure(Throwable e, Service service, String requestId) {
        if (e instanceof ServiceException answer) {
            return service.answer(answer, requestId);
        }
        faults.add("a request met a fault of ours, the first one was " + requestId, e);
        return service.answer(
                new KMSInternalException("The request failed because of an internal error."),
                requestId);
    }

    private Answer recorded(Looked.Ready<?, ?> ready, Answer answer) {
        Call call = ready.call();
        return recorded(
                answer, call.requestId(), ready.request(), ready.route(), call, ready.startNanos());
    }

    private Answer recorded(
            Answer answer,
            String requestId,
            ReceivedRequest request,
            @Nullable Route<?, ?> route,
            @Nullable Call call,
            long startNanos) {
        AuditRecord entry =
                new AuditRecord(
                        clock.instant(),
                        requestId,
                        route == null ? null : route.recorded(),
                        call == null ? null : call.principal().arn(),
                        call == null ? null : call.account().value(),
                        call == null ? null : call.region().value(),
                        request,
                        call == null ? List.of() : call.resources(),
                        answer.status(),
                        answer.error(),
                        (System.nanoTime() - startNanos) / 1000,
                        answer.length());
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

    private JsonRoute<?, ?> route(@Nullable String target) {
        if (target != null && target.startsWith(TARGET_PREFIX)) {
            KmsOperation<?, ?> operation =
                    KmsOperation.byName(target.substring(TARGET_PREFIX.length()));
            if (operation != null) {
                return routes.of(operation);
            }
        } else if (target != null && target.startsWith(OwnOperation.TARGET_PREFIX)) {
            JsonRoute<?, ?> own =
                    routes.ofOwn(target.substring(OwnOperation.TARGET_PREFIX.length()));
            if (own != null) {
                return own;
            }
        }
        throw new UnknownOperationException();
    }

    private QueryRoute<?, ?> route(Service service, QueryIn parameters) {
        @Nullable String action = parameters.string(ACTION);
        if (action == null || action.isEmpty()) {
            throw new MissingAction("The request is missing an action or a required parameter.");
        }
        @Nullable String version = parameters.string(VERSION);
        QueryRoute<?, ?> route =
                service.version().equals(version) ? routes.of(service, action) : null;
        if (route == null) {
            throw new InvalidAction(
                    "Could not find operation %s for version %s"
                            .formatted(
                                    shortened(action),
                                    version == null ? NO_VERSION : shortened(version)));
        }
        return route;
    }

    private static String shortened(String name) {
        return name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) + "..." : name;
    }

    /** A call that nobody signed, about a role: its account is only what it is about. */
    private static Call strangersCall(String role, String requestId, ReceivedRequest request) {
        String[] arn = role.split(":", 6); // the operation says what is wrong with it
        boolean named = arn.length == 6 && AccountId.isValid(arn[4]);
        AccountId account = named ? new AccountId(arn[4]) : NO_ACCOUNT;
        Region region = new Region(MAIN_REGIONS.getOrDefault(arn.length > 1 ? arn[1] : "", MAIN));
        Principal nobody = Principal.nobody(account, region.partition());
        return new Call(nobody, region, requestId, request);
    }

    /** The parameters of its query, and those of its body if it is a form. */
    private static QueryIn parameters(ReceivedRequest request) {
        String query = request.query();
        byte[] fromUri = query == null ? new byte[0] : query.getBytes(ISO_8859_1);
        return isForm(request)
                ? QueryIn.of(fromUri, Arrays.copyOf(request.body(), request.bodyLength()))
                : QueryIn.of(fromUri);
    }

    /** Whose words the client will understand that sent this, looked at or not. */
    private static Service likely(ReceivedRequest request) {
        if (isJson(request) && request.target() != null) {
            return Service.KMS;
        }
        Service claimed = Service.of(SigningService.claimedBy(request));
        return claimed != null ? claimed : isForm(request) ? Service.STS : Service.KMS;
    }

    private static boolean isUnsigned(ReceivedRequest request) {
        String query = request.query();
        return request.header(AUTHORIZATION) == null
                && (query == null || !query.contains("X-Amz-"));
    }

    private static boolean isGetOrPost(ReceivedRequest request) {
        return request.method().equals("POST") || request.method().equals("GET");
    }

    /** Whether it could be AWS Query: a form, or a query without anything else. */
    private static boolean isQuery(ReceivedRequest request) {
        return switch (request.method()) {
            case "GET" -> request.query() != null;
            case "POST" -> isForm(request) || request.bodyLength() == 0;
            default -> false;
        };
    }

    /** Without a scope that names a service its version must: a form is read, a URI looked at. */
    private static boolean namesVersion(ReceivedRequest request) {
        String query = request.query();
        return isForm(request) || (query != null && query.contains(VERSION + "="));
    }

    private static boolean isForm(ReceivedRequest request) {
        String contentType = request.contentType();
        return request.method().equals("POST")
                && contentType != null
                && mediaType(contentType).equals(FORM);
    }

    private static boolean isJson(ReceivedRequest request) {
        String contentType = request.contentType();
        if (contentType == null || !request.method().equals("POST")) {
            return false;
        }
        if (contentType.equals(JSON_1_1)) {
            return true;
        }
        String plain = mediaType(contentType);
        return plain.equals(JSON_1_1) || plain.equals(JSON);
    }

    /** Without its parameters, in lower case. */
    private static String mediaType(String contentType) {
        int parameters = contentType.indexOf(';');
        String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
        return type.strip().toLowerCase(Locale.ROOT);
    }
}
