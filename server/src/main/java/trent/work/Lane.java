package trent.work;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import trent.api.ServiceUnavailable;
import trent.api.ThrottlingException;
import trent.name.AccountId;

/**
 * A few platform threads for work of one kind. Accounts take turns, however much each has waiting.
 * The threads are started when there is work, and end when there was none for a while.
 */
public final class Lane {

    private static final Duration IDLE = Duration.ofSeconds(30);

    /** Some work, which may throw. */
    @FunctionalInterface
    public interface Work<T, X extends Exception> {
        T run() throws X;
    }

    private final String name;
    private final int threads;
    private final int nice;
    private final int mostOfAccount;
    private final int mostInAll;
    private final Duration patience;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();

    /** What waits, by account; none is empty. */
    private final Map<AccountId, ArrayDeque<Job<?>>> waiting = new HashMap<>();

    /** Whose turn is next; each account that has something waiting, once. */
    private final ArrayDeque<AccountId> turns = new ArrayDeque<>();

    private int waitingInAll;
    private int started;
    private int idle;
    private boolean open = true;

    /** After this nothing is begun any more. */
    private long endNanos;

    /**
     * A lane.
     *
     * @param threads how many at most
     * @param nice how far they stand back behind others, 0 to 19
     * @param mostOfAccount how much of one account may wait
     * @param mostInAll how much of all accounts may wait
     * @param patience how long it may wait to be begun
     */
    Lane(String name, int threads, int nice, int mostOfAccount, int mostInAll, Duration patience) {
        this.name = name;
        this.threads = threads;
        this.nice = nice;
        this.mostOfAccount = mostOfAccount;
        this.mostInAll = mostInAll;
        this.patience = patience;
    }

    /**
     * Has the work done and waits for its end. Throws what the work throws.
     *
     * @throws ThrottlingException if too much of the account waits already
     * @throws ServiceUnavailable if too much waits in all, it was not begun in good time, or the
     *     service is stopping
     */
    public <T, X extends Exception> T run(AccountId account, Work<T, X> work) throws X {
        Job<T> job = new Job<>(account, work);
        add(job);
        boolean interrupted = false;
        boolean ended = false;
        long allowed = patience.toNanos();
        while (!ended) {
            try {
                ended = job.ended.await(allowed, TimeUnit.NANOSECONDS);
                if (!ended && withdrawn(job)) { // while its caller still listens
                    job.fail(new ServiceUnavailable("The work was not begun in time. Try again."));
                }
            } catch (InterruptedException _) {
                interrupted = true;
                if (withdrawn(job)) {
                    job.fail(stopping());
                }
            }
            allowed = Long.MAX_VALUE; // what has begun cannot be stopped, and is waited for
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return job.outcome();
    }

    /** How much waits. */
    public int waiting() {
        lock.lock();
        try {
            return waitingInAll;
        } finally {
            lock.unlock();
        }
    }

    /** After this time takes nothing new and begins nothing of what waits. Does not wait itself. */
    void stop(Duration drain) {
        lock.lock();
        try {
            if (open) {
                open = false;
                endNanos = System.nanoTime() + drain.toNanos();
            }
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void add(Job<?> job) {
        lock.lock();
        try {
            if (late()) {
                throw stopping();
            }
            ArrayDeque<Job<?>> queue = waiting.get(job.account);
            if (queue != null && queue.size() >= mostOfAccount) {
                throw new ThrottlingException(
                        "You have exceeded the rate at which you may call KMS."
                                + " Reduce the frequency of your calls.");
            }
            if (waitingInAll >= mostInAll) {
                throw new ServiceUnavailable("Too much work is waiting. Try again.");
            }
            if (queue == null) {
                queue = new ArrayDeque<>();
                waiting.put(job.account, queue);
                turns.addLast(job.account);
            }
            queue.addLast(job);
            waitingInAll++;
            if (waitingInAll > idle && started < threads) {
                start(job);
            } else {
                added.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void start(Job<?> job) {
        try {
            begin();
        } catch (RuntimeException | Error _) { // the machine has no thread left
            if (started == 0 && withdrawn(job)) {
                throw new ServiceUnavailable("No thread could be started. Try again.");
            }
        }
    }

    private void work() {
        boolean ended = false;
        try {
            Niceness.ofThisThread(nice);
            for (Job<?> job = next(); job != null; job = next()) {
                if (late()) {
                    job.fail(stopping());
                } else {
                    job.run();
                }
            }
            ended = true;
        } finally {
            if (!ended) { // by a fault of ours
                succeed();
            }
        }
    }

    /** Another thread in the place of this one, if anybody waits. */
    private void succeed() {
        lock.lock();
        try {
            started--;
            if (waitingInAll > 0 && started < threads) {
                begin();
            }
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        Thread.ofPlatform().name("trent-" + name).daemon().start(this::work);
        started++;
    }

    /** The next account's next job; null if this thread is to end. */
    private @Nullable Job<?> next() {
        lock.lock();
        try {
            long left = IDLE.toNanos();
            while (turns.isEmpty()) {
                if (!open || left <= 0) {
                    started--;
                    return null;
                }
                idle++;
                try {
                    left = added.awaitNanos(left);
                } catch (InterruptedException _) {
                    // Nobody has a reason to interrupt this thread, and it ends by itself.
                } finally {
                    idle--;
                }
            }
            AccountId account = turns.removeFirst();
            ArrayDeque<Job<?>> queue = waiting.get(account);
            if (queue == null) {
                throw new IllegalStateException("a turn of an account that has nothing waiting");
            }
            Job<?> job = queue.removeFirst();
            waitingInAll--;
            if (queue.isEmpty()) {
                waiting.remove(account);
            } else {
                turns.addLast(account);
            }
            return job;
        } finally {
            lock.unlock();
        }
    }

    private boolean late() {
        lock.lock();
        try {
            return !open && System.nanoTime() - endNanos >= 0;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a job out again; false if it has begun. */
    private boolean withdrawn(Job<?> job) {
        lock.lock();
        try {
            ArrayDeque<Job<?>> queue = waiting.get(job.account);
            if (queue == null || !queue.remove(job)) {
                return false;
            }
            waitingInAll--;
            if (queue.isEmpty()) {
                waiting.remove(job.account);
                turns.remove(job.account);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static ServiceUnavailable stopping() {
        return new ServiceUnavailable("The service is stopping.");
    }

    /** Work and what comes of it. */
    private static final class Job<T> {

        private final AccountId account;
        private final Work<T, ?> work;
        private final CountDownLatch ended = new CountDownLatch(1);
        private @Nullable T value;
        private @Nullable Throwable failure;

        private Job(AccountId account, Work<T, ?> work) {
            this.account = account;
            this.work = work;
        }

        /** Throws nothing: the thread has others to serve. */
        private void run() {
            try {
                value = work.run();
            } catch (Throwable e) { // its caller's affair, whatever it is
                failure = e;
            } finally {
                ended.countDown();
            }
        }

        private void fail(Throwable reason) {
            failure = reason;
            ended.countDown();
        }

        @SuppressWarnings({"unchecked", "NullAway"}) // X is what the work may throw; T may be null
        private <X extends Exception> T outcome() throws X {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw (X) failure;
            }
            return value;
        }
    }
}
