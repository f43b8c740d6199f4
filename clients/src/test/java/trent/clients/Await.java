package trent.clients;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for a condition, looking again every few milliseconds, and never longer than a deadline.
 */
final class Await {

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Await() {}

    /** A condition that may need the network or a file to be known. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Fails with {@code what} if the condition does not hold in time. */
    static void until(String what, Duration deadline, Condition condition) {
        if (!within(deadline, condition)) {
            throw new AssertionError("not within %d s: %s".formatted(deadline.toSeconds(), what));
        }
    }

    /** Whether the condition came true in time. A condition that throws does not hold yet. */
    static boolean within(Duration deadline, Condition condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            if (holds(condition)) {
                return true;
            }
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private static boolean holds(Condition condition) {
        try {
            return condition.holds();
        } catch (Exception notYet) {
            return false;
        }
    }
}
