package trent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trent.House;
import trent.House.Caller;
import trent.Stores;
import trent.api.GetKeyLastUsageResponse;
import trent.api.KeyLastUsageData;
import trent.api.KeyLastUsageTrackingOperation;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.key.LatestUses;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Policies;
import trent.store.Store;
import trent.store.Usage;

/** GetKeyLastUsage: successful uses count, from memory and from the table alike. */
class GetKeyLastUsageTest {

    private static final Instant USED =
            House.START.plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
    private static final KeyLastUsageData NEVER = KeyLastUsageData.builder().build();
    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private final House house = new House();
    private final Caller caller = house.caller();
    private final String key = caller.newKey();

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void aKeyThatWasNeverUsedShowsAnEmptyUsage() {
        GetKeyLastUsageResponse reply = ask(caller, key);
        assertThat(reply.keyId()).isEqualTo(caller.arn(key).toString());
        assertThat(reply.keyCreationDate()).isEqualTo(House.START);
        assertThat(reply.trackingStartDate()).isEqualTo(House.START);
        assertThat(reply.keyLastUsage()).isEqualTo(NEVER);
    }

    @Test
    void aKeyIsTrackedFromItsCreationOn() {
        house.advance(Duration.ofDays(1));
        GetKeyLastUsageResponse reply = ask(caller, caller.newKey());
        assertThat(reply.trackingStartDate()).isEqualTo(House.START.plus(Duration.ofDays(1)));
        assertThat(reply.keyCreationDate()).isEqualTo(reply.trackingStartDate());
    }

    @Test
    void eachUseIsNotedWithItsOperation() {
        byte[] ciphertext = caller.encrypt(key);
        assertThat(last(key)).isEqualTo("Encrypt");
        caller.decrypt(ciphertext, Map.of());
        assertThat(last(key)).isEqualTo("Decrypt");
        caller.ask(KmsOperation.GENERATE_DATA_KEY, "KeyId", key, "KeySpec", "AES_256");
        assertThat(last(key)).isEqualTo("GenerateDataKey");
        caller.ask(
                KmsOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT,
                "KeyId",
                key,
                "KeySpec",
                "AES_256");
        assertThat(last(key)).isEqualTo("GenerateDataKeyWithoutPlaintext");

        house.advance(Duration.ofHours(1));
        caller.newAlias("alias/used", key);
        caller.encrypt("alias/used");
        KeyLastUsageData usage = Objects.requireNonNull(ask(caller, key).keyLastUsage());
        assertThat(usage.operation()).isEqualTo(KeyLastUsageTrackingOperation.ENCRYPT);
        assertThat(usage.timestamp()).isEqualTo(USED);
        assertThat(usage.kmsRequestId()).isEqualTo("test");
        assertThat(usage.cloudTrailEventId()).isEqualTo("test");
    }

    @Test
    void reEncryptUsesBothKeys() {
        String destination = caller.newKey();
        byte[] ciphertext = caller.encrypt(key);
        caller.ask(
                KmsOperation.RE_ENCRYPT,
                "CiphertextBlob",
                ciphertext,
                "DestinationKeyId",
                destination);
        assertThat(last(key)).isEqualTo("ReEncrypt");
        assertThat(last(destination)).isEqualTo("ReEncrypt");
    }

    @Test
    void failuresDryRunsAndManagementDoNotCount() {
        String other = caller.newKey();
        byte[] ciphertext = caller.encrypt(other);
        caller.tried("Encrypt", "KeyId", key, "Plaintext", new byte[1], "DryRun", true);
        caller.tried("Encrypt", "KeyId", key, "Plaintext", new byte[5000]);
        caller.tried("Decrypt", "CiphertextBlob", ciphertext, "KeyId", key);
        caller.tried("ReEncrypt", "CiphertextBlob", new byte[100], "DestinationKeyId", key);
        caller.tried(
                "ReEncrypt", "CiphertextBlob", ciphertext, "DestinationKeyId", key, "DryRun", true);
        caller.tried("GenerateDataKey", "KeyId", key);
        caller.describe(key);
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        caller.tried("Encrypt", "KeyId", key, "Plaintext", new byte[1]);
        assertThat(ask(caller, key).keyLastUsage()).isEqualTo(NEVER);
        assertThat(last(other)).isEqualTo("Encrypt");
    }

    @Test
    void memoryAndTableSayTheSame() {
        caller.encrypt(key);
        KeyLastUsageData noted = Objects.requireNonNull(ask(caller, key).keyLastUsage());
        for (int i = 0; i < 3; i++) { // written, then forgotten, then nothing to do
            house.flushUses();
            assertThat(ask(caller, key).keyLastUsage()).isEqualTo(noted);
        }
        house.advance(Duration.ofHours(1));
        caller.ask(KmsOperation.GENERATE_DATA_KEY, "KeyId", key, "KeySpec", "AES_256");
        assertThat(last(key)).isEqualTo("GenerateDataKey");
        house.flushUses();
        assertThat(last(key)).isEqualTo("GenerateDataKey");
        assertThat(Objects.requireNonNull(ask(caller, key).keyLastUsage()).timestamp())
                .isEqualTo(USED);
    }

