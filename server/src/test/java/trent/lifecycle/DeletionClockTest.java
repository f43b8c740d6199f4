package trent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import trent.House;
import trent.House.Caller;
import trent.Stores;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.key.Sweep;

/** A clock that went ahead by mistake destroys no key. */
class DeletionClockTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration TICK = Duration.ofMinutes(10);

    private final House house = new House(Stores.fresh(ENTROPY), ENTROPY);
    private final Caller caller = house.caller();
    private final InstantSource wall = house::now;
    private Duration ran = Duration.ZERO;
    private DeletionClock believed = started();

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void withoutALeapKeysAreDeletedWhenTheyAreDue() {
        String key = dueIn(7);
        run(DAY.multipliedBy(7).minus(TICK));
        assertThat(deleted(key)).isFalse();
        run(TICK);
        assertThat(deleted(key)).isTrue();
        assertThat(believed.toRun()).isZero();
    }

    @Test
    void aLeapWhileRunningIsBelievedAfterADayOfService() {
        String key = dueIn(7);
        house.advance(DAY.multipliedBy(20));
        assertThat(deleted(key)).isFalse();
        assertThat(believed.held()).isEqualTo(1);
        assertThat(believed.toRun()).isEqualTo(DAY);
        run(DAY.minus(TICK));
        assertThat(deleted(key)).isFalse();
        run(TICK);
        assertThat(deleted(key)).isTrue();
        assertThat(believed.held()).isZero();
    }

    /**
     * The sum of the times of service counts, not the time since; neither is the stop a new day.
     */
    @Test
    void aLeapSeenAtTheStartIsBelievedAfterADayInSum() {
        String key = dueIn(7);
        String late = dueIn(30);
        believed.keep();
        house.advance(DAY.multipliedBy(20));
        restart();
        assertThat(deleted(key)).isFalse();
        for (int i = 0; i < 3; i++) { // eight hours a day
            run(Duration.ofHours(8).minus(TICK));
            believed.keep();
            assertThat(deleted(key)).isFalse();
            house.advance(Duration.ofHours(16));
            restart();
        }
        run(TICK.multipliedBy(3));
        assertThat(deleted(key)).isTrue();
        assertThat(deleted(late)).isFalse();
    }

    @Test
    void aShortStopIsBelievedAtOnce() {
        String key = dueIn(7);
        run(DAY.multipliedBy(7).minus(TICK));
        believed.keep();
        house.advance(TICK);
        restart();
        assertThat(deleted(key)).isTrue();
    }

    @Test
    void whatWasDueBeforeTheLeapDoesNotWait() {
        String due = dueIn(7);
        String notDue = dueIn(9);
        run(DAY.multipliedBy(8));
        house.advance(DAY.multipliedBy(20));
        assertThat(deleted(due)).isTrue();
        assertThat(deleted(notDue)).isFalse();
    }

    @Test
    void aLeapThatIsTakenBackLeavesNothingToWaitFor() {
        String key = dueIn(7);
        house.advance(DAY.multipliedBy(20));
        assertThat(deleted(key)).isFalse();
        house.advance(DAY.multipliedBy(-20));
        assertThat(deleted(key)).isFalse();
        assertThat(believed.toRun()).isZero();
        run(DAY.multipliedBy(7));
        assertThat(deleted(key)).isTrue();
    }

    @Test
    void anOperatorCanBelieveTheClock() {
        String key = dueIn(7);
        believed.keep();
        house.advance(DAY.multipliedBy(20));
        assertThat(deleted(key)).isFalse();
        assertThat(DeletionClock.believe(house.store(), wall)).isEqualTo(1);
        restart();
        assertThat(deleted(key)).isTrue();
    }

    private DeletionClock started() {
        DeletionClock clock = new DeletionClock(house.store(), wall, () -> ran.toNanos());
        Instant _ = clock.instant();
        return clock;
    }

    private void restart() {
        ran = Duration.ZERO;
        believed = started();
    }

    private String dueIn(int days) {
        String key = caller.newKey();
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key, "PendingWindowInDays", days);
        return key;
    }

    /** The service runs for this long, and its timer with it. */
    private void run(Duration time) {
        for (Duration left = time; left.isPositive(); left = left.minus(TICK)) {
            house.advance(TICK);
            ran = ran.plus(TICK);
            Instant _ = believed.instant();
        }
    }

    private boolean deleted(String key) {
        Sweep sweep = new Deletions(house.store(), wall, believed).run();
        assertThat(sweep.failed()).isZero();
        return caller.tried("DescribeKey", "KeyId", key).startsWith("NotFoundException");
    }
}
