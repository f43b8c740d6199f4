package trent.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trent.House;
import trent.api.KeyLastUsageTrackingOperation;
import trent.crypto.Entropy;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.seal.RootKeyFile;
import trent.store.HeapShare;
import trent.store.Store;

/** What is noted of uses has a share of the heap, whether it can be written or not. */
@Timeout(120)
class LatestUsesTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final int ROOM =
            Math.toIntExact(HeapShare.LATEST_USES.bytes() / LatestUses.BYTES_A_KEY);
    private static final int MORE = 1000;

    @TempDir Path folder = Path.of("");

    @Test
    @Tag("sqlite")
    void whileNothingCanBeWrittenItsShareIsNotExceeded() throws Exception {
        try (House house = open()) {
            LatestUses uses = new LatestUses(house.store(), house::now);
            KeyArn key = house.caller().arn(house.caller().newKey());
            Path database = folder.resolve("data").resolve("trent.db");
            Path away = folder.resolve("away");
            Files.move(database, away); // reading goes on
            await(() -> !house.store().sound());

            note(uses, key);
            for (int i = 1; i < ROOM + MORE; i++) {
                note(uses, key(i));
            }
            assertThat(uses.dropped()).isEqualTo(MORE);
            note(uses, key); // one that is known costs no more room
            assertThat(uses.dropped()).isEqualTo(MORE);
            assertThat(uses.flush().failed()).isPositive();

            Files.move(away, database);
            await(() -> house.store().sound());
            assertThat(uses.flush().failed()).isZero();
            assertThat(written(house, key)).isTrue();
            note(uses, key(ROOM + MORE)); // there is room again
            assertThat(uses.dropped()).isEqualTo(MORE);
        }
    }

    @Test
    void whatFillsHalfOfItIsWrittenBeforeItsTime() {
        try (House house = new House()) {
            LatestUses uses = new LatestUses(house.store(), house::now);
            KeyArn key = house.caller().arn(house.caller().newKey());
            note(uses, key);
            for (int i = 1; i <= ROOM / 2; i++) {
                note(uses, key(i));
            }
            await(() -> written(house, key)); // with no flush of ours
            assertThat(uses.dropped()).isZero();
        }
    }

    private static boolean written(House house, KeyArn key) {
        return house.store().read(tx -> tx.usages().find(key) != null);
    }

    private static void note(LatestUses uses, KeyArn key) {
        uses.note(key, KeyLastUsageTrackingOperation.ENCRYPT, "request");
    }

    private static KeyArn key(int number) {
        return new KeyArn(
                House.REGION,
                House.ACCOUNT,
                new KeyId("1234abcd-12ab-34cd-56ef-%012x".formatted(number)));
    }

    private House open() throws Exception {
        return new House(
                Store.open(
                        folder.resolve("data"),
                        new RootKeyFile(folder.resolve("root.key")),
                        ENTROPY),
                ENTROPY);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within a minute");
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
