package trent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import trent.api.ServiceUnavailable;
import trent.api.ThrottlingException;
import trent.name.AccountId;

/** Who may hold how much, and who gives way. */
class BudgetTest {

    private static final long BYTES = 32_000;

    private final Budget budget = new Budget(BYTES, 128);
    private final List<Holder> gone = new ArrayList<>();

    private final class Holder implements Budget.Holder {

        private final boolean known;
        private final boolean idle;
        private final long bytes;
        private final long since;

        private Holder(boolean known, boolean idle, long bytes, long ageNanos) {
            this.known = known;
            this.idle = idle;
            this.bytes = bytes;
            this.since = System.nanoTime() - ageNanos;
            budget.came(this, bytes);
            if (known) {
                budget.becameKnown(bytes);
            }
        }

        @Override
        public boolean known() {
            return known;
        }

        @Override
        public boolean betweenRequests() {
            return idle;
        }

        @Override
        public long heldBytes() {
            return bytes;
        }

        @Override
        public long heldSince() {
            return since;
        }

        @Override
        public void giveWay() {
            gone.add(this);
            budget.leaves(bytes);
        }
    }

    @Test
    void strangersLeaveAQuarterToTheKnown() {
        assertThat(budget.take(false, BYTES * 3 / 4)).isTrue();
        assertThat(budget.take(false, 1)).isFalse();
        assertThat(budget.take(true, BYTES / 4)).isTrue();
        assertThat(budget.take(true, 1)).isFalse();
    }

    @Test
    void theKnownLeaveAnEighthToStrangers() {
        assertThat(budget.take(true, BYTES * 7 / 8)).isTrue();
        assertThat(budget.take(true, 1)).isFalse();
        assertThat(budget.take(false, BYTES / 8)).isTrue();
    }

    @Test
    void whoHasHeldMostForLongestGivesWayAndNeverTheKnown() {
        Holder known = new Holder(true, true, 9_000, 1_000_000_000);
        Holder newest = new Holder(false, false, 3_000, 1_000);
        Holder large = new Holder(false, false, 900, 1_000_000_000);
        Holder old = new Holder(false, true, 200, 2_000_000_000);

        budget.relieveBytes();
        assertThat(gone).as("a 32nd of the budget").containsExactly(large, old);
        assertThat(gone).doesNotContain(known, newest);

        budget.relieveBytes();
        assertThat(gone).as("enough are leaving already").hasSize(2);
    }

    @Test
    void amongTheKnownOnlyThoseGiveWayForWhomNobodyWaits() {
        Holder busy = new Holder(true, false, 9_000, 2_000_000_000);
        Holder idle = new Holder(true, true, 1_000, 1_000_000_000);

        budget.relieveBytes();
        assertThat(gone).containsExactly(idle).doesNotContain(busy);
    }

    @Test
    void aNewcomerIsLeftAloneWhereTheKnownHoldAll() {
        Holder busy = new Holder(true, false, BYTES * 7 / 8, 2_000_000_000);
        Holder newcomer = new Holder(false, false, 100, 1_000);

        budget.relieveBytes();
        assertThat(gone).doesNotContain(busy, newcomer);
    }

    @Test
    void whatIsGivenBackIsFreeAgain() {
        Holder stranger = new Holder(false, false, BYTES * 3 / 4, 1);
        assertThat(budget.room(false, 1)).isFalse();
        stranger.giveWay();
        budget.left(stranger, stranger.bytes, stranger.bytes);
        assertThat(budget.heldBytes()).isZero();
        assertThat(budget.openConnections()).isZero();
        assertThat(budget.room(false, BYTES * 3 / 4)).isTrue();
    }

    @Test
    void strangersLeaveAQuarterOfThePlaces() {
        Holder last = new Holder(false, true, 1, 1);
        for (int i = 1; i < 96; i++) {
            assertThat(budget.place()).isTrue();
            last = new Holder(false, true, 1, 1);
        }
        assertThat(budget.place()).isFalse();
        budget.becameKnown(last.bytes);
        assertThat(budget.place()).isTrue();
    }

    @Test
    void whoGaveWayAndWhatWasRefusedIsCounted() {
        Holder stranger = new Holder(false, false, 5_000, 1_000_000_000);
        assertThat(budget.closedConnections()).isZero();
        budget.relieveBytes();
        assertThat(gone).containsExactly(stranger);
        budget.droppedHandshake();
        assertThat(budget.closedConnections()).isEqualTo(2);

        try (Aside aside = new Aside(budget)) {
            assertThatThrownBy(() -> aside.run(new AccountId("111111111111"), BYTES / 5, () -> {}))
                    .isInstanceOf(ThrottlingException.class);
            assertThat(budget.refusedRequests()).as("that was its own excess").isZero();
            budget.count(true, BYTES - 6_000);
            assertThatThrownBy(() -> aside.run(new AccountId("111111111111"), 1, () -> {}))
                    .isInstanceOf(ServiceUnavailable.class);
        }
        assertThat(budget.refusedRequests()).isEqualTo(1);
    }
}