    @Test
    void usesOutliveARestart(@TempDir Path folder) throws IOException, Store.CannotOpen {
        Stores.Place place = Stores.in(folder);
        String kept;
        try (House first = new House(place.open(ENTROPY), ENTROPY)) {
            kept = first.caller().newKey();
            first.caller().encrypt(kept);
            first.flushUses();
        }
        try (House second = new House(place.open(ENTROPY), ENTROPY)) {
            assertThat(
                            Objects.requireNonNull(ask(second.caller(), kept).keyLastUsage())
                                    .operation())
                    .isEqualTo(KeyLastUsageTrackingOperation.ENCRYPT);
        }
    }

    @Test
    void trackingStartedWhenTheStoreFirstDid(@TempDir Path folder)
            throws IOException, Store.CannotOpen {
        Stores.Place place = Stores.in(folder);
        Instant later = House.START.plus(Duration.ofDays(9));
        try (Store store = place.open(ENTROPY)) {
            assertThat(new LatestUses(store, InstantSource.fixed(House.START)).trackedSince())
                    .isEqualTo(House.START);
            assertThat(new LatestUses(store, InstantSource.fixed(later)).trackedSince())
                    .isEqualTo(House.START);
        }
        try (Store store = place.open(ENTROPY)) {
            assertThat(new LatestUses(store, InstantSource.fixed(later)).trackedSince())
                    .isEqualTo(House.START);
        }
    }

    @Test
    void ofADeletedKeyNothingIsWritten() {
        caller.encrypt(key);
        KeyArn arn = caller.arn(key);
        house.store()
                .write(
                        tx -> {
                            tx.keys().delete(arn);
                            return true;
                        });
        house.flushUses();
        assertThat(written(arn)).isFalse();
        assertThat(caller.tried("GetKeyLastUsage", "KeyId", key)).startsWith("NotFoundException");
    }

    @Test
    void aUseBeforeTheKeyWasMadeIsOfItsPredecessor() {
        caller.encrypt(key);
        KeyArn arn = caller.arn(key);
        Key made = Objects.requireNonNull(house.store().key(arn));
        house.advance(Duration.ofDays(1));
        house.store()
                .write(
                        tx -> {
                            Policies.Stored policy = Objects.requireNonNull(tx.policies().of(arn));
                            tx.keys().delete(arn);
                            tx.policies().put(arn, policy);
                            tx.keys()
                                    .insert(
                                            Key.created(
                                                    arn,
                                                    made.spec(),
                                                    made.usage(),
                                                    made.origin(),
                                                    made.state(),
                                                    "",
                                                    house.now(),
                                                    null));
                            return true;
                        });
        assertThat(ask(caller, key).keyLastUsage()).isEqualTo(NEVER);
        house.flushUses();
        assertThat(ask(caller, key).keyLastUsage()).isEqualTo(NEVER);
    }

    @Test
    void noUseIsLostBetweenUsersAndFlushes() throws InterruptedException {
        AtomicLong now = new AtomicLong(House.START.toEpochMilli());
        LatestUses uses =
                new LatestUses(house.store(), () -> Instant.ofEpochMilli(now.incrementAndGet()));
        KeyArn arn = caller.arn(key);
        Key row = Objects.requireNonNull(house.store().key(arn));
        AtomicBoolean going = new AtomicBoolean(true);
        Thread flusher =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (going.get()) {
                                        uses.flush();
                                    }
                                });
        for (int i = 0; i < 20_000; i++) {
            String id = "request " + i;
            uses.note(arn, KeyLastUsageTrackingOperation.SIGN, id);
            if (i % 100 == 0) {
                Thread.sleep(0, 200_000); // time enough to be written and forgotten
            }
            assertThat(Objects.requireNonNull(uses.of(row)).requestId()).isEqualTo(id);
        }
        going.set(false);
        flusher.join();
        uses.flush();
        assertThat(
                        Objects.requireNonNull(
                                        house.store()
                                                .<@Nullable Usage>read(tx -> tx.usages().find(arn)))
                                .requestId())
                .isEqualTo("request 19999");
    }

    @Test
    void manyKeysAreWrittenInParts() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 450; i++) {
            keys.add(caller.newKey());
            caller.encrypt(keys.getLast());
        }
        house.flushUses();
        assertThat(keys).allMatch(id -> written(caller.arn(id)));
    }

    @ParameterizedTest
    @EnumSource(KeyState.class)
    void theStateDoesNotMatter(KeyState state) {
        caller.encrypt(key);
        house.setState(caller.arn(key), state);
        assertThat(last(key)).isEqualTo("Encrypt");
    }

    @Test
    void aKeyGoesByIdOrArnInItsOwnAccountOnly() {
        caller.newAlias("alias/x", key);
        assertThat(caller.tried("GetKeyLastUsage", "KeyId", caller.arn(key).toString()))
                .isEqualTo(House.OK);
        assertThat(caller.tried("GetKeyLastUsage", "KeyId", "alias/x"))
                .isEqualTo(
                        "InvalidArnException: Key Aliases are not supported for this operation.");
        assertThat(
                        house.root(House.OTHER_ACCOUNT, House.REGION)
                                .tried("GetKeyLastUsage", "KeyId", caller.arn(key).toString()))
                .startsWith("AccessDeniedException");
    }

    private boolean written(KeyArn arn) {
        return house.store().read(tx -> tx.usages().find(arn) != null);
    }

    private String last(String keyId) {
        return Objects.requireNonNull(
                        Objects.requireNonNull(ask(caller, keyId).keyLastUsage()).operation())
                .wire();
    }

    private static GetKeyLastUsageResponse ask(Caller caller, String keyId) {
        return caller.ask(KmsOperation.GET_KEY_LAST_USAGE, "KeyId", keyId);
    }
}
