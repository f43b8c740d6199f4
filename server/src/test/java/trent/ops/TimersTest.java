package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import trent.key.Sweep;

/** Nothing that a task throws ends its repetition, and none that waits keeps another. */
@Timeout(60)
class TimersTest {

    private static final Duration OFTEN = Duration.ofMillis(1);

    private final Metrics metrics = new Metrics();

    @Test
    void whateverATaskThrowsItRunsAgain() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(20);
        AtomicInteger number = new AtomicInteger();
        try (Timers timers = new Timers(metrics)) {
            timers.every(
                    "faulty",
                    OFTEN,
                    () -> {
                        runs.countDown();
                        switch (number.getAndIncrement() % 3) {
                            case 0 -> throw new IllegalStateException("an exception");
                            case 1 -> throw new StackOverflowError("an error");
                            default -> throw new LinkageError("another");
                        }
                    });
            runs.await();
        }
        assertThat(text()).contains("trent_timer_failing{task=\"faulty\"} 1.0");
        assertThat(count("faulty")).isGreaterThanOrEqualTo(20);
    }

    @Test
    void aTaskThatWaitsKeepsNoOther() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(20);
        try (Timers timers = new Timers(metrics)) {
            timers.every(
                    "stuck",
                    OFTEN,
                    () -> {
                        try {
                            stuck.await();
                        } catch (InterruptedException _) {
                            Thread.currentThread().interrupt();
                        }
                    });
            timers.every("other", OFTEN, others::countDown);
            others.await();
            stuck.countDown();
        }
        assertThat(count("other")).isZero();
    }

    @Test
    void keysThatFailAreCounted() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(2);
        try (Timers timers = new Timers(metrics)) {
            timers.every(
                    "keys",
                    OFTEN,
                    () -> {
                        runs.countDown();
                        return new Sweep(5, 3, "one", new IllegalStateException("damaged"));
                    });
            runs.await();
        }
        assertThat(count("keys")).isGreaterThanOrEqualTo(3);
    }

    private double count(String task) {
        String name = "trent_timer_failures_total{task=\"" + task + "\"} ";
        return text().lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private String text() {
        return new String(metrics.text(), UTF_8);
    }
}
