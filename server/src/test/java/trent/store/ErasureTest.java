package trent.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trent.House;
import trent.api.Blob;
import trent.crypto.Entropy;
import trent.name.KeyArn;
import trent.seal.RootKeyFile;
import trent.seal.Secret;

/** Deleted is gone: no sealed copy is left in any file of the folder, ten seconds later. */
@Timeout(120)
@Tag("sqlite")
class ErasureTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final Duration GONE = Duration.ofSeconds(10);
    private static final int CHANGES = Boolean.getBoolean("trent.all") ? 8000 : 1500;
    private static final long SEED = Long.getLong("trent.seed", System.nanoTime());

    /** A part of a sealed material that no other has: of its salt. */
    private static final int PART = 12;

    @TempDir Path folder = Path.of("");

    /**
     * Materials of many sizes come, go, are written anew and removed with their keys, so that
     * SQLite's pages fill, split and are given up.
     */
    @Test
    void whatIsDeletedIsInNoFile() throws Exception {
        System.out.println("repeat with -Dtrent.seed=" + SEED);
        Random random = new Random(SEED);
        List<KeyArn> keys = new ArrayList<>();
        try (House house = open()) {
            Store store = house.store();
            List<byte[]> deleted = new ArrayList<>();
            for (int i = 0; i < CHANGES; i++) {
                double dice = random.nextDouble();
                if (dice < 0.6 || keys.isEmpty()) {
                    KeyArn key = house.caller().arn(house.caller().newKey());
                    put(store, key, random);
                    keys.add(key);
                } else {
                    KeyArn key = keys.get(random.nextInt(keys.size()));
                    if (dice < 0.75) {
                        takeAway(store, key);
                    } else if (dice < 0.9) {
                        put(store, key, random);
                    } else {
                        keys.remove(key);
                        store.write(
                                tx -> {
                                    tx.keys().delete(key);
                                    return key;
                                });
                    }
                }
                if (i == CHANGES / 2) {
                    deleted = sealed(); // most of these are gone at the end
                }
            }
            List<byte[]> all = deleted;
            List<byte[]> held = held();
            all.removeIf(one -> held.stream().anyMatch(other -> same(one, other)));
            assertThat(all).hasSizeGreaterThan(CHANGES / 10);

            awaitGone(all);
            List<byte[]> kept = sealed();
            assertThat(found(kept)).as("what is kept is found").isEqualTo(kept.size());
        }
        assertThat(Files.size(folder.resolve("trent.db"))).isPositive();
    }

    /** A server that was killed before it erased anything leaves that to the next. */
    @Test
    void whatACrashLeftIsErasedByTheNextStart() throws Exception {
        Path crashed = Files.createDirectory(folder.resolve("crashed"));
        List<byte[]> before;
        try (House house = open()) {
            KeyArn key = house.caller().arn(house.caller().newKey());
            before = sealed();
            takeAway(house.store(), key);
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, crashed.resolve(file.getFileName()));
                }
            }
        }
        assertThat(found(crashed, before)).isPositive();
        try (Store _ = Store.open(crashed, rootKey(), ENTROPY)) {
            await(() -> found(crashed, before) == 0);
        }
    }

    /** A damaged row may hold any number: none makes room for it, and none stops the others. */
    @Test
    void numbersThatNobodyGaveAreIgnored() throws Exception {
        List<byte[]> before;
        try (House house = open()) {
            for (int i = 0; i < 5; i++) {
                house.caller().newKey();
            }
        }
        before = sealed();
        for (String number : List.of("7fffffffffffffff", "ffffffffffffffff", "000000007fffffff")) {
            change(
                    """
                    update key_material set sealed = x'02%s' where key_id =
                        (select key_id from key_material where hex(sealed) like '020000%%' limit 1)
                    """
                            .formatted(number));
        }
        List<byte[]> held = held();
        assertThat(held).hasSize(2);
        try (House house = open()) {
            await(() -> found(before) == held.size());
            house.caller().newKey();
        }
    }

    /** The rows of an older store hold whole materials, and there may be many of them. */
    @Test
    void whatIsHeldIsLookedThroughWithoutHoldingIt() throws Exception {
        int rows = 500;
        int bytes = 16384;
        try (House house = open()) {
            house.caller().newKey();
            change(
                    """
                    with recursive n(i) as (select 1 union all select i + 1 from n where i < %d)
                    insert into key_material (account, region, key_id, material_id, sequence, state,
                        sealed, created_ms)
                    select '111122223333', 'us-east-2', 'old', i, i, 'CURRENT', zeroblob(%d), 0 from n
                    """
                            .formatted(rows, bytes));
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = threads.getCurrentThreadAllocatedBytes();
            BitSet held = house.store().read(tx -> tx.materials().heldSeals(1, 100));
            assertThat(threads.getCurrentThreadAllocatedBytes() - allocated)
                    .isLessThan((long) rows * bytes / 4);
            assertThat(held.cardinality()).isEqualTo(1);
        }
    }

    /** A store in memory has no files, and must not grow by what it deletes. */
    @Test
    void inMemoryNothingStaysOfWhatIsDeleted() {
        Random random = new Random(SEED);
        try (House house = new House()) {
            KeyArn kept = house.caller().arn(house.caller().newKey());
            for (int i = 0; i < 10; i++) {
                KeyArn key = house.caller().arn(house.caller().newKey());
                put(house.store(), key, random);
                takeAway(house.store(), key);
                put(house.store(), key, random);
                house.store()
                        .write(
                                tx -> {
                                    tx.keys().delete(key);
                                    return key;
                                });
            }
            assertThat(
                            house.store()
                                    .<List<Long>>read(
                                            tx -> tx.seals().present(0, Long.MAX_VALUE, 100)))
                    .hasSize(1);
            assertThat(house.store().materials(kept).all()).hasSize(1);
        }
    }

    /** Who reads an older state keeps the WAL; when he is done, it goes. */
    @Test
    void aReaderInTheWayIsWaitedFor() throws Exception {
        try (House house = open()) {
            KeyArn key = house.caller().arn(house.caller().newKey());
            List<byte[]> before = sealed();
            CountDownLatch reading = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(1);
            Thread reader =
                    Thread.ofVirtual()
                            .start(
                                    () ->
                                            house.store()
                                                    .read(
                                                            tx -> {
                                                                boolean there =
                                                                        tx.keys().find(key) != null;
                                                                reading.countDown();
                                                                await(done);
                                                                return there;
                                                            }));
            reading.await();
            takeAway(house.store(), key);
            house.caller().newKey(); // writers are not held up
            LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
            assertThat(found(before)).as("the reader's").isPositive();
            assertThat(house.store().eraseWaitingSeconds()).isPositive();
            done.countDown();
            reader.join();
            awaitGone(before);
            await(() -> house.store().eraseWaitingSeconds() == 0);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void put(Store store, KeyArn key, Random random) {
        int[] sizes = {32, 64, 138, 1218, 2375};
        byte[] material = new byte[sizes[random.nextInt(sizes.length)]];
        random.nextBytes(material);
        byte[] publicKey = new byte[random.nextInt(300)];
        store.write(
                tx -> {
                    KeyMaterial first = tx.materials().of(key).all().getFirst();
                    tx.materials()
                            .put(
                                    key,
                                    first.facts()
                                            .withDescription("x".repeat(publicKey.length))
                                            .withPublicKey(new Blob(publicKey)),
                                    new Secret(material.clone()));
                    return key;
                });
    }

    private static void takeAway(Store store, KeyArn key) {
        store.write(
                tx -> {
                    KeyMaterial first = tx.materials().of(key).all().getFirst();
                    tx.materials().put(key, first.facts(), null);
                    return Instant.EPOCH;
                });
    }

    private void awaitGone(List<byte[]> sealed) {
        await(() -> found(sealed) == 0);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + GONE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + GONE);
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    private int found(List<byte[]> sealed) {
        return found(folder, sealed);
    }

    /** How many of these have a part in some file; each byte of the files is looked at once. */
    private static int found(Path folder, List<byte[]> sealed) {
        Map<Long, Integer> parts = new HashMap<>();
        for (int i = 0; i < sealed.size(); i++) {
            ByteBuffer one = ByteBuffer.wrap(sealed.get(i));
            parts.put(one.getLong(1), i);
            parts.put(one.getLong(one.limit() - Long.BYTES), i);
        }
        Set<Integer> found = new HashSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                long window = 0;
                for (byte next : Files.readAllBytes(file)) {
                    window = window << Byte.SIZE | Byte.toUnsignedLong(next);
                    Integer which = parts.get(window);
                    if (which != null) {
                        found.add(which);
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return found.size();
    }

    private static boolean same(byte[] one, byte[] other) {
        return HexFormat.of()
                .formatHex(one, 1, PART)
                .equals(HexFormat.of().formatHex(other, 1, PART));
    }

    /** All that is sealed now, erased or not yet. */
    private List<byte[]> sealed() throws SQLException {
        return values("select value from seal where hex(substr(value, 1, 1)) = '02'");
    }

    /** What of it a key still has. */
    private List<byte[]> held() throws SQLException {
        return values(
                """
                select value from seal where printf('%016X', id) in
                    (select substr(hex(sealed), 3) from key_material where sealed is not null)
                """);
    }

    private List<byte[]> values(String query) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("trent.db"));
                Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery(query)) {
            List<byte[]> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getBytes(1));
            }
            return found;
        }
    }

    private void change(String statement) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("trent.db"));
                Statement sql = connection.createStatement()) {
            sql.executeUpdate(statement);
        }
    }

    private RootKeyFile rootKey() {
        return new RootKeyFile(folder.resolve("root.key"));
    }

    private House open() throws IOException, Store.CannotOpen {
        return new House(Store.open(folder, rootKey(), ENTROPY), ENTROPY);
    }
}
