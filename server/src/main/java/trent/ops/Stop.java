package trent.ops;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The end of the process as a signal asks for it, which a start that waits must hear of. */
public final class Stop {

    private final CountDownLatch asked = new CountDownLatch(1);

    /** Waits for this long, or until the process is asked to end, and says whether it is. */
    public boolean askedWithin(Duration time) {
        try {
            return asked.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    void ask() {
        asked.countDown();
    }
}
