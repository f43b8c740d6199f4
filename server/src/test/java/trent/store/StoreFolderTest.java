package trent.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.api.ServiceUnavailable;
import trent.crypto.Entropy;
import trent.seal.RootKey;
import trent.seal.RootKeyFile;

/** A folder and a root key: what makes a store of them, and what is noticed to be none. */
@Timeout(60)
@Tag("sqlite")
class StoreFolderTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final Duration NOTICED = Duration.ofSeconds(20);

    @TempDir Path temporary = Path.of("");

    // ---- at start

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDatabaseThatIsGoneOrEmptyBesideItsChangesIsRefused(boolean gone) throws Exception {
        Path crashed = temporary.resolve("crashed");
        try (House house = open()) {
            house.caller().newAlias("alias/x", house.caller().newKey());
            copy(data(), crashed); // as a crash leaves it, with its WAL
        }
        Files.delete(crashed.resolve("trent.db"));
        Files.delete(crashed.resolve("trent.lock"));
        if (!gone) {
            Files.createFile(crashed.resolve("trent.db"));
        }
        Map<String, String> before = files(crashed);
        assertThatThrownBy(() -> Store.open(crashed, rootKey(), ENTROPY))
                .isInstanceOf(Store.CannotOpen.class)
                .hasMessageContaining("trent.db is missing or empty")
                .hasMessageContaining("Nothing was changed");
        assertThatThrownBy(() -> Store.init(crashed, rootKey(), ENTROPY))
                .isInstanceOf(Store.CannotOpen.class);
        assertThat(files(crashed)).isEqualTo(before);
    }

    /** A volume that is not mounted looks like that. */
    @Test
    void aRootKeyWithoutItsStoreIsRefusedAndNothingIsMade() throws Exception {
        open().close();
        Path elsewhere = temporary.resolve("elsewhere");
        Files.move(data(), elsewhere);
        for (boolean empty : new boolean[] {false, true}) {
            if (empty) {
                Files.createDirectory(data());
            }
            assertThatThrownBy(this::open)
                    .isInstanceOf(Store.CannotOpen.class)
                    .hasMessageContaining("no store in " + data())
                    .hasMessageContaining("trent init --data " + data());
            assertThat(Files.exists(data())).isEqualTo(empty);
        }
        assertThat(files(data())).isEmpty();
        Files.delete(data());
        Files.move(elsewhere, data());
        open().close();
    }

    @Test
    void initMakesAStoreUnderANewRootKeyOrTheOneGiven() throws Exception {
        Store.init(data(), rootKey(), ENTROPY);
        assertThat(rootKey().exists()).isTrue();
        open().close();
        String before = files(data()).get("trent.db");
        assertThatThrownBy(() -> Store.init(data(), rootKey(), ENTROPY))
                .isInstanceOf(Store.CannotOpen.class)
                .hasMessageContaining("there is a store in " + data() + " already");
        assertThat(files(data()).get("trent.db")).isEqualTo(before);

        Path second = temporary.resolve("second");
        Store.init(second, rootKey(), ENTROPY);
        Store.open(second, rootKey(), ENTROPY).close();
    }

    /** Wherever the first start is cut short, the second one can go on. */
    @Test
    void aFirstStartThatWasCutShortIsFinished() throws Exception {
        Store.init(data(), rootKey(), ENTROPY);
        String id = id();
        Path made = data().resolve("trent.db.new");
        Files.move(data().resolve("trent.db"), made);
        open().close(); // with its root key: only the last step was missing
        assertThat(id()).isEqualTo(id);
        assertThat(made).doesNotExist();

        Files.move(data().resolve("trent.db"), made);
        Files.delete(rootKey().path());
        open().close(); // without: nobody has seen it, and all is made anew
        assertThat(id()).isNotEqualTo(id);
        assertThat(made).doesNotExist();

        String other = id();
        Files.move(data().resolve("trent.db"), made);
        Files.delete(rootKey().path());
        rootKey().create(ENTROPY).close();
        assertThatThrownBy(this::open) // with another: it belongs to some other store
                .isInstanceOf(Store.CannotOpen.class);
        assertThat(id()).isNotEqualTo(other);
    }

    @Test
    void aFileInTheFoldersPlaceIsSaid() throws Exception {
        Files.writeString(data(), "x");
        assertThatThrownBy(this::open)
                .isInstanceOf(Store.CannotOpen.class)
                .hasMessageContaining(data() + " is a file, and the store needs a folder");
    }

    @Test
    void aDamagedDatabaseIsSaid() throws Exception {
        open().close();
        byte[] good = Files.readAllBytes(data().resolve("trent.db"));
        byte[] header = good.clone();
        header[3] ^= 1;
        byte[] schema = good.clone();
        Arrays.fill(schema, 100, 4096, (byte) 0x5a);
        for (byte[] damaged :
                new byte[][] {header, schema, "garbage".repeat(2000).getBytes(US_ASCII)}) {
            Files.write(data().resolve("trent.db"), damaged);
            assertThatThrownBy(this::open)
                    .isInstanceOf(Store.CannotOpen.class)
                    .hasMessageContaining("trent.db in " + data() + " is damaged")
                    .hasMessageContaining("restore the newest backup");
        }
        Files.write(data().resolve("trent.db"), good);
        open().close();
    }

    // ---- while it runs

    @ParameterizedTest
    @ValueSource(strings = {"trent.db", "trent.db-wal", "trent.lock", "."})
    void whatIsGoneIsNoticedBeforeAChangeIsAcknowledged(String name) throws Exception {
        try (House house = open()) {
            House.Caller caller = house.caller();
            String key = caller.newKey();
            Path file = data().resolve(name).normalize();
            Path away = temporary.resolve("away");
            for (boolean replaced : new boolean[] {false, true}) {
                Files.move(file, away);
                if (replaced) {
                    copy(away, file);
                }
                // At once: no look of the housekeeping is waited for, unless it came before.
                String alias = "alias/made-" + name.replaceAll("[^a-z]", "-") + replaced;
                boolean unknown = false;
                try {
                    caller.newAlias(alias, key);
                    throw new AssertionError("acknowledged");
                } catch (StoreException e) {
                    unknown = true;
                    assertThat(e)
                            .hasMessageStartingWith("whether the change was made is not known");
                    assertThat(caller.describe(alias).keyId()).isEqualTo(key); // it was
                } catch (ServiceUnavailable e) {
                    assertThat(e).hasMessageStartingWith("Changes are refused, and nothing was");
                    assertThat(caller.aliasNames()).doesNotContain(alias);
                }
                // From then on it is seen before anything is begun.
                assertThat(caller.tried("CreateKey"))
                        .startsWith("ServiceUnavailable: Changes are refused, and nothing was");
                assertThat(caller.describe(key).keyId()).isEqualTo(key);
                assertThat(house.store().sound()).isFalse();
                delete(file);
                Files.move(away, file);
                await(() -> house.store().sound());
                assertThat(caller.tried("CreateKey")).isEqualTo(House.OK);
                // What was not known is there with the files, and what was refused is not.
                assertThat(caller.aliasNames().contains(alias)).isEqualTo(unknown);
            }
        }
    }

    /**
     * Closing any descriptor of the lock file gives the lock up, whoever does it in this process.
     */
    @Test
    void aLostLockIsTakenAgainOrNoticed() throws Exception {
        try (House house = open()) {
            Path lock = data().resolve("trent.lock");
            assertThat(freeForOthers(lock)).isFalse();
            drop(lock);
            await(() -> !freeForOthers(lock)); // it was taken again

            try (Holder other = new Holder(lock)) {
                while (!other.holds()) {
                    drop(lock);
                }
                await(() -> !house.store().sound());
                assertThat(house.caller().tried("CreateKey"))
                        .startsWith("ServiceUnavailable: Changes are refused");
            }
            await(() -> house.store().sound());
            assertThat(house.caller().tried("CreateKey")).isEqualTo(House.OK);
        }
    }

    @Test
    void aRootKeyThatGoesAwayIsNoticed() throws Exception {
        try (House house = open()) {
            Path file = rootKey().path();
            Path away = temporary.resolve("away");
            Files.move(file, away);
            await(() -> !house.store().sound());
            assertThat(house.caller().tried("CreateKey")).isEqualTo(House.OK);
            Files.copy(away, file); // written anew, as a mounted secret is
            await(() -> house.store().sound());
            Files.delete(file);
            rootKey().create(ENTROPY).close();
            await(() -> !house.store().sound());
            Files.delete(file);
            Files.move(away, file);
            await(() -> house.store().sound());
        }
    }

    private static void drop(Path lock) throws IOException {
        FileChannel.open(lock, StandardOpenOption.WRITE).close();
    }

    private static boolean freeForOthers(Path lock) {
        try (Holder other = new Holder(lock)) {
            return other.holds();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Another process that tries to take the lock, as another server would. */
    private static final class Holder implements AutoCloseable {

        private final Process process;
        private boolean holds;

        Holder(Path lock) throws IOException {
            process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xshare:auto",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Taker.class.getName(),
                                    lock.toString())
                            .redirectError(new File("/dev/null"))
                            .start();
            holds = process.getInputStream().read() == 'y';
        }

        /** Whether it has it; where not, it tries once more. */
        boolean holds() throws IOException {
            if (!holds) {
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
                holds = process.getInputStream().read() == 'y';
            }
            return holds;
        }

        @Override
        public void close() {
            process.destroyForcibly();
            try {
                process.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** What the other process runs. */
    static final class Taker {

        private Taker() {}

        public static void main(String[] arguments) throws IOException {
            FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE);
            do {
                boolean taken = channel.tryLock() != null;
                System.out.print(taken ? 'y' : 'n');
                System.out.flush();
            } while (System.in.read() >= 0);
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + NOTICED.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + NOTICED);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    private static void delete(Path what) throws IOException {
        if (Files.notExists(what)) {
            return;
        }
        try (Stream<Path> all = Files.walk(what)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                files.put(
                        String.valueOf(file.getFileName()),
                        HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    private String id() throws IOException {
        try (RootKey key = rootKey().read(ENTROPY)) {
            return key.id();
        }
    }

    private Path data() {
        return temporary.resolve("data");
    }

    private RootKeyFile rootKey() {
        return new RootKeyFile(temporary.resolve("root.key"));
    }

    private House open() throws IOException, Store.CannotOpen {
        return new House(Store.open(data(), rootKey(), ENTROPY), ENTROPY);
    }
}
