package trent.dev;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Calls that wait, without a thread, for a time that a test wants. */
final class Delays implements AutoCloseable {

    /** All of them together hold no more than this. */
    static final int MOST_CALLS = 4096;

    static final long MOST_BYTES = 32 << 20;

    private static final long IDLE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor timer;
    private final Set<Delayed> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    Delays() {
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("trent-delays").factory());
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        timer.setRemoveOnCancelPolicy(true);
    }

    /** One that waits: begun once, when its time has come or nobody is to wait any more. */
    private final class Delayed implements Runnable {

        private final Runnable work;
        private final long held;
        private final AtomicBoolean begun = new AtomicBoolean();

        private Delayed(Runnable work, long held) {
            this.work = work;
            this.held = held;
        }

        @Override
        public void run() {
            if (begun.compareAndSet(false, true)) {
                waiting.remove(this);
                calls.decrementAndGet();
                bytes.addAndGet(-held);
                Thread.ofVirtual().name("trent-delayed").start(work);
            }
        }
    }

    /**
     * Begins the work after this time, on a thread of its own.
     *
     * @param holds how many bytes it holds until then
     * @return false if too many wait; it is not begun then
     */
    boolean after(Duration time, long holds, Runnable work) {
        boolean room = calls.incrementAndGet() <= MOST_CALLS;
        room &= bytes.addAndGet(holds) <= MOST_BYTES;
        if (!room) {
            calls.decrementAndGet();
            bytes.addAndGet(-holds);
            return false;
        }
        Delayed delayed = new Delayed(work, holds);
        waiting.add(delayed);
        if (time.isZero() || timer.isShutdown()) {
            delayed.run();
        } else {
            ScheduledFuture<?> _ = timer.schedule(delayed, time.toNanos(), TimeUnit.NANOSECONDS);
        }
        return true;
    }

    /** Begins all that waits, now. */
    void release() {
        timer.getQueue().clear();
        List.copyOf(waiting).forEach(Delayed::run);
    }

    int waiting() {
        return calls.get();
    }

    @Override
    public void close() {
        release();
        List<Runnable> _ = timer.shutdownNow();
    }
}
