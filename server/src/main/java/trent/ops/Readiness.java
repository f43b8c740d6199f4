package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether requests are served, and if not, why: what {@code /readyz} answers. A look at it waits for
 * nothing: each check says what somebody else has found.
 */
public final class Readiness {

    /** What must be well. */
    public enum Check {
        /** It has started and is not ending; before its store is open nothing else is known. */
        SERVING,
        /** The store's files are those that were opened. */
        STORE,
        /** Changes can be saved. */
        WRITES,
        /** The root key's file is there and holds the key that the store is sealed with. */
        SEAL,
        /** The certificate that is shown to callers is valid now. */
        CERTIFICATE,
        /** This node has its place among those that share the database. */
        DATABASE;

        /** As {@code /readyz} and metrics name it. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What came of a check. */
    private enum Outcome {
        PASSED,
        FAILED,
        /** There is nothing yet that could be looked at. */
        UNKNOWN,
        /** This server has no such thing. */
        UNUSED;

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What was found, all of one moment. */
    static final class State {

        private final Map<Check, Outcome> outcomes = new EnumMap<>(Check.class);
        private final Map<Check, String> reasons = new EnumMap<>(Check.class);

        boolean ready() {
            return reasons.isEmpty();
        }

        boolean failed(Check check) {
            return reasons.containsKey(check);
        }

        byte[] json() {
            StringBuilder json = new StringBuilder("{\"ready\":").append(ready());
            json.append(",\"reasons\":[");
            String comma = "";
            for (Map.Entry<Check, String> reason : reasons.entrySet()) {
                json.append(comma).append("{\"check\":\"").append(reason.getKey().label());
                json.append("\",\"message\":\"");
                JsonLines.escape(json, reason.getValue());
                json.append("\"}");
                comma = ",";
            }
            json.append("],\"checks\":{");
            comma = "";
            for (Map.Entry<Check, Outcome> outcome : outcomes.entrySet()) {
                json.append(comma).append('"').append(outcome.getKey().label()).append("\":\"");
                json.append(outcome.getValue().label()).append('"');
                comma = ",";
            }
            return json.append("}}\n").toString().getBytes(UTF_8);
        }
    }

    private final Map<Check, Supplier<@Nullable String>> checks = new EnumMap<>(Check.class);
    private volatile @Nullable String waitsFor = "this server is starting";

    /** Not ready for this reason, until something else is told here. */
    public void waits(String because) {
        waitsFor = because;
    }

    /**
     * Ready unless one of these says why not; each is asked whenever somebody asks here, must not
     * wait, and answers null if all is well.
     */
    public void unless(Map<Check, Supplier<@Nullable String>> failures) {
        synchronized (checks) {
            checks.clear();
            checks.putAll(failures);
        }
        waitsFor = null;
    }

    /** Shows among these whether requests are served, and what keeps them from it. */
    public void show(Metrics metrics) {
        metrics.gauge(
                "trent_ready",
                "1 while requests are served, as /readyz says",
                () -> state().ready() ? 1 : 0);
        metrics.gauges(
                "trent_check_failed",
                "1 while this keeps requests from being served, as /readyz says",
                List.of("check"),
                shown -> {
                    State state = state();
                    for (Check check : Check.values()) {
                        shown.value(state.failed(check) ? 1 : 0, check.label());
                    }
                });
    }

    State state() {
        State state = new State();
        String waiting = waitsFor;
        state.outcomes.put(Check.SERVING, waiting == null ? Outcome.PASSED : Outcome.FAILED);
        if (waiting != null) {
            state.reasons.put(Check.SERVING, waiting);
        }
        synchronized (checks) {
            for (Check check : Check.values()) {
                if (check != Check.SERVING) {
                    look(check, state);
                }
            }
        }
        return state;
    }

    private void look(Check check, State state) {
        Supplier<@Nullable String> failure = checks.get(check);
        if (failure == null) {
            state.outcomes.put(check, checks.isEmpty() ? Outcome.UNKNOWN : Outcome.UNUSED);
            return;
        }
        String message = failure.get();
        state.outcomes.put(check, message == null ? Outcome.PASSED : Outcome.FAILED);
        if (message != null) {
            state.reasons.put(check, message);
        }
    }
}
