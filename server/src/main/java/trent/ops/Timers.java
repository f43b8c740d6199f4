package trent.ops;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.key.Sweep;

/**
 * What is done from time to time. Each task runs on a thread of its own, so that one which waits,
 * for the disk say, holds up no other; and is tried again whatever it throws. A failure is counted,
 * and told in at most one line a minute for each task.
 */
public final class Timers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Timers.class);

    private static final long BETWEEN_LINES_NANOS = Duration.ofMinutes(1).toNanos();

    /** For how long {@link #close} waits for a task that is at work. */
    private static final Duration END = Duration.ofSeconds(10);

    /** Only starts the tasks, so that it is never kept. */
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("trent-timer").factory());

    private final Metrics metrics;
    private final List<Task> tasks = new CopyOnWriteArrayList<>();

    public Timers(Metrics metrics) {
        this.metrics = metrics;
    }

    /** Runs a task over keys again and again, this long after the last start. */
    public void every(String name, Duration period, Supplier<Sweep> task) {
        every(name, period, period, task);
    }

    /** The same, for the first time after another while. */
    public void every(String name, Duration first, Duration period, Supplier<Sweep> task) {
        Task added = new Task(name, task);
        tasks.add(added);
        ScheduledFuture<?> _ =
                clock.scheduleAtFixedRate(
                        added::start, first.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The same for a task that succeeds or throws. */
    public void every(String name, Duration period, Runnable task) {
        every(
                name,
                period,
                () -> {
                    task.run();
                    return Sweep.NOTHING;
                });
    }

    /** Runs a task once, after this time. */
    public void once(Duration after, Runnable task) {
        Runnable told =
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) { // else nobody would hear of it
                        LOG.atError().setCause(e).log("a task that runs once failed");
                    }
                };
        ScheduledFuture<?> _ = clock.schedule(told, after.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Starts no task any more, and waits 10 s for those that are at work. */
    @Override
    public void close() {
        clock.shutdownNow();
        long end = System.nanoTime() + END.toNanos();
        for (Task task : tasks) {
            if (!task.ended(end - System.nanoTime())) {
                LOG.atWarn().log("the task {} is still at work; it is not waited for", task.name);
            }
        }
    }

    /** One task. */
    private final class Task {

        private final String name;
        private final Supplier<Sweep> code;
        private final Semaphore idle = new Semaphore(1);
        private final LimitedLine line = new LimitedLine();

        private Task(String name, Supplier<Sweep> code) {
            this.name = name;
            this.code = code;
            metrics.timer(name);
        }

        /** Unless it is still at work. Throws nothing, since that would end the repetition. */
        private void start() {
            if (!idle.tryAcquire()) {
                return;
            }
            try {
                Thread.ofVirtual().name("trent-timer-" + name).start(this::run);
            } catch (RuntimeException | Error _) { // no memory for it: the next time, perhaps
                idle.release();
            }
        }

        private void run() {
            try {
                tell(code.get());
            } catch (RuntimeException | Error e) {
                tell(Sweep.failed("the task", e));
            } finally {
                idle.release();
            }
        }

        private void tell(Sweep sweep) {
            if (sweep.failed() == 0) {
                metrics.timerSucceeded(name);
                return;
            }
            metrics.timerFailed(name, sweep.failed());
            int before = line.allowed();
            if (before >= 0) {
                LOG.atError()
                        .setCause(sweep.cause())
                        .addKeyValue("task", name)
                        .addKeyValue("failed", sweep.failed())
                        .addKeyValue("untold", before)
                        .log(
                                "a task of the timer failed for {}; it is tried again",
                                sweep.example());
            }
        }

        private boolean ended(long nanos) {
            try {
                return idle.tryAcquire(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /** Lets a line pass once a minute, and counts the others. */
    private static final class LimitedLine {

        private long last;
        private boolean told;
        private int untold;

        /** How many lines were kept back since the last one; -1 if this one is kept back too. */
        private synchronized int allowed() {
            long now = System.nanoTime();
            if (told && now - last < BETWEEN_LINES_NANOS) {
                untold++;
                return -1;
            }
            int before = untold;
            last = now;
            told = true;
            untold = 0;
            return before;
        }
    }
}
