package trent.ops;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a server, step by step: what it waits for is said, and whatever fails, the rest goes on. */
public final class Closing implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(2);

    private final IntSupplier calls;
    private final List<String> unfinished = new ArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile String step = "calls under way";

    /**
     * Begins, and says so.
     *
     * @param calls how many calls are under way
     * @param most for how long they are waited for
     */
    public Closing(IntSupplier calls, Duration most) {
        this.calls = calls;
        int now = calls.getAsInt();
        LOG.atInfo()
                .addKeyValue("calls", now)
                .log(
                        "stopping: {} under way, for which this waits {} s at most; a second signal ends the process at once",
                        counted(now),
                        most.toSeconds());
        Thread.ofVirtual().name("trent-closing").start(this::tell);
    }

    /** Does a step; a fault of it is logged. */
    public void step(String what, Runnable close) {
        step = what;
        try {
            close.run();
        } catch (RuntimeException | Error e) {
            left(what + " could not be closed cleanly");
            LOG.atError().setCause(e).log("{} could not be closed cleanly", what);
        }
    }

    /** Something was not done that was to be. */
    public void left(String what) {
        unfinished.add(what);
    }

    /** What was not done that was to be, in words. */
    public List<String> unfinished() {
        return List.copyOf(unfinished);
    }

    private void tell() {
        try {
            while (!done.await(BETWEEN_LINES.toMillis(), TimeUnit.MILLISECONDS)) {
                int now = calls.getAsInt();
                LOG.atInfo()
                        .addKeyValue("calls", now)
                        .addKeyValue("step", step)
                        .log("still stopping: {} under way, waiting for {}", counted(now), step);
            }
        } catch (RejectedExecutionException _) {
            // The event loops, which count the calls, have just ended: so does all.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static String counted(int calls) {
        return calls == 1 ? "1 call" : calls + " calls";
    }

    @Override
    public void close() {
        done.countDown();
    }
}
