package trent.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls pass side by side, and who changes the world is alone. */
@Timeout(60)
class GateTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int CALLERS = 8;
    private static final int CHANGES = 200;

    private final Gate gate = new Gate();

    @Test
    void whoChangesTheWorldIsAlone() throws Exception {
        AtomicBoolean ends = new AtomicBoolean();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger met = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        AtomicInteger kept = new AtomicInteger();
        Runnable call =
                () -> {
                    inside.incrementAndGet();
                    Thread.onSpinWait();
                    inside.decrementAndGet();
                    calls.incrementAndGet();
                    gate.leave();
                };
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(
                    Thread.startVirtualThread(
                            () -> {
                                while (!ends.get()) {
                                    CountDownLatch opened = new CountDownLatch(1);
                                    if (gate.enter(opened::countDown, 1) == Gate.Entry.INSIDE) {
                                        call.run();
                                    } else {
                                        kept.incrementAndGet();
                                        await(opened);
                                    }
                                }
                            }));
        }
        for (int i = 0; i < CHANGES; i++) {
            int number = i;
            int answered = calls.get();
            gate.alone(
                    LONG,
                    () -> {
                        met.addAndGet(inside.get());
                        while (number == 0 && kept.get() == 0) { // some come meanwhile
                            Thread.onSpinWait();
                        }
                        met.addAndGet(inside.get());
                    });
            while (calls.get() == answered) { // others get their turn
                Thread.onSpinWait();
            }
        }
        ends.set(true);
        for (Thread each : callers) {
            each.join();
        }
        assertThat(met).hasValue(0);
        assertThat(gate.inside()).isZero();
        assertThat(kept.get()).as("some came while it was shut").isPositive();
    }

    private static void await(CountDownLatch opened) {
        try {
            opened.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoComesWhileItIsShutBeginsWhenItOpens() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        gate.alone(
                LONG,
                () -> {
                    assertThat(gate.enter(begun::countDown, 10)).isEqualTo(Gate.Entry.WAITS);
                    assertThat(gate.enteredNow()).isFalse();
                    assertThat(begun.getCount()).isOne();
                });
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatWaitsOutsideIsBounded() throws Exception {
        gate.alone(
                LONG,
                () -> {
                    assertThat(gate.enter(() -> {}, Gate.MOST_WAITING_BYTES))
                            .isEqualTo(Gate.Entry.WAITS);
                    assertThat(gate.enter(() -> {}, 1)).isEqualTo(Gate.Entry.NO_ROOM);
                });
        gate.alone(
                LONG,
                () -> {
                    for (int i = 0; i < Gate.MOST_WAITING; i++) {
                        assertThat(gate.enter(() -> {}, 1)).isEqualTo(Gate.Entry.WAITS);
                    }
                    assertThat(gate.enter(() -> {}, 1)).isEqualTo(Gate.Entry.NO_ROOM);
                });
    }

    @Test
    void whoStaysInsideIsNotWaitedForForEver() throws Exception {
        assertThat(gate.enteredNow()).isTrue();
        AtomicBoolean done = new AtomicBoolean();
        assertThatThrownBy(() -> gate.alone(Duration.ofMillis(1), () -> done.set(true)))
                .isInstanceOf(Gate.StillInside.class);
        assertThat(done).isFalse();
        assertThat(gate.enteredNow()).as("it is open again").isTrue();
        gate.leave();
        gate.leave();
        gate.alone(LONG, () -> done.set(true));
        assertThat(done).isTrue();
    }

    @Test
    void workThatFailsLeavesItOpen() {
        assertThatThrownBy(
                        () ->
                                gate.alone(
                                        LONG,
                                        () -> {
                                            throw new IllegalStateException("broken");
                                        }))
                .hasMessage("broken");
        assertThat(gate.enteredNow()).isTrue();
    }
}
