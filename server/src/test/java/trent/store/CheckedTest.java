package trent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import trent.api.DependencyTimeoutException;
import trent.name.AccountId;

/** A change is made on what its call was checked against, or the call is checked again. */
@Timeout(60)
class CheckedTest {

    private static final AccountId ACCOUNT = new AccountId("111122223333");

    private final Store store = Store.inMemory(new SecureRandom()::nextBytes);
    private final ReentrantLock turn = new ReentrantLock(true);
    private final ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger checks = new AtomicInteger();

    @AfterEach
    void close() throws IOException {
        others.close();
        store.close();
    }

    /** In each try somebody wants to change the account's identities between check and change. */
    @Test
    void whoIsCheckedInVainAgainAndAgainTakesATurnWithThoseWhoChange() {
        assertThat(store.<Boolean>checked(turn, () -> change(true))).isTrue();
        assertThat(checks).as("the last try has its turn").hasValue(Store.CHECKS);
    }

    @Test
    void withoutATurnTheCallGivesUp() {
        assertThatThrownBy(() -> store.<Boolean>checked(turn, () -> change(false)))
                .isInstanceOf(DependencyTimeoutException.class);
        assertThatThrownBy(() -> store.<Boolean>checked(() -> change(false)))
                .isInstanceOf(DependencyTimeoutException.class);
        assertThat(turn.isLocked()).isFalse();
    }

    @Test
    void aChangeThatFindsItselfOvertakenIsCheckedAgain() {
        boolean made =
                store.<Boolean>checked(
                        turn,
                        () ->
                                store.write(
                                        tx -> {
                                            if (checks.incrementAndGet() < 3) {
                                                throw tx.moved();
                                            }
                                            return true;
                                        }));
        assertThat(made).isTrue();
        assertThat(checks).hasValue(3);
    }

    private boolean change(boolean othersTakeTurns) {
        checks.incrementAndGet();
        Account _ = store.account(ACCOUNT);
        Future<?> other = others.submit(() -> raise(othersTakeTurns));
        while (!other.isDone() && !turn.hasQueuedThreads()) {
            LockSupport.parkNanos(100_000);
        }
        if (other.isDone()) {
            requireNoFault(other);
        }
        return store.write(
                tx -> {
                    boolean _ = tx.accounts().add(new AccountId("444455556666"));
                    return true;
                });
    }

    /** As a change of the account's identities does. */
    private void raise(boolean takesTurns) {
        if (takesTurns) {
            turn.lock();
        }
        try {
            boolean _ =
                    store.write(
                            tx -> {
                                tx.identitiesChanged(ACCOUNT);
                                return true;
                            });
        } finally {
            if (takesTurns) {
                turn.unlock();
            }
        }
    }

    private static void requireNoFault(Future<?> done) {
        try {
            done.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
