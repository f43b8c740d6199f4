package trent.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.seal.RootKeyFile;

/** A disk that is full, and has room again; a page that is damaged: real ones. */
@Timeout(120)
@Tag("sqlite")
class FaultyDiskTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final int PAGE = 4096;
    private static final int SMALL_KIB = 8192;

    /** The longest that is allowed. */
    private static final int DESCRIPTION = 8192;

    /** With 50 aliases each: more than the small disk has room for. */
    private static final int KEYS = 200;

    @TempDir Path temporary = Path.of("");

    /**
     * Eight write while the disk is filled and freed, three times. Whoever was acknowledged is
     * there, whoever was refused is not, and who repeats a refused request succeeds.
     */
    @Test
    void aFullDiskIsOverWhenItHasRoomAgain() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(temporary.resolve("disk"), 6144)) {
            Map<String, String> outcomes = new ConcurrentHashMap<>();
            try (House house = house(disk.folder())) {
                House.Caller caller = house.caller();
                List<String> keys = new ArrayList<>();
                for (int i = 0; i < KEYS; i++) {
                    keys.add(caller.newKey());
                }
                for (int round = 0; round < 3; round++) {
                    fillAndFree(disk, house, keys, round, outcomes);
                }
                check(caller, outcomes);
                String refused =
                        outcomes.entrySet().stream()
                                .filter(each -> each.getValue().startsWith("ServiceUnavailable"))
                                .findFirst()
                                .orElseThrow()
                                .getKey();
                assertThat(
                                caller.tried(
                                        "CreateAlias",
                                        "AliasName",
                                        refused,
                                        "TargetKeyId",
                                        keys.getLast()))
                        .isEqualTo(House.OK);
                caller.ask(KmsOperation.DELETE_ALIAS, "AliasName", refused);
            }
            try (House again = house(disk.folder())) {
                check(again.caller(), outcomes);
            }
        }
    }

    /** Five times as much is written as the volume has room for, though hardly any of it stays. */
    @Test
    void theLogLeavesRoomOnASmallVolume() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(temporary.resolve("disk"), SMALL_KIB);
                House house = house(disk.folder())) {
            String key = house.caller().newKey();
            long written = 0;
            for (int i = 0; written < 5L * SMALL_KIB * 1024; i++) {
                String description = (i % 10 + "x".repeat(15)).repeat(DESCRIPTION / 16);
                assertThat(
                                house.caller()
                                        .tried(
                                                "UpdateKeyDescription",
                                                "KeyId",
                                                key,
                                                "Description",
                                                description))
                        .as("after " + written + " bytes")
                        .isEqualTo(House.OK);
                written += DESCRIPTION;
            }
            assertThat(house.store().unwritableBecause()).isNull();
        }
    }

    /** The log was long before others took the room. */
    @Test
    void aLogThatIsTooLongNowIsCut() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(temporary.resolve("disk"), 4 * SMALL_KIB);
                House house = house(disk.folder())) {
            String key = house.caller().newKey();
            Path log = disk.folder().resolve("trent.db-wal");
            while (Files.size(log) < SMALL_KIB * 1024 / 4) {
                house.caller()
                        .ask(KmsOperation.UPDATE_KEY_DESCRIPTION, "KeyId", key, "Description", "x");
                house.caller()
                        .ask(
                                KmsOperation.UPDATE_KEY_DESCRIPTION,
                                "KeyId",
                                key,
                                "Description",
                                "x".repeat(DESCRIPTION));
            }
            disk.leave(64);
            await(() -> log.toFile().length() == 0);
            assertThat(house.caller().tried("CreateKey")).isEqualTo(House.OK);
        }
    }

    private static void fillAndFree(
            SmallDisk disk, House house, List<String> keys, int round, Map<String, String> outcomes)
            throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger numbers = new AtomicInteger();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                writers.add(
                        threads.submit(
                                () -> {
                                    while (!done.get()
                                            && (numbers.get() < 500
                                                    || house.store().unwritableBecause() == null)) {
                                        int number = numbers.incrementAndGet();
                                        String name = "alias/%d-%d".formatted(round, number);
                                        String key = keys.get(number % keys.size());
                                        outcomes.put(name, outcome(house.caller(), name, key));
                                    }
                                    return null;
                                }));
            }
            await(() -> numbers.get() > 20);
            disk.fill();
            await(() -> house.store().unwritableBecause() != null);
            String known = keys.getFirst();
            assertThat(house.caller().describe(known).keyId()).as("reading").isEqualTo(known);
            assertThat(house.caller().aliasNames("KeyId", known)).isNotNull();
            done.set(true);
            for (Future<?> writer : writers) {
                writer.get();
            }
            disk.free();
            // By itself: nobody writes.
            await(() -> house.store().unwritableBecause() == null);
            assertThat(house.caller().tried("CreateKey")).isEqualTo(House.OK);
        }
    }

    private static String outcome(House.Caller caller, String name, String key) {
        try {
            return caller.tried("CreateAlias", "AliasName", name, "TargetKeyId", key);
        } catch (StoreException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void check(House.Caller caller, Map<String, String> outcomes) {
        outcomes.forEach(
                (name, outcome) -> {
                    String found = caller.tried("DescribeKey", "KeyId", name);
                    if (outcome.equals(House.OK)) {
                        assertThat(found).as("acknowledged " + name).isEqualTo(House.OK);
                    } else if (outcome.startsWith("ServiceUnavailable")) {
                        assertThat(found).as("refused " + name).startsWith("NotFoundException");
                    } else {
                        assertThat(outcome).startsWith("whether the change was made is not known");
                    }
                });
    }

    /** The page is damaged as a disk would do it; the keys that are not on it are as before. */
    @Test
    void aDamagedPageHurtsItsOwnKeysOnly() throws Exception {
        Path folder = temporary.resolve("store");
        List<String> keys = new ArrayList<>();
        try (House house = house(folder)) {
            for (int i = 0; i < 300; i++) {
                keys.add(house.caller().newKey());
            }
        }
        String damaged = damage(folder.resolve("trent.db"), keys);
        try (House house = house(folder)) {
            House.Caller caller = house.caller();
            for (int round = 0; round < 2; round++) {
                int failed = 0;
                for (String key : keys) {
                    if (damaged.contains(key)) {
                        assertThat(tried(caller, "DescribeKey", key)).isNotEqualTo(House.OK);
                        assertThat(tried(caller, "DisableKey", key)).isNotEqualTo(House.OK);
                        failed++;
                    } else {
                        assertThat(tried(caller, "DescribeKey", key)).isEqualTo(House.OK);
                        assertThat(tried(caller, round == 0 ? "DisableKey" : "EnableKey", key))
                                .isEqualTo(House.OK);
                    }
                }
                assertThat(failed).isBetween(1, 60);
                assertThat(house.store().unwritableBecause()).isNull();
            }
        }
    }

    private static String tried(House.Caller caller, String operation, String key) {
        try {
            return caller.tried(operation, "KeyId", key);
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    /**
     * Spoils the leaf of kms_key in which a key in the middle is, and gives the page's old text.
     */
    private static String damage(Path database, List<String> keys) throws IOException {
        byte[] file = Files.readAllBytes(database);
        for (int at = PAGE; at < file.length; at += PAGE) {
            String page = new String(file, at, PAGE, StandardCharsets.ISO_8859_1);
            // A table's leaf, with whole rows of keys.
            if (file[at] == 0x0d
                    && page.contains("SYMMETRIC_DEFAULT")
                    && page.contains(keys.get(150))) {
                try (RandomAccessFile out = new RandomAccessFile(database.toFile(), "rw")) {
                    out.seek(at);
                    out.write(new byte[] {0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55});
                }
                return page;
            }
        }
        throw new AssertionError("no page of keys");
    }

    private static House house(Path folder) throws IOException, Store.CannotOpen {
        return new House(
                Store.open(folder, new RootKeyFile(folder.resolve("root.key")), ENTROPY), ENTROPY);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within 30 s").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Whatever room there was: the start that follows has a whole store, or makes one. */
    @ParameterizedTest
    @ValueSource(ints = {0, 60, 100, 140, 160, 180, 200, 220, 240, 260, 300})
    void aFirstStartWithoutRoomSpoilsNoLaterOne(int kib) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(temporary.resolve("first"), 4096)) {
            Path folder = disk.folder().resolve("data");
            Files.createDirectory(folder);
            RootKeyFile rootKey = new RootKeyFile(temporary.resolve("root.key"));
            disk.leave(kib);
            try {
                Store.open(folder, rootKey, ENTROPY).close();
            } catch (IOException | Store.CannotOpen _) {
                // no room
            }
            disk.free();
            try (Store store = Store.open(folder, rootKey, ENTROPY)) {
                assertThat(store.sound()).isTrue();
            }
        }
    }
}
