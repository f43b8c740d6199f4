package trent.imported;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.House.Caller;
import trent.Stores;
import trent.api.KeyMetadata;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.key.Sweep;
import trent.store.Store;

/**
 * Imported material is of no use from the moment on at which its time is over, whether the timer
 * has run or not. Source: AWS KMS Developer Guide, "Importing key material for AWS KMS keys".
 */
class ExpiryAtUseTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final byte[] FIRST = Importing.material(1);
    private static final byte[] SECOND = Importing.material(2);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Stores.Place place;

    @BeforeEach
    void choose(@TempDir Path folder) {
        place = Stores.in(folder);
    }

    /** In memory or not, loaded before its end or not: no operation can tell that nobody tidied. */
    @ParameterizedTest
    @ValueSource(strings = {"ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC"})
    void everyOperationAnswersAsIfTheTimerHadRun(String usage) {
        try (House house = new House()) {
            Caller caller = house.caller();
            boolean symmetric = usage.equals("ENCRYPT_DECRYPT");
            String key =
                    Importing.newKey(
                            caller,
                            "KeyUsage",
                            usage,
                            "KeySpec",
                            symmetric ? "SYMMETRIC_DEFAULT" : "HMAC_256");
            expiring(house, caller, key, FIRST, MINUTE);
            byte[] ciphertext = symmetric ? caller.encrypt(key) : new byte[] {1};
            byte[] foreign = symmetric ? caller.encrypt(caller.newKey()) : new byte[] {1};
            house.advance(MINUTE.minusMillis(1));
            assertThat(outcomes(house, caller, key, ciphertext, foreign))
                    .containsEntry(symmetric ? "Encrypt" : "GenerateMac", House.OK);

            house.advance(Duration.ofMillis(1));
            Map<String, String> untidied = outcomes(house, caller, key, ciphertext, foreign);
            KeyMetadata shown = caller.describe(key);
            house.expireWhatIsDue();
            assertThat(untidied).isEqualTo(outcomes(house, caller, key, ciphertext, foreign));
            assertThat(shown).isEqualTo(caller.describe(key));
            assertThat(shown.keyState()).isEqualTo(KeyState.PENDING_IMPORT);
            assertThat(shown.validTo()).isNull();
            assertThat(untidied)
                    .containsEntry(
                            symmetric ? "Decrypt" : "VerifyMac",
                            Importing.invalidState(caller, key, "pending import"));
        }
    }

    @Test
    void oneOfSeveralMaterialsEndsTheUseOfAllAndTheOthersEndIsShown() {
        try (House house = new House()) {
            Caller caller = house.caller();
            String key = Importing.newKey(caller);
            expiring(house, caller, key, FIRST, MINUTE);
            expiring(
                    house,
                    caller,
                    key,
                    SECOND,
                    MINUTE.multipliedBy(2),
                    "ImportType",
                    "NEW_KEY_MATERIAL");
            caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
            byte[] ciphertext = caller.encrypt(key);
            assertThat(caller.describe(key).validTo()).isEqualTo(House.START.plus(MINUTE));

            house.advance(MINUTE);
            assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
            assertThat(caller.describe(key).validTo())
                    .isEqualTo(House.START.plus(MINUTE.multipliedBy(2)));
            assertThat(caller.tried("Decrypt", "CiphertextBlob", ciphertext))
                    .isEqualTo(Importing.invalidState(caller, key, "pending import"));

            Importing.begin(caller, key).lasting(FIRST, "ImportType", "EXISTING_KEY_MATERIAL");
            assertThat(caller.decrypt(ciphertext, Map.of())).containsExactly(42);
        }
    }

    /** Material that waits for its rotation leaves no trace, and room for another. */
    @Test
    void expiredMaterialThatWaitedForItsRotationIsGone() {
        try (House house = new House()) {
            Caller caller = house.caller();
            String key = Importing.newKey(caller);
            Importing.begin(caller, key).lasting(FIRST);
            expiring(house, caller, key, SECOND, MINUTE, "ImportType", "NEW_KEY_MATERIAL");
            house.advance(MINUTE);
            assertThat(caller.tried("RotateKeyOnDemand", "KeyId", key))
                    .startsWith("KMSInvalidStateException: No available key material");
            assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
            Importing.begin(caller, key)
                    .lasting(Importing.material(3), "ImportType", "NEW_KEY_MATERIAL");
            caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
            house.expireWhatIsDue();
            assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        }
    }

    /** The layer of the fault: rows that somebody or something has damaged in the file. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "update key_material set sealed = x'00'",
                "update kms_key set state = 'Nowhere'",
                "update kms_key set expiration_model = 'NEVER'",
                "update key_material set state = 'NOWHERE'",
                "update key_material set account = 'nobody'"
            })
    void aDamagedRowKeepsNoOtherFromItsTurn(String damage) throws IOException, Store.CannotOpen {
        List<String> keys = new ArrayList<>();
        String first;
        try (House house = house()) {
            Caller caller = house.caller();
            for (int i = 0; i < 4; i++) {
                String key = Importing.newKey(caller);
                expiring(house, caller, key, FIRST, MINUTE.plusMillis(i));
                keys.add(key);
            }
            first = keys.removeFirst();
        }
        sql(damage + " where key_id = '" + first + "'");
        try (House house = house()) { // it starts
            Caller caller = house.caller();
            house.advance(Duration.ofHours(1));
            Sweep sweep = new Expirations(house.store(), house::now).run();
            boolean harmless = damage.contains("sealed =");
            assertThat(sweep.done()).isEqualTo(harmless ? 4 : 3);
            assertThat(sweep.failed()).isEqualTo(harmless ? 0 : 1);
            assertThat(sweep.example() == null).isEqualTo(harmless);
            for (String key : keys) {
                assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
            }
            assertThat(caller.tried("Encrypt", "KeyId", first, "Plaintext", new byte[1]))
                    .isNotEqualTo(House.OK);
        } catch (RuntimeException e) { // a fault of ours for the damaged key only
            assertThat(e).hasMessageContaining("unknown");
        }
    }

    private House house() throws IOException, Store.CannotOpen {
        return new House(place.open(ENTROPY), ENTROPY);
    }

    private void sql(String statement) {
        try {
            assertThat(place.update(statement)).isPositive();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void expiring(
            House house,
            Caller caller,
            String key,
            byte[] material,
            Duration after,
            Object... more) {
        Instant end = house.now().plus(after);
        Object[] members = new Object[more.length + 2];
        System.arraycopy(more, 0, members, 0, more.length);
        members[more.length] = "ValidTo";
        members[more.length + 1] = BigDecimal.valueOf(end.toEpochMilli(), 3);
        Objects.requireNonNull(Importing.begin(caller, key).send(material, members));
    }

    /** What operations that change nothing lasting say. */
    private static Map<String, String> outcomes(
            House house, Caller caller, String key, byte[] ciphertext, byte[] foreign) {
        Map<String, String> outcomes = new TreeMap<>();
        Map<String, Object[]> members =
                Map.ofEntries(
                        Map.entry("Decrypt", new Object[] {"CiphertextBlob", ciphertext}),
                        Map.entry("Encrypt", with(key, "Plaintext", new byte[1])),
                        Map.entry("GenerateDataKey", with(key, "KeySpec", "AES_256")),
                        Map.entry(
                                "GenerateDataKeyWithoutPlaintext", with(key, "KeySpec", "AES_256")),
                        Map.entry("GenerateDataKeyPair", with(key, "KeyPairSpec", "ECC_NIST_P256")),
                        Map.entry(
                                "GenerateMac",
                                with(key, "Message", new byte[1], "MacAlgorithm", "HMAC_SHA_256")),
                        Map.entry(
                                "VerifyMac",
                                with(
                                        key,
                                        "Message",
                                        new byte[1],
                                        "Mac",
                                        new byte[32],
                                        "MacAlgorithm",
                                        "HMAC_SHA_256")),
                        Map.entry(
                                "ReEncrypt",
                                new Object[] {"CiphertextBlob", foreign, "DestinationKeyId", key}),
                        Map.entry("EnableKey", with(key)),
                        Map.entry("RotateKeyOnDemand", with(key)),
                        Map.entry("ReplicateKey", with(key, "ReplicaRegion", "eu-west-1")),
                        Map.entry("GetKeyRotationStatus", with(key)),
                        Map.entry("ListKeyRotations", with(key)),
                        Map.entry("GetPublicKey", with(key)),
                        Map.entry(
                                "CreateGrant",
                                with(
                                        key,
                                        "Name",
                                        "one",
                                        "GranteePrincipal",
                                        "arn:aws:iam::111122223333:user/alice",
                                        "Operations",
                                        List.of("DescribeKey"))));
        members.forEach(
                (operation, each) -> outcomes.put(operation, caller.tried(operation, each)));
        outcomes.put("state", String.valueOf(caller.describe(key).keyState()));
        outcomes.put("now", house.now().toString());
        return outcomes;
    }

    private static Object[] with(String key, Object... more) {
        Object[] members = new Object[more.length + 2];
        members[0] = "KeyId";
        members[1] = key;
        System.arraycopy(more, 0, members, 2, more.length);
        return members;
    }
}
