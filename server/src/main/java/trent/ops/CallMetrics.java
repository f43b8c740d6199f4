package trent.ops;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import trent.api.KmsOperation;
import trent.audit.AuditRecord;
import trent.audit.AuditTrail;
import trent.wire.Routes;

/**
 * Counts calls: by operation and outcome, by error, and their times by class of operation.
 *
 * <p>All series are there from the start, so that the first failure of a kind is seen as one. Hence
 * no label takes what a caller sends, and times are by class and not by operation: 155 operations
 * with five outcomes each are 50 KB of text, with fourteen buckets they would be 200.
 */
public final class CallMetrics implements AuditTrail {

    /** A request that named no operation that there is. */
    private static final String NONE = "none";

    private static final double MICROS_PER_SECOND = 1e6;
    private static final double[] BOUNDS = {
        .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, .5, 2.5, 10
    };

    /** What takes about the same time. */
    enum Kind {
        /** Symmetric cryptography from memory: tens of microseconds. */
        SYMMETRIC,
        /** Key pairs put to use or made: up to milliseconds, data key pairs of RSA more. */
        ASYMMETRIC,
        /** What is read. */
        READ,
        /** What is changed, and waits for the disk or the database. */
        WRITE,
        /** IAM and STS. */
        IDENTITY,
        /** No operation. */
        NONE;

        private static final Set<KmsOperation<?, ?>> SYMMETRICS =
                Set.of(
                        KmsOperation.ENCRYPT,
                        KmsOperation.DECRYPT,
                        KmsOperation.RE_ENCRYPT,
                        KmsOperation.GENERATE_DATA_KEY,
                        KmsOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT,
                        KmsOperation.GENERATE_MAC,
                        KmsOperation.VERIFY_MAC,
                        KmsOperation.GENERATE_RANDOM);

        private static final Set<KmsOperation<?, ?>> ASYMMETRICS =
                Set.of(
                        KmsOperation.SIGN,
                        KmsOperation.VERIFY,
                        KmsOperation.DERIVE_SHARED_SECRET,
                        KmsOperation.GENERATE_DATA_KEY_PAIR,
                        KmsOperation.GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT);

