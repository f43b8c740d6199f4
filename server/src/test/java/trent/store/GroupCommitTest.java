package trent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trent.House;
import trent.Stores;
import trent.api.AlreadyExistsException;
import trent.api.KmsOperation;
import trent.api.NotFoundException;
import trent.api.ServiceException;
import trent.api.ServiceUnavailable;
import trent.crypto.Entropy;
import trent.name.AliasArn;
import trent.name.KeyId;

/** Many writers, one commit: nobody reads what is old, and nobody pays for the fault of another. */
@Timeout(120)
class GroupCommitTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Stores.Place place;
    private House house = new House();
    private House.Caller caller = house.caller();

    @BeforeEach
    void choose(@TempDir Path folder) throws IOException, Store.CannotOpen {
        place = Stores.in(folder);
        open();
    }

    private void open() throws IOException, Store.CannotOpen {
        house.close();
        house = new House(place.open(ENTROPY), ENTROPY);
        caller = house.caller();
    }

    @AfterEach
    void close() {
        threads.close();
        house.close();
    }

    @Test
    void eachWriterSeesItsOwnWriteAtOnce() throws Exception {
        String one = caller.newKey();
        String two = caller.newKey();
        AtomicInteger writes = new AtomicInteger();
        all(
                16,
                writer -> {
                    String name = "alias/" + writer;
                    for (int i = 0; i < 50; i++) {
                        caller.newAlias(name, one);
                        assertThat(caller.describe(name).keyId()).isEqualTo(one);
                        assertThat(caller.aliasNames("KeyId", one)).contains(name);
                        caller.ask(
                                KmsOperation.UPDATE_ALIAS, "AliasName", name, "TargetKeyId", two);
                        assertThat(caller.describe(name).keyId()).isEqualTo(two);
                        assertThat(caller.aliasNames("KeyId", one)).doesNotContain(name);
                        assertThat(caller.aliasNames("KeyId", two)).contains(name);
                        caller.ask(KmsOperation.DELETE_ALIAS, "AliasName", name);
                        assertThat(caller.tried("DescribeKey", "KeyId", name))
                                .startsWith("NotFoundException");
                        assertThat(caller.aliasNames("KeyId", two)).doesNotContain(name);
                        writes.addAndGet(3);
                    }
                });
        assertThat(writes).hasValue(16 * 50 * 3);
    }

    /**
     * One moves an alias to and fro, others read it. Before a move it counts up; who has read
     * a count saw a move end, and from then on may read that move's target or a later one,
     * never the one before.
     */
    @Test
    void noReaderSeesAnOldTargetAfterTheMoveHasReturned() throws Exception {
        String[] keys = {caller.newKey(), caller.newKey()};
        caller.newAlias("alias/x", keys[0]);
        AtomicLong finished = new AtomicLong();
        AtomicLong started = new AtomicLong();
        AtomicBoolean done = new AtomicBoolean();
        Semaphore reads = new Semaphore(0);
        List<Future<?>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            readers.add(
                    threads.submit(
                            () -> {
                                while (!done.get()) {
                                    long before = finished.get();
                                    String target = caller.describe("alias/x").keyId();
                                    boolean inFirstList =
                                            caller.aliasNames("KeyId", keys[0]).contains("alias/x");
                                    long after = started.get();
                                    if (before
                                            == after) { // no move began meanwhile: only one answer
                                        // is right
                                        assertThat(target).isEqualTo(keys[(int) (before % 2)]);
                                        assertThat(inFirstList).isEqualTo(before % 2 == 0);
                                    }
                                    reads.release();
                                }
                                return null;
                            }));
        }
        for (int i = 1; i <= 500; i++) {
            started.set(i);
            caller.ask(
                    KmsOperation.UPDATE_ALIAS, "AliasName", "alias/x", "TargetKeyId", keys[i % 2]);
            finished.set(i);
            assertThat(caller.describe("alias/x").keyId()).isEqualTo(keys[i % 2]);
            reads.drainPermits();
            assertThat(reads.tryAcquire(4, 10, TimeUnit.SECONDS))
                    .as("readers in a quiet moment")
                    .isTrue();
        }
        done.set(true);
        for (Future<?> reader : readers) {
            reader.get(60, TimeUnit.SECONDS);
        }
    }

    /** A key's state is what the last acknowledged change made it, for cryptography too. */
    @Test
    void aDisabledKeyIsNotUsedAfterTheReplyWasGiven() throws Exception {
        all(
                8,
                _ -> {
                    String key = caller.newKey();
                    for (int i = 0; i < 50; i++) {
                        byte[] blob = caller.encrypt(key);
                        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
                        assertThat(caller.tried("Encrypt", "KeyId", key, "Plaintext", new byte[1]))
                                .startsWith("DisabledException");
                        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob))
                                .startsWith("DisabledException");
                        caller.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
                    }
                });
    }

    /**
     * 16 threads want the same 1,000 names: each name has one winner, and stands
     * for the winner's key.
     */
    @Test
    void eachNameHasOneWinner() throws Exception {
        int clients = 16;
        int names = 1000;
        Map<String, String> winners = new ConcurrentHashMap<>();
        AtomicInteger losses = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(clients);
        List<List<String>> keys = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            List<String> own = new ArrayList<>();
            for (int i = 0; i < names / 50; i++) {
                own.add(caller.newKey());
            }
            keys.add(own);
        }
        all(
                clients,
                client -> {
                    start.await();
                    for (int i = 0; i < names; i++) {
                        String name = "alias/" + i;
                        String key = keys.get(client).get(i / 50);
                        String outcome =
                                caller.tried("CreateAlias", "AliasName", name, "TargetKeyId", key);
                        if (outcome.equals(House.OK)) {
                            assertThat(winners.put(name, key))
                                    .as("a second winner of " + name)
                                    .isNull();
                        } else {
                            assertThat(outcome)
                                    .isEqualTo(
                                            "AlreadyExistsException: An alias with the name %s already exists"
                                                    .formatted(caller.alias(name)));
                            losses.incrementAndGet();
                        }
                    }
                });
        assertThat(winners).hasSize(names);
        assertThat(losses).hasValue((clients - 1) * names);
        winners.forEach((name, key) -> assertThat(caller.describe(name).keyId()).isEqualTo(key));
    }

    @Test
    void anAnswerLeavesNothingBehindAndTheOthersAreKept() throws Exception {
        String key = caller.newKey();
        batch(
                List.of(
                        () -> insert("alias/kept-1", key),
                        () -> refuse("alias/refused", key),
                        () -> insert("alias/kept-2", key)),
                List.of("ok", "NotFoundException", "ok"));
        assertThat(caller.aliasNames()).containsExactly("alias/kept-1", "alias/kept-2");
    }

    /** Refused ones cost the others one more run, however many they are, and no commit. */
    @Test
    void aRefusedChangeIsUndoneAloneAndTheOthersShareTheirCommit() throws Exception {
        String key = caller.newKey();
        AtomicInteger runs = new AtomicInteger();
        List<Runnable> changes = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String name = "alias/" + i;
            if (i % 4 == 0) {
                changes.add(() -> refuse(name, key));
                expected.add("NotFoundException");
            } else {
                changes.add(
                        () ->
                                house.store()
                                        .write(
                                                tx -> {
                                                    runs.incrementAndGet();
                                                    return tx.aliases().insert(alias(name, key));
                                                }));
                expected.add("ok");
            }
        }
        long before = house.store().commits();
        batch(changes, expected);
        assertThat(house.store().commits() - before).as("with the one that held").isEqualTo(2);
        assertThat(runs.get()).isBetween(30, 60);
        assertThat(caller.aliasNames()).hasSize(30);
    }

    /** A fault of ours, or of the database, in the middle of a commit that others share. */
    @Test
    void aFaultFailsOnlyItsOwnChange() throws Exception {
        String key = caller.newKey();
        for (RuntimeException fault :
                List.of(
                        new IllegalStateException("ours"),
                        new StoreException("the disk"),
                        new NullPointerException())) {
            batch(
                    List.of(
                            () -> insert("alias/kept-1", key),
                            () -> fail("alias/lost", key, fault),
                            () -> refuse("alias/refused", key),
                            () -> insert("alias/kept-2", key)),
                    List.of("ok", "StoreException", "NotFoundException", "ok"));
            assertThat(caller.aliasNames()).containsExactly("alias/kept-1", "alias/kept-2");
            caller.ask(KmsOperation.DELETE_ALIAS, "AliasName", "alias/kept-1");
            caller.ask(KmsOperation.DELETE_ALIAS, "AliasName", "alias/kept-2");
        }
    }

    /** An error of the JVM in one change, such as a stack overflow, does not end the writer. */
    @Test
    void anErrorFailsOnlyItsOwnChange() throws Exception {
        String key = caller.newKey();
        batch(
                List.of(
                        () -> insert("alias/kept", key),
                        () ->
                                house.store()
                                        .write(
                                                tx -> {
                                                    throw new StackOverflowError();
                                                })),
                List.of("ok", "StoreException"));
        assertThat(caller.aliasNames()).containsExactly("alias/kept");
        assertThat(caller.tried("CreateKey")).isEqualTo(House.OK);
    }

    /** The database's own refusal: the same key twice. */
    @Test
    void aBrokenConstraintFailsOnlyItsOwnChange() throws Exception {
        String key = caller.newKey();
        Key row = Objects.requireNonNull(house.store().key(caller.arn(key)));
        batch(
                List.of(
                        () -> insert("alias/kept", key),
                        () ->
                                house.store()
                                        .write(
                                                tx -> {
                                                    tx.aliases().insert(alias("alias/lost", key));
                                                    tx.keys().insert(row);
                                                    return row;
                                                })),
                List.of("ok", "StoreException"));
        assertThat(caller.aliasNames()).containsExactly("alias/kept");
    }

    /** What a refused change did is not seen by the next one of the same commit. */
    @Test
    void theNextChangeDoesNotSeeWhatWasRefused() throws Exception {
        String key = caller.newKey();
        batch(
                List.of(
                        () -> refuse("alias/x", key),
                        () -> insert("alias/x", key),
                        () -> insert("alias/x", key)),
                List.of("NotFoundException", "ok", "AlreadyExistsException"));
    }

    @Test
    void whatWasAcceptedIsCommittedBeforeTheStoreCloses() throws Exception {
        String key = caller.newKey();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<?> holding = threads.submit(() -> hold(inside, go));
        inside.await();
        List<Future<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String name = "alias/" + i;
            waiting.add(threads.submit(() -> House.outcome(() -> insert(name, key))));
        }
        Future<?> closing = threads.submit(() -> house.close());
        go.countDown();
        closing.get(30, TimeUnit.SECONDS);
        holding.get(30, TimeUnit.SECONDS);
        int answered = 0;
        for (Future<String> each : waiting) {
            answered += each.get(30, TimeUnit.SECONDS).equals(House.OK) ? 1 : 0;
        }
        open();
        assertThat(caller.aliasNames()).hasSize(answered);
    }

    /** Nobody waits for ever: who comes while the store closes is answered one way or the other. */
    @Test
    void everyCallerIsAnsweredWhileTheStoreCloses() throws Exception {
        for (int round = 0; round < 20; round++) {
            AtomicInteger made = new AtomicInteger();
            CyclicBarrier start = new CyclicBarrier(9);
            List<Future<String>> writers = new ArrayList<>();
            int before = count();
            for (int i = 0; i < 8; i++) {
                writers.add(
                        threads.submit(
                                () -> {
                                    start.await();
                                    while (true) {
                                        String outcome = caller.tried("CreateKey");
                                        if (!outcome.equals(House.OK)) {
                                            return outcome;
                                        }
                                        made.incrementAndGet();
                                    }
                                }));
            }
            start.await();
            while (made.get() < 8) {
                Thread.onSpinWait();
            }
            house.close();
            for (Future<String> writer : writers) {
                assertThat(writer.get(30, TimeUnit.SECONDS)).startsWith("ServiceUnavailable");
            }
            open();
            assertThat(count())
                    .as("every key that was acknowledged")
                    .isEqualTo(before + made.get());
        }
    }

    @Test
    void tooManyWaitingChangesAreRefused() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<?> holding = threads.submit(() -> hold(inside, go));
        inside.await();
        List<Future<String>> waiting = new ArrayList<>();
        try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < GroupCommit.MAX_WAITING; i++) {
                waiting.add(many.submit(() -> outcome(() -> house.store().write(_ -> "x"))));
            }
            while (house.store().waiting() < GroupCommit.MAX_WAITING) {
                Thread.onSpinWait();
            }
            assertThatThrownBy(() -> house.store().write(_ -> "x"))
                    .isInstanceOf(ServiceUnavailable.class)
                    .hasMessage("Too many changes are waiting. Try again.");
            go.countDown();
        }
        holding.get(30, TimeUnit.SECONDS);
        for (Future<String> each : waiting) {
            assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo("ok");
        }
    }

    @Test
    void tooManyBytesOfWaitingChangesAreRefused() throws Exception {
        int third = (int) Math.min(Integer.MAX_VALUE, HeapShare.WAITING_CHANGES.bytes() / 3);
        int fit = (int) (HeapShare.WAITING_CHANGES.bytes() / third) - 1; // 2 KiB each are counted
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<?> holding = threads.submit(() -> hold(inside, go));
        inside.await();
        List<Future<String>> waiting = new ArrayList<>();
        for (int i = 0; i < fit; i++) {
            waiting.add(threads.submit(() -> outcome(() -> house.store().write(third, _ -> "x"))));
            while (house.store().waiting() <= i) {
                Thread.onSpinWait();
            }
        }
        assertThat(outcome(() -> house.store().write(third, _ -> "x")))
                .isEqualTo("ServiceUnavailable");
        go.countDown();
        holding.get(30, TimeUnit.SECONDS);
        for (Future<String> each : waiting) {
            assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo("ok");
        }
        assertThat(outcome(() -> house.store().write(third, _ -> "x"))).isEqualTo("ok");
        assertThat(outcome(() -> house.store().write(Integer.MAX_VALUE, _ -> "x")))
                .as("one alone, however large")
                .isEqualTo("ok");
    }

    private int count() {
        Integer keys =
                house.store()
                        .read(
                                tx ->
                                        tx.sql()
                                                .find(
                                                        "select count(*) from kms_key",
                                                        row -> row.getInt(1)));
        return keys == null ? 0 : keys;
    }

    /**
     * Runs the changes so that they share one commit, in this order, and checks
     * what became of each.
     */
    private void batch(List<Runnable> changes, List<String> expected) throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Future<?> holding =
                threads.submit(() -> hold(inside, go)); // until the changes wait behind it
        inside.await();
        List<Future<String>> callers = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            Runnable change = changes.get(i);
            callers.add(threads.submit(() -> outcome(change)));
            while (house.store().waiting() <= i) {
                Thread.onSpinWait();
            }
        }
        go.countDown();
        holding.get(30, TimeUnit.SECONDS);
        List<String> outcomes = new ArrayList<>();
        for (Future<String> each : callers) {
            outcomes.add(each.get(30, TimeUnit.SECONDS));
        }
        assertThat(outcomes).isEqualTo(expected);
    }

    private boolean hold(CountDownLatch inside, CountDownLatch go) {
        return house.store()
                .write(
                        _ -> {
                            inside.countDown();
                            try {
                                return go.await(30, TimeUnit.SECONDS);
                            } catch (InterruptedException _) {
                                return false; // the store closes
                            }
                        });
    }

    private void insert(String name, String key) {
        house.store()
                .write(
                        tx -> {
                            if (!tx.aliases().insert(alias(name, key))) {
                                throw new AlreadyExistsException(name);
                            }
                            return name;
                        });
    }

    private void refuse(String name, String key) {
        house.store()
                .write(
                        tx -> {
                            tx.aliases().insert(alias(name, key));
                            throw new NotFoundException(name);
                        });
    }

    private void fail(String name, String key, RuntimeException fault) {
        house.store()
                .write(
                        tx -> {
                            tx.aliases().insert(alias(name, key));
                            throw fault;
                        });
    }

    private Alias alias(String name, String key) {
        AliasArn arn = caller.alias(name);
        return new Alias(arn, new KeyId(key), Instant.EPOCH, Instant.EPOCH);
    }

    private static String outcome(Runnable change) {
        try {
            change.run();
            return "ok";
        } catch (ServiceException e) {
            return e.code();
        } catch (RuntimeException e) {
            return e.getClass().getSimpleName();
        }
    }

    /** What one of several threads does. */
    @FunctionalInterface
    private interface Work {
        void run(int number) throws Exception;
    }

    private void all(int count, Work work) throws InterruptedException, ExecutionException {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            tasks.add(
                    () -> {
                        work.run(number);
                        return number;
                    });
        }
        for (Future<Integer> each : threads.invokeAll(tasks)) {
            each.get();
        }
    }
}
