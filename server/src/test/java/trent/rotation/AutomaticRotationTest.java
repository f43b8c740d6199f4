package trent.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trent.House;
import trent.Stores;
import trent.api.GetKeyRotationStatusResponse;
import trent.api.KmsOperation;
import trent.api.RotationType;
import trent.api.RotationsListEntry;
import trent.crypto.Entropy;
import trent.store.Store;

/** Rotation by the clock, over years. Source: AWS KMS Developer Guide, "Rotate AWS KMS keys". */
class AutomaticRotationTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private House house = new House();
    private House.Caller caller = house.caller();
    private String key = "";

    @BeforeEach
    void makeKey() {
        key = caller.newKey();
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void overTenYearsAKeyRotatesEachYearAndOldCiphertextsOpen() {
        enable(365);
        List<byte[]> blobs = new ArrayList<>();
        List<@Nullable String> materials = new ArrayList<>();
        for (int year = 0; year < 10; year++) {
            blobs.add(caller.encrypt(key));
            materials.add(caller.describe(key).currentKeyMaterialId());
            house.advance(Duration.ofDays(365).minusMillis(1));
            house.rotateWhatIsDue();
            assertThat(rotations()).as("not a millisecond too early").hasSize(year);
            house.advance(Duration.ofMillis(1));
            house.rotateWhatIsDue();
            house.rotateWhatIsDue();
            assertThat(rotations()).hasSize(year + 1);
            RotationsListEntry last = rotations().getLast();
            assertThat(last.rotationDate()).isEqualTo(house.now());
            assertThat(last.rotationType()).isEqualTo(RotationType.AUTOMATIC);
            assertThat(last.keyMaterialId()).isEqualTo(caller.describe(key).currentKeyMaterialId());
            assertThat(status().nextRotationDate())
                    .isEqualTo(house.now().plus(Duration.ofDays(365)));
        }
        assertThat(materials).doesNotHaveDuplicates();
        for (int year = 0; year < 10; year++) {
            var opened = caller.ask(KmsOperation.DECRYPT, "CiphertextBlob", blobs.get(year));
            assertThat(opened.keyMaterialId()).isEqualTo(materials.get(year));
        }
    }

    /** The timer looks every few seconds: over the years that must not move the date. */
    @Test
    void theSecondsUntilTheTimerLooksDoNotAddUp() {
        enable(90);
        for (int i = 1; i <= 8; i++) {
            house.advance(Duration.ofDays(90).plusSeconds(i == 1 ? 10 : 0));
            house.rotateWhatIsDue();
            assertThat(rotations()).hasSize(i);
            assertThat(rotations().getLast().rotationDate()).isEqualTo(house.now());
            assertThat(status().nextRotationDate()).isEqualTo(at(90 * (i + 1)));
        }
    }

    /** Rotated once, and from then on a whole period. */
    @Test
    void missedPeriodsAreCaughtUpWithOneRotation() {
        enable(90);
        house.advance(Duration.ofDays(90 * 5 + 30));
        house.rotateWhatIsDue();
        house.rotateWhatIsDue();
        assertThat(rotations()).hasSize(1);
        assertThat(status().nextRotationDate()).isEqualTo(house.now().plus(Duration.ofDays(90)));
    }

    @Test
    void aDisabledKeyIsNotRotatedAndAnOverdueOneIsAtOnceWhenItIsEnabled() {
        enable(90);
        String first = caller.describe(key).currentKeyMaterialId();
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        house.advance(Duration.ofDays(100));
        house.rotateWhatIsDue();
        assertThat(caller.describe(key).currentKeyMaterialId()).isEqualTo(first);
        assertThat(rotations()).isEmpty();

        caller.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
        assertThat(rotations()).as("no timer has run").hasSize(1);
        assertThat(caller.describe(key).currentKeyMaterialId()).isNotEqualTo(first);
        assertThat(status().nextRotationDate()).isEqualTo(house.now().plus(Duration.ofDays(90)));
    }

    @Test
    void aKeyThatIsEnabledInTimeKeepsItsSchedule() {
        enable(90);
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        house.advance(Duration.ofDays(89));
        caller.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
        assertThat(rotations()).isEmpty();
        assertThat(status().nextRotationDate()).isEqualTo(at(90));
        house.advance(Duration.ofDays(1));
        house.rotateWhatIsDue();
        assertThat(rotations()).hasSize(1);
    }

    @Test
    void aKeyThatWaitsForItsDeletionIsNotRotated() {
        enable(90);
        house.advance(Duration.ofDays(80));
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key);
        house.advance(Duration.ofDays(20));
        house.rotateWhatIsDue();
        assertThat(rotations()).isEmpty();
        caller.ask(KmsOperation.CANCEL_KEY_DELETION, "KeyId", key);
        house.rotateWhatIsDue();
        assertThat(rotations()).as("disabled").isEmpty();
        caller.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
        assertThat(rotations()).hasSize(1);
    }

    /** More keys than are looked up at once, of several accounts and Regions. */
    @Test
    void allKeysThatAreDueAreRotated() {
        House.Caller stranger = house.root(House.OTHER_ACCOUNT, House.OTHER_REGION);
        Map<House.Caller, List<String>> keys =
                Map.of(caller, many(caller), stranger, many(stranger));
        house.advance(Duration.ofDays(90));
        house.rotateWhatIsDue();
        keys.forEach(
                (owner, ids) ->
                        assertThat(ids)
                                .allSatisfy(id -> assertThat(rotations(owner, id)).hasSize(1)));
        assertThat(rotations()).as("rotation is off").isEmpty();
    }

    /** As two nodes over one store would, at the same moment. */
    @Test
    void twoTimersRotateAKeyOnce() throws Exception {
        List<String> keys = many(caller);
        house.advance(Duration.ofDays(91));
        Instant now = house.now();
        Rotations rotations = new Rotations(house.store(), ENTROPY, () -> now);
        CyclicBarrier start = new CyclicBarrier(3);
        try (ExecutorService nodes = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                done.add(
                        nodes.submit(
                                () -> {
                                    start.await();
                                    rotations.run();
                                    return null;
                                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        }
        rotations.run();
        assertThat(keys).allSatisfy(id -> assertThat(rotations(caller, id)).hasSize(1));
    }

    @Test
    void theScheduleAndAllMaterialsOutliveARestart(@TempDir Path folder)
            throws IOException, Store.CannotOpen {
        Stores.Place place = Stores.in(folder);
        house.close();
        house = new House(place.open(ENTROPY), ENTROPY);
        caller = house.caller();
        key = caller.newKey();
        enable(90);
        List<byte[]> blobs = new ArrayList<>(List.of(caller.encrypt(key)));
        caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        blobs.add(caller.encrypt(key));
        List<RotationsListEntry> before = rotations();
        house.close();

        house = new House(place.open(ENTROPY), ENTROPY);
        caller = house.caller();
        assertThat(rotations()).isEqualTo(before);
        assertThat(status().nextRotationDate()).isEqualTo(at(90));
        Instant later = at(90);
        InstantSource clock = () -> later;
        new Rotations(house.store(), ENTROPY, clock).run();
        assertThat(rotations()).hasSize(2);
        blobs.add(caller.encrypt(key));
        house.close();

        house = new House(place.open(ENTROPY), ENTROPY);
        caller = house.caller();
        assertThat(rotations()).hasSize(2);
        for (byte[] blob : blobs) {
            assertThat(caller.decrypt(blob, Map.of())).containsExactly(42);
        }
    }

    private static List<String> many(House.Caller owner) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            String made = owner.newKey();
            owner.ask(KmsOperation.ENABLE_KEY_ROTATION, "KeyId", made, "RotationPeriodInDays", 90);
            keys.add(made);
        }
        return keys;
    }

    /** With two commits, the second could fail and the caller hear that nothing was changed. */
    @Test
    void aKeyIsEnabledAndRotatedInOneCommit() {
        enable(365);
        String before = caller.describe(key).currentKeyMaterialId();
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        house.advance(Duration.ofDays(366));
        long commits = house.store().commits();
        caller.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
        assertThat(house.store().commits()).isEqualTo(commits + 1);
        assertThat(caller.describe(key).currentKeyMaterialId()).isNotEqualTo(before);
    }

    private void enable(int days) {
        caller.ask(KmsOperation.ENABLE_KEY_ROTATION, "KeyId", key, "RotationPeriodInDays", days);
    }

    private GetKeyRotationStatusResponse status() {
        return caller.ask(KmsOperation.GET_KEY_ROTATION_STATUS, "KeyId", key);
    }

    private List<RotationsListEntry> rotations() {
        return rotations(caller, key);
    }

    private static List<RotationsListEntry> rotations(House.Caller owner, String keyId) {
        return Objects.requireNonNull(
                owner.ask(KmsOperation.LIST_KEY_ROTATIONS, "KeyId", keyId).rotations());
    }

    private static Instant at(int days) {
        return House.START.plus(Duration.ofDays(days));
    }
}