        static Kind of(String operation) {
            if (operation.indexOf(':') >= 0) {
                return IDENTITY;
            }
            KmsOperation<?, ?> known = KmsOperation.byName(operation);
            if (known == null) {
                return READ; // our own: it explains
            }
            if (SYMMETRICS.contains(known)) {
                return SYMMETRIC;
            }
            if (ASYMMETRICS.contains(known)) {
                return ASYMMETRIC;
            }
            return operation.startsWith("Describe")
                            || operation.startsWith("Get")
                            || operation.startsWith("List")
                    ? READ
                    : WRITE;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What came of a call, as far as an operator asks first. */
    enum Outcome {
        OK,
        /** The caller's mistake, or something that is not so at present. */
        CLIENT,
        /** The caller may not, or is not who it says. */
        DENIED,
        /** The caller does too much. */
        THROTTLED,
        /** Ours: a fault, no room, the database away. */
        FAULT;

        private static final int FIRST_FAULT = 500;
        private static final Set<String> THROTTLES = Set.of("ThrottlingException", "Throttling");
        private static final Set<String> DENIALS =
                Set.of("AccessDeniedException", "AccessDenied", "NotAuthorizedException");

        static Outcome of(AuditRecord entry) {
            String error = entry.error();
            if (error == null) {
                return OK;
            }
            if (entry.httpStatus() >= FIRST_FAULT) {
                return FAULT;
            }
            if (THROTTLES.contains(error)) {
                return THROTTLED;
            }
            return DENIALS.contains(error) || SignatureFailure.of(entry) != null ? DENIED : CLIENT;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The errors that have a count of their own; all others share one. */
    static final List<String> ERRORS =
            List.of(
                    "AccessDenied",
                    "AccessDeniedException",
                    "AlreadyExistsException",
                    "ConflictException",
                    "DependencyTimeoutException",
                    "DisabledException",
                    "DryRunOperationException",
                    "ExpiredImportTokenException",
                    "ExpiredToken",
                    "ExpiredTokenException",
                    "IncompleteSignature",
                    "IncompleteSignatureException",
                    "IncorrectKeyException",
                    "IncorrectKeyMaterialException",
                    "InternalFailure",
                    "InvalidArnException",
                    "InvalidCiphertextException",
                    "InvalidClientTokenId",
                    "InvalidGrantTokenException",
                    "InvalidImportTokenException",
                    "InvalidKeyUsageException",
                    "InvalidSignatureException",
                    "KMSInternalException",
                    "KMSInvalidMacException",
                    "KMSInvalidSignatureException",
                    "KMSInvalidStateException",
                    "KeyUnavailableException",
                    "LimitExceeded",
                    "LimitExceededException",
                    "MalformedPolicyDocument",
                    "MalformedPolicyDocumentException",
                    "MissingAuthenticationToken",
                    "MissingAuthenticationTokenException",
                    "NoSuchEntity",
                    "NotAuthorizedException",
                    "NotFoundException",
                    "RequestEntityTooLarge",
                    "SerializationException",
                    "ServiceUnavailable",
                    "SignatureDoesNotMatch",
                    "TagException",
                    "Throttling",
                    "ThrottlingException",
                    "UnknownOperationException",
                    "UnrecognizedClientException",
                    "UnsupportedOperationException",
                    "ValidationError",
                    "ValidationException");

    private static final String OTHER = "other";

    /** Of one operation. */
    private static final class Figures {

        private final DistributionDataPoint seconds;
        private final LongAdder ok = new LongAdder();
        private final LongAdder client = new LongAdder();
        private final LongAdder denied = new LongAdder();
        private final LongAdder throttled = new LongAdder();
        private final LongAdder fault = new LongAdder();

        private Figures(DistributionDataPoint seconds) {
            this.seconds = seconds;
        }

        private LongAdder of(Outcome outcome) {
            return switch (outcome) {
                case OK -> ok;
                case CLIENT -> client;
                case DENIED -> denied;
                case THROTTLED -> throttled;
                case FAULT -> fault;
            };
        }
    }

    private final Map<String, Figures> byOperation = new HashMap<>();
    private final Figures none;
    private final Map<String, LongAdder> byError = new HashMap<>();
    private final LongAdder otherErrors = new LongAdder();
    private final Map<SignatureFailure, LongAdder> signatures =
            new EnumMap<>(SignatureFailure.class);

    /** Shows its counts among these. */
    public CallMetrics(Metrics metrics) {
        Histogram seconds =
                metrics.histogram(
                        "trent_call_duration_seconds",
                        "Time from the whole request to the whole answer, by class of operation",
                        "class",
                        BOUNDS);
        for (String operation : Routes.recordedNames()) {
            byOperation.put(
                    operation, new Figures(seconds.labelValues(Kind.of(operation).label())));
        }
        this.none = new Figures(seconds.labelValues(Kind.NONE.label()));
        byOperation.put(NONE, none);
        metrics.counters(
                "trent_calls_total",
                "Calls that were answered: ok, client (the caller's mistake), denied, throttled, fault (ours)",
                List.of("operation", "outcome"),
                shown -> {
                    for (Map.Entry<String, Figures> each : byOperation.entrySet()) {
                        for (Outcome outcome : Outcome.values()) {
                            shown.value(
                                    (double) each.getValue().of(outcome).sum(),
                                    each.getKey(),
                                    outcome.label());
                        }
                    }
                });
        ERRORS.forEach(error -> byError.put(error, new LongAdder()));
        byError.put(OTHER, otherErrors);
        metrics.counters(
                "trent_call_errors_total",
                "Calls that were answered with an error",
                List.of("error"),
                shown ->
                        byError.forEach(
                                (error, count) -> shown.value((double) count.sum(), error)));
        for (SignatureFailure failure : SignatureFailure.values()) {
            signatures.put(failure, new LongAdder());
        }
        metrics.counters(
                "trent_signature_failures_total",
                "Requests whose signature was not taken, by the reason",
                List.of("reason"),
                shown ->
                        signatures.forEach(
                                (failure, count) ->
                                        shown.value((double) count.sum(), failure.label())));
    }

    @Override
    public void add(AuditRecord entry) {
        String operation = entry.operation();
        Figures figures = operation == null ? none : byOperation.getOrDefault(operation, none);
        figures.seconds.observe(entry.micros() / MICROS_PER_SECOND);
        figures.of(Outcome.of(entry)).increment();
        String error = entry.error();
        if (error != null) {
            byError.getOrDefault(error, otherErrors).increment();
            LongAdder failed = counted(SignatureFailure.of(entry));
            if (failed != null) {
                failed.increment();
            }
        }
    }

    private @Nullable LongAdder counted(@Nullable SignatureFailure failure) {
        return failure == null ? null : signatures.get(failure);
    }
}
