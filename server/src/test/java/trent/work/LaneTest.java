package trent.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import trent.api.ServiceUnavailable;
import trent.api.ThrottlingException;
import trent.name.AccountId;

/** Long work is bounded, fair between accounts, and harms nobody whatever comes of it. */
@Timeout(60)
class LaneTest {

    private static final AccountId GREEDY = new AccountId("111111111111");
    private static final AccountId MODEST = new AccountId("222222222222");
    private static final AccountId THIRD = new AccountId("333333333333");

    private final Lane lane = new Lane("test", 1, 10, 4, 6, Duration.ofMinutes(1));
    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> callers = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        gate.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
    }

    /** A fault of ours ends the thread; others take its place. */
    @Test
    void aThreadThatDiesIsReplaced() throws Exception {
        Field turns = Lane.class.getDeclaredField("turns");
        turns.setAccessible(true);
        occupy();
        @SuppressWarnings("unchecked")
        ArrayDeque<AccountId> next = (ArrayDeque<AccountId>) turns.get(lane);
        next.addLast(THIRD); // who has nothing waiting
        submit(MODEST, "modest");
        gate.countDown();
        end();
        assertThat(order).containsExactly("modest");
        assertThat(lane.run(GREEDY, () -> "again")).isEqualTo("again");
    }

    @Test
    void accountsTakeTurns() throws InterruptedException {
        occupy();
        for (int i = 0; i < 4; i++) {
            submit(GREEDY, "greedy");
        }
        submit(MODEST, "modest");
        submit(MODEST, "modest");
        gate.countDown();
        end();
        assertThat(order)
                .containsExactly("greedy", "modest", "greedy", "modest", "greedy", "greedy");
    }

    @Test
    void anAccountsShareIsBoundedAndSoIsTheSum() {
        occupy();
        for (int i = 0; i < 4; i++) {
            submit(GREEDY, "greedy");
        }
        assertThatThrownBy(() -> lane.run(GREEDY, () -> 1))
                .isInstanceOf(ThrottlingException.class)
                .hasMessage(
                        "You have exceeded the rate at which you may call KMS."
                                + " Reduce the frequency of your calls.");
        submit(MODEST, "modest");
        submit(MODEST, "modest");
        assertThatThrownBy(() -> lane.run(THIRD, () -> 1)).isInstanceOf(ServiceUnavailable.class);
    }

    @Test
    void whateverTheWorkThrowsIsItsCallersAndTheThreadGoesOn() throws IOException {
        assertThatThrownBy(
                        () ->
                                lane.run(
                                        GREEDY,
                                        () -> {
                                            throw new IOException("checked");
                                        }))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(
                        () ->
                                lane.run(
                                        GREEDY,
                                        () -> {
                                            throw new StackOverflowError("an error");
                                        }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(lane.<Integer, IOException>run(GREEDY, () -> 7)).isEqualTo(7);
    }

    /** Its caller is told while he still listens, and nothing is done for nobody. */
    @Test
    void whatIsNotBegunInTimeIsRefused() {
        Lane hurried = new Lane("test", 1, 10, 4, 6, Duration.ofMillis(50));
        occupy(hurried); // for longer than that: what has begun is waited for
        assertThatThrownBy(() -> hurried.run(MODEST, () -> order.add("too late")))
                .isInstanceOf(ServiceUnavailable.class)
                .hasMessage("The work was not begun in time. Try again.");
        assertThat(hurried.waiting()).isZero();
        gate.countDown();
        assertThat(hurried.run(MODEST, () -> order.add("again"))).isTrue();
        assertThat(order).containsExactly("again");
    }

    @Test
    void anInterruptedCallerLeavesTheQueue() throws InterruptedException {
        occupy();
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread caller =
                Thread.startVirtualThread(
                        () -> {
                            try {
                                outcome.set(lane.run(MODEST, () -> "done"));
                            } catch (RuntimeException e) {
                                outcome.set(e);
                            }
                        });
        await(() -> lane.waiting() == 1);
        caller.interrupt();
        caller.join();
        assertThat(outcome.get()).isInstanceOf(ServiceUnavailable.class);
        assertThat(lane.waiting()).isZero();
    }

    @Test
    void atTheStopWhatIsAtWorkEndsAndTheRestIsRefusedAfterTheDrain() throws InterruptedException {
        occupy();
        submit(GREEDY, "greedy");
        lane.stop(Duration.ZERO);
        assertThatThrownBy(() -> lane.run(MODEST, () -> 1)).isInstanceOf(ServiceUnavailable.class);
        gate.countDown();
        end();
        assertThat(order).containsExactly("refused");
    }

    @Test
    void withinTheDrainWhatWaitsIsStillDone() throws InterruptedException {
        occupy();
        submit(GREEDY, "greedy");
        lane.stop(Duration.ofHours(1));
        gate.countDown();
        end();
        assertThat(order).containsExactly("greedy");
    }

    /** By the kernel's own account: field 19 of stat, behind the name in brackets. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theKernelAppliesTheLowerPriority() throws IOException {
        Lanes lanes = new Lanes(2);
        assertThat(lanes.keys().<List<Integer>, IOException>run(GREEDY, () -> nice("trent-keys")))
                .containsOnly(10);
        assertThat(
                        lanes.computations()
                                .<List<Integer>, IOException>run(
                                        GREEDY, () -> nice("trent-compute")))
                .containsOnly(0);
        assertThat(nice("java")).contains(0).doesNotContain(10);
    }

    private static List<Integer> nice(String thread) throws IOException {
        List<Integer> found = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                String stat = Files.readString(task.resolve("stat"));
                String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                if (name.equals(thread)) {
                    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                    found.add(Integer.parseInt(fields[16]));
                }
            }
        }
        return found;
    }

    /** Keeps the only thread at work until the gate opens. */
    private void occupy() {
        occupy(lane);
    }

    private void occupy(Lane busy) {
        CountDownLatch begun = new CountDownLatch(1);
        callers.add(
                Thread.startVirtualThread(
                        () -> {
                            try {
                                int _ =
                                        busy.<Integer, InterruptedException>run(
                                                THIRD,
                                                () -> {
                                                    begun.countDown();
                                                    gate.await();
                                                    return 0;
                                                });
                            } catch (InterruptedException _) {
                                Thread.currentThread().interrupt();
                            }
                        }));
        await(() -> begun.getCount() == 0);
    }

    private void submit(AccountId account, String word) {
        int before = lane.waiting();
        callers.add(
                Thread.startVirtualThread(
                        () -> {
                            try {
                                boolean _ = lane.run(account, () -> order.add(word));
                            } catch (ServiceUnavailable _) {
                                order.add("refused");
                            }
                        }));
        await(() -> lane.waiting() > before);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
