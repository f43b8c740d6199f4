package trent.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that wait do so without a thread, within a bound, and once. */
@Timeout(60)
class DelaysTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    private final Delays delays = new Delays();
    private final AtomicInteger begun = new AtomicInteger();

    @AfterEach
    void close() {
        delays.close();
    }

    @Test
    void whoWaitsBeginsWhenItsTimeHasCome() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(2);
        assertThat(delays.after(Duration.ofMillis(1), 1, done::countDown)).isTrue();
        assertThat(delays.after(Duration.ZERO, 1, done::countDown)).isTrue();
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(delays.waiting()).isZero();
    }

    @Test
    void whatWaitsIsBounded() {
        assertThat(delays.after(LONG, Delays.MOST_BYTES, begun::incrementAndGet)).isTrue();
        assertThat(delays.after(LONG, 1, begun::incrementAndGet)).isFalse();
        assertThat(delays.waiting()).isOne();
        awaitBegun(1);
        for (int i = 0; i < Delays.MOST_CALLS; i++) {
            assertThat(delays.after(LONG, 1, begun::incrementAndGet)).isTrue();
        }
        int threads = Thread.activeCount();
        assertThat(delays.after(LONG, 1, begun::incrementAndGet)).isFalse();
        assertThat(threads).as("one for all").isLessThan(Delays.MOST_CALLS / 10);
        awaitBegun(1 + Delays.MOST_CALLS);
        assertThat(delays.after(LONG, Delays.MOST_BYTES, begun::incrementAndGet))
                .as("there is room again")
                .isTrue();
        assertThat(begun).as("refused is not begun").hasValue(1 + Delays.MOST_CALLS);
    }

    private void awaitBegun(int calls) {
        delays.release();
        while (begun.get() < calls) {
            Thread.onSpinWait();
        }
        assertThat(delays.waiting()).isZero();
    }
}
