package trent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import trent.api.ServiceUnavailable;
import trent.api.ThrottlingException;
import trent.name.AccountId;

/** Work beside the event loops: bounded for each account, and by the budget. */
class AsideTest {

    private static final AccountId ONE = new AccountId("111111111111");
    private static final AccountId OTHER = new AccountId("222222222222");
    private static final int MIB = 1 << 20;

    private final Budget budget = new Budget(8 * MIB, 16);
    private final CountDownLatch goOn = new CountDownLatch(1);

    private void waitingWork(Aside aside, AccountId account) {
        aside.run(
                account,
                MIB,
                () -> {
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    @Test
    void anAccountsOwnExcessIsThrottledAndOthersAreServed() {
        try (Aside aside = new Aside(budget)) {
            waitingWork(aside, ONE);
            assertThatThrownBy(() -> waitingWork(aside, ONE))
                    .isInstanceOf(ThrottlingException.class);
            waitingWork(aside, OTHER);
            goOn.countDown();
        }
        assertThat(budget.heldBytes()).as("all is given back").isZero();
    }

    /** An eighth of 8 MiB, of which a piece of work takes twice its bytes and a little. */
    @Test
    void strangersWorkKeepsNobodyElseOut() {
        try (Aside aside = new Aside(budget)) {
            waitingStranger(aside);
            waitingStranger(aside);
            assertThatThrownBy(() -> waitingStranger(aside)).isInstanceOf(ServiceUnavailable.class);
            waitingWork(aside, ONE);
            waitingWork(aside, OTHER);
            goOn.countDown();
        }
        assertThat(budget.heldBytes()).as("all is given back").isZero();
        try (Aside aside = new Aside(budget)) {
            waitingStranger(aside);
        }
    }

    private void waitingStranger(Aside aside) {
        aside.runForStranger(
                MIB / 5,
                () -> {
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    @Test
    void withoutRoomTheServiceIsUnavailable() {
        try (Aside aside = new Aside(budget)) {
            budget.count(true, 6 * MIB);
            assertThatThrownBy(() -> waitingWork(aside, ONE))
                    .isInstanceOf(ServiceUnavailable.class);
            goOn.countDown();
        }
        assertThat(budget.heldBytes()).isEqualTo(6 * MIB);
    }

    @Test
    void workThatThrowsGivesBackWhatItHeld() {
        try (Aside aside = new Aside(budget)) {
            goOn.countDown();
            waitingWork(aside, ONE);
            aside.run(
                    OTHER,
                    MIB,
                    () -> {
                        throw new IllegalStateException("expected by the test");
                    });
        }
        assertThat(budget.heldBytes()).isZero();
    }
}
