package trent.wire;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import trent.api.ServiceUnavailable;
import trent.api.ThrottlingException;
import trent.name.AccountId;

/**
 * Work that may wait, each piece on a virtual thread, all of it within the budget: a request is
 * counted from before it is queued until its answer is on its way.
 */
final class Aside implements AutoCloseable {

    /** One account's work may hold this part of the budget, a half: others get work done too. */
    private static final int ACCOUNT_PARTS = 2;

    /**
     * Strangers' work, all of it together, may hold this part, an eighth: who has signed nothing
     * that is known already must not push out those who have.
     */
    private static final int STRANGERS_PARTS = 8;

    /** A virtual thread that waits, its stack, the call and the change: measured. */
    private static final long WORK_BYTES = 6_000;

    /** What was read of a body, beside the body itself until it is collected. */
    private static final long COPIES = 2;

    private final Budget budget;
    private final long mostOfAnAccount;
    private final long mostOfStrangers;
    private final AtomicLong strangers = new AtomicLong();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ConcurrentMap<AccountId, Long> byAccount = new ConcurrentHashMap<>();

    Aside(Budget budget) {
        this.budget = budget;
        this.mostOfAnAccount = budget.bytes() / ACCOUNT_PARTS;
        this.mostOfStrangers = budget.bytes() / STRANGERS_PARTS;
    }

    /**
     * Runs work of an account on a thread of its own, soon.
     *
     * @param requestBytes what the request holds
     * @throws ThrottlingException if the account has too much work waiting
     * @throws ServiceUnavailable if there is no room
     */
    void run(AccountId account, long requestBytes, Runnable work) {
        long bytes = WORK_BYTES + COPIES * requestBytes;
        if (byAccount.getOrDefault(account, 0L) + bytes > mostOfAnAccount) {
            throw new ThrottlingException(
                    "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.");
        }
        take(bytes);
        byAccount.merge(account, bytes, Long::sum);
        begin(work, () -> done(account, bytes));
    }

    /**
     * Runs work for somebody who is not known yet on a thread of its own, soon.
     *
     * @param requestBytes what the request holds
     * @throws ServiceUnavailable if there is no room, or none for strangers
     */
    void runForStranger(long requestBytes, Runnable work) {
        long bytes = WORK_BYTES + COPIES * requestBytes;
        if (strangers.get() + bytes > mostOfStrangers) {
            budget.refuses();
            throw tooMany();
        }
        take(bytes);
        strangers.addAndGet(bytes);
        begin(
                work,
                () -> {
                    budget.count(true, -bytes);
                    strangers.addAndGet(-bytes);
                });
    }

    private void take(long bytes) {
        if (!budget.takeForWork(bytes)) {
            budget.refuses();
            throw tooMany();
        }
    }

    private void begin(Runnable work, Runnable done) {
        try {
            threads.execute(
                    () -> {
                        try {
                            work.run();
                        } finally {
                            done.run();
                        }
                    });
        } catch (Throwable e) {
            done.run();
            throw e;
        }
    }

    private void done(AccountId account, long bytes) {
        budget.count(true, -bytes);
        byAccount.computeIfPresent(
                account, (_, before) -> before == bytes ? null : Long.valueOf(before - bytes));
    }

    private static ServiceUnavailable tooMany() {
        return new ServiceUnavailable("Too many requests are waiting. Try again.");
    }

    /** Waits for what was begun. */
    @Override
    public void close() {
        threads.close();
    }
}
