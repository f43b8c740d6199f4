package trent.dev;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import trent.dev.Fault.ServiceName;

/**
 * Reads the faults that a test asks for, with all that can be wrong with them.
 *
 * @param seeds where the seed of one is had from that names none: a number below 2^53, as JSON has it
 */
record FaultReader(LongSupplier seeds) {

    /** So long a call may be kept waiting: as long as most clients wait. */
    static final int MAX_LATENCY_MILLIS = 60_000;

    private static final long MAX_COUNT = 1_000_000_000;
    private static final long MAX_SEED = (1L << 53) - 1;
    private static final int MAX_MESSAGE = 1000;
    private static final String ALL = "*";
    private static final String SAYS = "A test asked for this fault.";

    private static final Set<String> MEMBERS =
            Set.of(
                    "service",
                    "operation",
                    "error",
                    "message",
                    "latency",
                    "timeout",
                    "count",
                    "share",
                    "seed");

    List<Fault> read(List<JsonMembers> asked) throws WrongAsked {
        List<Fault> faults = new ArrayList<>();
        for (JsonMembers each : asked) {
            faults.add(read(each));
        }
        if (faults.isEmpty()) {
            throw new WrongAsked("No fault is asked for. " + example());
        }
        return faults;
    }

    private Fault read(JsonMembers asked) throws WrongAsked {
        asked.requireOnly(MEMBERS);
        ServiceName service = service(asked.text("service"));
        String error = asked.text("error");
        boolean timeout = asked.truth("timeout");
        if (error == null && !timeout && !asked.has("latency")) {
            throw new WrongAsked(
                    "What is to happen is not said: \"error\", \"latency\" or \"timeout\". "
                            + example());
        }
        if (error != null && timeout) {
            throw new WrongAsked(
                    "\"error\" and \"timeout\" exclude each other: a call is answered, or it is not.");
        }
        if (asked.has("message") && error == null) {
            throw new WrongAsked("\"message\" goes with \"error\".");
        }
        if (asked.has("seed") && !asked.has("share")) {
            throw new WrongAsked("\"seed\" goes with \"share\".");
        }
        String message = asked.text("message");
        if (message != null && message.length() > MAX_MESSAGE) {
            throw new WrongAsked(
                    "\"message\" is to have at most %d characters.".formatted(MAX_MESSAGE));
        }
        List<String> named = asked.texts("operation");
        boolean all = named.equals(List.of(ALL));
        return new Fault(
                service,
                all ? all(service, error) : operations(service, named, error),
                all,
                error,
                message == null ? SAYS : message,
                Duration.ofMillis(
                        asked.whole(
                                "latency",
                                0,
                                MAX_LATENCY_MILLIS,
                                timeout ? MAX_LATENCY_MILLIS : 0)),
                timeout,
                asked.whole("count", 1, MAX_COUNT, Fault.ALWAYS),
                asked.part("share", 1),
                asked.has("seed")
                        ? asked.whole("seed", 0, MAX_SEED, 0)
                        : seeds.getAsLong() & MAX_SEED);
    }

    private static ServiceName service(@Nullable String name) throws WrongAsked {
        if (name == null) {
            return ServiceName.KMS;
        }
        for (ServiceName each : ServiceName.values()) {
            if (each.written().equals(name.toLowerCase(Locale.ROOT))) {
                return each;
            }
        }
        throw new WrongAsked("\"service\" is to be kms, iam or sts.");
    }

    private static Set<String> operations(
            ServiceName service, List<String> named, @Nullable String error) throws WrongAsked {
        if (named.isEmpty()) {
            throw new WrongAsked(
                    "\"operation\" is not said: a name, an array of names, or \"*\" for all. "
                            + example());
        }
        Set<String> known = service.operations();
        for (String each : named) {
            if (!known.contains(each)) {
                throw new WrongAsked(
                        "There is no operation \"%s\" of %s here. Names are as AWS writes them, such as %s; those of"
                                        .formatted(
                                                JsonMembers.shown(each),
                                                service.written(),
                                                known.iterator().next())
                                + " iam and sts need \"service\".");
            }
            if (error != null && !service.errorsOf(each).contains(error)) {
                throw new WrongAsked(
                        "%s does not answer with \"%s\". It may answer with: %s."
                                .formatted(
                                        each,
                                        JsonMembers.shown(error),
                                        String.join(", ", service.errorsOf(each))));
            }
        }
        return Set.copyOf(named);
    }

    /** Of those that may answer with the error. */
    private static Set<String> all(ServiceName service, @Nullable String error) throws WrongAsked {
        Set<String> some = new TreeSet<>();
        Set<String> errors = new TreeSet<>();
        for (String each : service.operations()) {
            errors.addAll(service.errorsOf(each));
            if (error == null || service.errorsOf(each).contains(error)) {
                some.add(each);
            }
        }
        if (some.isEmpty()) {
            throw new WrongAsked(
                    "No operation of %s answers with \"%s\". There are: %s."
                            .formatted(
                                    service.written(),
                                    JsonMembers.shown(String.valueOf(error)),
                                    String.join(", ", errors)));
        }
        return Set.copyOf(some);
    }

    private static String example() {
        return "For example: {\"operation\": \"Encrypt\", \"error\": \"ThrottlingException\", \"count\": 2}";
    }
}
