package trent.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Tells of each kind of fault once with its stack trace; repetitions are counted, and the count is
 * told every {@value #PAUSE_SECONDS} seconds. A full disk under load would fill what is left of it
 * with stack traces.
 */
public final class FaultLog {

    static final int PAUSE_SECONDS = 10;
    private static final long PAUSE_NANOS = Duration.ofSeconds(PAUSE_SECONDS).toNanos();
    private static final int MAX_KINDS = 64;

    private final Logger log;
    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    private static final class Kind {
        private long toldNanos;
        private int untold;
    }

    public FaultLog(Logger log) {
        this.log = log;
    }

    /** Logs the fault, or counts it. Throws nothing: a log that fails must not end who logs. */
    @SuppressWarnings("EmptyCatch") // there is nobody left to tell
    public synchronized void add(String what, Throwable fault) {
        try {
            tell(what, fault);
        } catch (RuntimeException | Error _) {
            // The next fault is told of again.
        }
    }

    private void tell(String what, Throwable fault) {
        long now = System.nanoTime();
        String name = kindOf(fault);
        Kind kind = kinds.get(name);
        if (kind == null) {
            if (kinds.size() >= MAX_KINDS) {
                kinds.remove(kinds.keySet().iterator().next());
            }
            kind = new Kind();
            kind.toldNanos = now;
            kinds.put(name, kind);
            log.atError().setCause(fault).log(what);
            return;
        }
        kind.untold++;
        if (now - kind.toldNanos >= PAUSE_NANOS) {
            log.atError()
                    .addKeyValue("times", kind.untold)
                    .addKeyValue("fault", fault.toString())
                    .log("{}, again", what);
            kind.toldNanos = now;
            kind.untold = 0;
        }
    }

    /** By type and place: a message may hold what differs each time. */
    private static String kindOf(Throwable fault) {
        Throwable root = fault;
        for (int depth = 0; root.getCause() != null && depth < 10; depth++) {
            root = root.getCause();
        }
        StackTraceElement[] stack = fault.getStackTrace();
        return root.getClass().getName()
                + (root instanceof SQLException sql ? sql.getErrorCode() : 0)
                + (stack.length == 0 ? "" : stack[0]);
    }
}
