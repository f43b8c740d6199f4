package trent.imported;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.House.Caller;
import trent.Stores;
import trent.api.DeleteImportedKeyMaterialResponse;
import trent.api.ExpirationModelType;
import trent.api.ImportKeyMaterialResponse;
import trent.api.KeyListEntry;
import trent.api.KeyMetadata;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.api.RotationType;
import trent.crypto.Entropy;
import trent.key.MaterialId;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.seal.RootKeyFile;
import trent.seal.Secret;
import trent.store.Key;
import trent.store.KeyMaterial;
import trent.store.Store;

/**
 * Imported material of a symmetric encryption key: what may be imported when, how long it
 * stays, and what its key is meanwhile. Source: AWS KMS Developer Guide, "Importing key
 * material for AWS KMS keys".
 */
class ImportTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final byte[] FIRST = Importing.material(1);
    private static final byte[] SECOND = Importing.material(2);
    private static final byte[] THIRD = Importing.material(3);
    private static final String INCORRECT = "IncorrectKeyMaterialException";

    private final House house = new House();
    private final Caller caller = house.caller();
    private final String key = Importing.newKey(caller);
    private final Importing importing = Importing.begin(caller, key);

    @AfterEach
    void close() {
        house.close();
    }

    // ---- the first import

    @Test
    void aNewKeyWaitsForItsMaterialAndIsEnabledByIt() {
        KeyMetadata before = caller.describe(key);
        assertThat(before.keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(before.enabled()).isFalse();
        assertThat(before.currentKeyMaterialId()).isNull();
        assertThat(before.expirationModel()).isNull();
        assertThat(caller.tried("Encrypt", "KeyId", key, "Plaintext", new byte[1]))
                .isEqualTo(Importing.invalidState(caller, key, "pending import"));

        ImportKeyMaterialResponse reply = importing.lasting(FIRST);
        assertThat(reply.keyId()).isEqualTo(caller.arn(key).toString());
        assertThat(reply.keyMaterialId()).matches("[0-9a-f]{64}");

        KeyMetadata after = caller.describe(key);
        assertThat(after.keyState()).isEqualTo(KeyState.ENABLED);
        assertThat(after.enabled()).isTrue();
        assertThat(after.currentKeyMaterialId()).isEqualTo(reply.keyMaterialId());
        assertThat(after.expirationModel())
                .isEqualTo(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE);
        assertThat(after.validTo()).isNull();
        assertThat(caller.decrypt(caller.encrypt(key), Map.of())).containsExactly(42);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
            -                            | -         | ValidationException: A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES
            KEY_MATERIAL_EXPIRES         | -         | ValidationException: A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES
            KEY_MATERIAL_DOES_NOT_EXPIRE | -         | ok
            KEY_MATERIAL_DOES_NOT_EXPIRE | 100       | ValidationException: A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE
            -                            | 0.001     | ok
            KEY_MATERIAL_EXPIRES         | 100       | ok
            KEY_MATERIAL_EXPIRES         | 0         | ValidationException: ValidTo must be in the future
            KEY_MATERIAL_EXPIRES         | -1        | ValidationException: ValidTo must be in the future
            KEY_MATERIAL_EXPIRES         | 31536000  | ok
            KEY_MATERIAL_EXPIRES         | 31536001  | ValidationException: ValidTo must be within 365 days
            """)
    void whenItExpires(@Nullable String model, @Nullable Double seconds, String expected) {
        Instant validTo =
                seconds == null ? null : house.now().plusMillis(Math.round(seconds * 1000));
        assertThat(importing.tried(FIRST, "ExpirationModel", model, "ValidTo", epoch(validTo)))
                .isEqualTo(expected);
        KeyMetadata shown = caller.describe(key);
        boolean ok = expected.equals(House.OK);
        assertThat(shown.keyState()).isEqualTo(ok ? KeyState.ENABLED : KeyState.PENDING_IMPORT);
        assertThat(shown.validTo()).isEqualTo(ok ? validTo : null);
        assertThat(shown.expirationModel())
                .isEqualTo(
                        !ok
                                ? null
                                : validTo == null
                                        ? ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE
                                        : ExpirationModelType.KEY_MATERIAL_EXPIRES);
    }

    @ParameterizedTest
    @CsvSource({"0", "16", "31", "33", "64"})
    void symmetricMaterialHas32Bytes(int bytes) {
        assertThat(importing.triedLasting(new byte[bytes])).isEqualTo(INCORRECT);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(importing.triedLasting(FIRST)).as("the token is still good").isEqualTo("ok");
    }

    /** Import type and material id, on a key that never had material. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
            -                     | -    | ok
            NEW_KEY_MATERIAL      | -    | ok
            EXISTING_KEY_MATERIAL | -    | IncorrectKeyMaterialException
            -                     | ID   | ValidationException: KeyMaterialId is not valid with ImportType NEW_KEY_MATERIAL.
            NEW_KEY_MATERIAL      | ID   | ValidationException: KeyMaterialId is not valid with ImportType NEW_KEY_MATERIAL.
            EXISTING_KEY_MATERIAL | ID   | IncorrectKeyMaterialException
            """)
    void typesOfTheFirstImport(@Nullable String type, @Nullable String id, String expected) {
        assertThat(
                        importing.triedLasting(
                                FIRST,
                                "ImportType",
                                type,
                                "KeyMaterialId",
                                id == null ? null : "ab".repeat(32)))
                .isEqualTo(expected);
    }

    /** The same on a key that has its first material. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
            -                     | FIRST  | -      | ok
            -                     | FIRST  | FIRST  | ok
            -                     | FIRST  | SECOND | IncorrectKeyMaterialException
            -                     | SECOND | -      | IncorrectKeyMaterialException
            -                     | SECOND | FIRST  | IncorrectKeyMaterialException
            EXISTING_KEY_MATERIAL | FIRST  | -      | ok
            EXISTING_KEY_MATERIAL | FIRST  | FIRST  | ok
            EXISTING_KEY_MATERIAL | SECOND | -      | IncorrectKeyMaterialException
            EXISTING_KEY_MATERIAL | SECOND | SECOND | IncorrectKeyMaterialException
            NEW_KEY_MATERIAL      | FIRST  | -      | IncorrectKeyMaterialException
            NEW_KEY_MATERIAL      | SECOND | -      | ok
            NEW_KEY_MATERIAL      | SECOND | SECOND | ValidationException: KeyMaterialId is not valid with ImportType NEW_KEY_MATERIAL.
            """)
    void typesOfFurtherImports(
            @Nullable String type, String material, @Nullable String id, String expected) {
        String first = importing.lastingId(FIRST);
        String given =
                id == null ? null : id.equals("FIRST") ? first : MaterialId.of(id(key), SECOND);
        assertThat(
                        importing.triedLasting(
                                material.equals("FIRST") ? FIRST : SECOND,
                                "ImportType",
                                type,
                                "KeyMaterialId",
                                given))
                .isEqualTo(expected);
        assertThat(caller.describe(key).currentKeyMaterialId()).isEqualTo(first);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
    }

    @Test
    void oneNewMaterialMayWaitForItsRotation() {
        String first = importing.lastingId(FIRST);
        byte[] blob = caller.encrypt(key);
        String second = importing.lastingId(SECOND, "ImportType", "NEW_KEY_MATERIAL");
        assertThat(materials(key))
                .containsExactly(first + " CURRENT", second + " PENDING_ROTATION");
        assertThat(rotatable(key)).isTrue();
        assertThat(caller.describe(key).currentKeyMaterialId()).isEqualTo(first);
        assertThat(caller.decrypt(blob, Map.of())).containsExactly(42);

        String third = MaterialId.of(id(key), THIRD);
        assertThat(importing.triedLasting(THIRD, "ImportType", "NEW_KEY_MATERIAL"))
                .isEqualTo(
                        "KMSInvalidStateException: New key material (id: "
                                + third
                                + ") cannot be imported into KMS key "
                                + caller.arn(key)
                                + ", because another key material (id: "
                                + second
                                + ") is pending rotation.");
        assertThat(importing.triedLasting(SECOND, "ImportType", "NEW_KEY_MATERIAL"))
                .isEqualTo(INCORRECT);
        assertThat(importing.triedLasting(SECOND)).as("a new expiry").isEqualTo("ok");
        assertThat(materials(key))
                .containsExactly(first + " CURRENT", second + " PENDING_ROTATION");
    }

    @Test
    void idsFollowFromKeyAndMaterial() {
        String other = Importing.newKey(caller);
        String here = importing.lastingId(FIRST);
        String there = Importing.begin(caller, other).lastingId(FIRST);
        assertThat(there).isNotEqualTo(here);
        assertThat(importing.lastingId(FIRST)).isEqualTo(here);
    }

    @Test
    void aDescriptionStaysUntilAnotherIsGiven() {
        importing.lasting(FIRST);
        assertThat(description(FIRST)).isNull();
        importing.lasting(FIRST, "KeyMaterialDescription", "from the safe: 1");
        assertThat(description(FIRST)).isEqualTo("from the safe: 1");
        importing.lasting(FIRST);
        assertThat(description(FIRST)).isEqualTo("from the safe: 1");
        importing.lasting(FIRST, "KeyMaterialDescription", "2");
        assertThat(description(FIRST)).isEqualTo("2");
        assertThat(importing.triedLasting(FIRST, "KeyMaterialDescription", "no!"))
                .startsWith("ValidationException: 1 validation error detected");
    }

    // ---- tokens

    @Test
    void aTokenIsGoodFor24Hours() {
        house.advance(Duration.ofHours(24));
        assertThat(importing.triedLasting(FIRST)).isEqualTo(House.OK);
        house.advance(Duration.ofMillis(1));
        assertThat(importing.triedLasting(FIRST)).isEqualTo("ExpiredImportTokenException");
    }

    @Test
    void aTokenIsGoodForItsKeyAlone() {
        String other = Importing.newKey(caller);
        assertThat(importing.as(caller, other).triedLasting(FIRST))
                .isEqualTo("InvalidImportTokenException");
        Caller elsewhere = house.root(House.OTHER_ACCOUNT, House.REGION);
        assertThat(importing.as(elsewhere, Importing.newKey(elsewhere)).triedLasting(FIRST))
                .isEqualTo("InvalidImportTokenException");
        assertThat(importing.triedLasting(FIRST)).isEqualTo(House.OK);
    }

    @Test
    void noTokenCanBeMadeUpOrAltered() {
        byte[] good = importing.token();
        List<byte[]> bad = new ArrayList<>();
        for (int at : new int[] {0, 1, 20, good.length / 2, good.length - 5, good.length - 1}) {
            byte[] altered = good.clone();
            altered[at] = (byte) (altered[at] == 'A' ? 'B' : 'A');
            bad.add(altered);
        }
        bad.add(Arrays.copyOf(good, good.length - 4));
        bad.add(Arrays.copyOf(good, good.length + 1));
        bad.add(new byte[] {(byte) 0xff});
        bad.add(house.store().sealToken("grant", new byte[100]).getBytes(US_ASCII));
        for (byte[] token : bad) {
            assertThat(importing.withToken(token).triedLasting(FIRST))
                    .isEqualTo("InvalidImportTokenException");
        }
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
    }

    @Test
    void materialUnderAnotherWrappingKeyDoesNotOpen() {
        Importing another = Importing.begin(caller, key);
        assertThat(another.triedWrapped(importing.wrap(FIRST)))
                .isEqualTo("InvalidCiphertextException");
        assertThat(another.triedWrapped(another.oaep("SHA-1", FIRST)))
                .isEqualTo("InvalidCiphertextException");
        for (int bytes : new int[] {1, 255, 257, 6144}) {
            assertThat(another.triedWrapped(new byte[bytes]))
                    .isEqualTo("InvalidCiphertextException");
        }
        assertThat(another.triedWrapped(another.wrap(FIRST))).isEqualTo(House.OK);
    }

    @Test
    void tokensMaterialAndExpiryOutliveARestart(@TempDir Path folder) throws Exception {
        Stores.Place place = Stores.in(folder);
        String kept;
        Importing begun;
        byte[] blob;
        try (House before = new House(place.open(ENTROPY), ENTROPY)) {
            kept = Importing.newKey(before.caller());
            begun = Importing.begin(before.caller(), kept);
            begun.send(FIRST, "ValidTo", epoch(before.now().plusSeconds(60)));
            blob = before.caller().encrypt(kept);
        }
        try (House after = new House(place.open(ENTROPY), ENTROPY)) {
            Caller again = after.caller();
            assertThat(again.decrypt(blob, Map.of())).containsExactly(42);
            assertThat(again.describe(kept).validTo()).isEqualTo(House.START.plusSeconds(60));
            assertThat(begun.as(again, kept).triedLasting(FIRST)).isEqualTo(House.OK);
            assertThat(again.describe(kept).validTo()).isNull();
        }
    }

    // ---- the end of material

    @Test
    void deletedMaterialIsGoneUntilTheSameIsImportedAgain() {
        String id = importing.lastingId(FIRST);
        byte[] blob = caller.encrypt(key);

        DeleteImportedKeyMaterialResponse reply = delete(key);
        assertThat(reply.keyId()).isEqualTo(caller.arn(key).toString());
        assertThat(reply.keyMaterialId()).isEqualTo(id);
        KeyMetadata shown = caller.describe(key);
        assertThat(shown.keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(shown.enabled()).isFalse();
        assertThat(shown.expirationModel()).isNull();
        assertThat(shown.validTo()).isNull();
        assertThat(shown.currentKeyMaterialId()).isEqualTo(id);
        String pending = Importing.invalidState(caller, key, "pending import");
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob)).isEqualTo(pending);
        assertThat(caller.tried("Encrypt", "KeyId", key, "Plaintext", FIRST)).isEqualTo(pending);
        assertThat(present(key)).isEmpty();

        assertThat(delete(key).keyMaterialId()).as("without effect").isEqualTo(id);
        assertThat(importing.triedLasting(SECOND)).isEqualTo(INCORRECT);
        assertThat(importing.lastingId(FIRST)).isEqualTo(id);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        assertThat(caller.decrypt(blob, Map.of())).containsExactly(42);
    }

    @Test
    void theSameBytesInAnotherKeyDoNotDecrypt() {
        importing.lasting(FIRST);
        byte[] blob = caller.encrypt(key);
        delete(key);
        String other = Importing.newKey(caller);
        Importing.begin(caller, other).lasting(FIRST);
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "KeyId", other))
                .startsWith("IncorrectKeyException");
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob))
                .isEqualTo(Importing.invalidState(caller, key, "pending import"));
    }

    @Test
    void materialExpiresWhenItsTimeComesAndNotBefore() {
        Instant validTo = house.now().plus(Duration.ofDays(3));
        importing.send(FIRST, "ValidTo", epoch(validTo));
        byte[] blob = caller.encrypt(key);
        house.advance(Duration.ofDays(3).minusMillis(1));
        house.expireWhatIsDue();
        assertThat(caller.decrypt(blob, Map.of())).containsExactly(42);

        house.advance(Duration.ofMillis(1));
        house.expireWhatIsDue();
        KeyMetadata shown = caller.describe(key);
        assertThat(shown.keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(shown.expirationModel()).isNull();
        assertThat(shown.validTo()).isNull();
        assertThat(present(key)).isEmpty();
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob))
                .isEqualTo(Importing.invalidState(caller, key, "pending import"));

        Importing.begin(caller, key).lasting(FIRST);
        assertThat(caller.decrypt(blob, Map.of())).containsExactly(42);
    }

    @Test
    void anImportOfTheSameMaterialMovesItsExpiry() {
        importing.send(FIRST, "ValidTo", epoch(house.now().plusSeconds(60)));
        importing.send(FIRST, "ValidTo", epoch(house.now().plusSeconds(90)));
        assertThat(caller.describe(key).validTo()).isEqualTo(House.START.plusSeconds(90));
        house.advance(Duration.ofSeconds(89));
        house.expireWhatIsDue();
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        importing.lasting(FIRST);
        house.advance(Duration.ofDays(1000));
        house.expireWhatIsDue();
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
    }

    /** More than expire at once. */
    @Test
    void everythingThatIsDueExpires() {
        KeyArn arn = caller.arn(key);
        importing.send(FIRST, "ValidTo", epoch(house.now().plusSeconds(60)));
        KeyMaterial material = house.store().materials(arn).all().getFirst();
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 220; i++) {
            String each = Importing.newKey(caller);
            keys.add(each);
            house.store()
                    .write(
                            tx -> {
                                tx.materials()
                                        .put(caller.arn(each), material.facts(), material.secret());
                                return true;
                            });
            house.setState(caller.arn(each), KeyState.ENABLED);
        }
        house.advance(Duration.ofSeconds(60));
        house.expireWhatIsDue();
        for (String each : keys) {
            assertThat(caller.describe(each).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        }
    }

    /** An id that was given once stays, also when the same material would get another today. */
    @Test
    void materialOfAnEarlierFormOfIdIsKnownAgain() {
        importing.lasting(FIRST);
        KeyArn arn = caller.arn(key);
        String earlier = MaterialId.earlier(id(key), FIRST);
        assertThat(earlier).isNotEqualTo(MaterialId.of(id(key), FIRST));
        house.store()
                .write(
                        tx -> {
                            KeyMaterial made = tx.materials().of(arn).all().getFirst();
                            KeyMaterial.Facts facts = made.facts();
                            tx.materials().remove(arn, made.id());
                            tx.materials()
                                    .put(
                                            arn,
                                            KeyMaterial.Facts.first(
                                                    earlier, facts.publicKey(), facts.created()),
                                            new Secret(FIRST.clone()));
                            Key found = Objects.requireNonNull(tx.keys().find(arn));
                            tx.keys().update(found.withMaterial(earlier, null));
                            return earlier;
                        });
        byte[] old = caller.encrypt(key);
        assertThat(caller.tried("DeleteImportedKeyMaterial", "KeyId", key)).isEqualTo(House.OK);

        assertThat(importing.tried(SECOND, "ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE"))
                .startsWith(INCORRECT);
        assertThat(importing.lasting(FIRST).keyMaterialId()).isEqualTo(earlier);

        assertThat(caller.describe(key).currentKeyMaterialId()).isEqualTo(earlier);
        assertThat(caller.decrypt(old, Map.of())).containsExactly(42);
    }

    /** A key of two materials, the second of which a rotation made current. */
    @Test
    void aKeyNeedsAllOfItsMaterials() {
        importing.send(FIRST, "ValidTo", epoch(house.now().plusSeconds(60)));
        byte[] old = caller.encrypt(key);
        String first = MaterialId.of(id(key), FIRST);
        String second =
                Objects.requireNonNull(
                        importing
                                .send(
                                        SECOND,
                                        "ImportType",
                                        "NEW_KEY_MATERIAL",
                                        "ValidTo",
                                        epoch(house.now().plusSeconds(30)))
                                .keyMaterialId());
        assertThat(caller.describe(key).validTo())
                .as("one that waits does not count")
                .isEqualTo(House.START.plusSeconds(60));
        rotate(key);
        assertThat(caller.describe(key).validTo()).isEqualTo(House.START.plusSeconds(30));
        byte[] recent = caller.encrypt(key);

        house.advance(Duration.ofSeconds(30));
        house.expireWhatIsDue();
        assertThat(present(key)).containsExactly(first);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(caller.describe(key).currentKeyMaterialId()).isEqualTo(second);
        String pending = Importing.invalidState(caller, key, "pending import");
        assertThat(caller.tried("Decrypt", "CiphertextBlob", old)).isEqualTo(pending);

        DeleteImportedKeyMaterialResponse reply =
                caller.ask(
                        KmsOperation.DELETE_IMPORTED_KEY_MATERIAL,
                        "KeyId",
                        key,
                        "KeyMaterialId",
                        first);
        assertThat(reply.keyMaterialId()).isEqualTo(first);
        assertThat(present(key)).isEmpty();

        importing.lasting(SECOND);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(caller.tried("Encrypt", "KeyId", key, "Plaintext", FIRST)).isEqualTo(pending);
        importing.lasting(FIRST);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        assertThat(caller.decrypt(old, Map.of())).containsExactly(42);
        assertThat(caller.decrypt(recent, Map.of())).containsExactly(42);
        assertThat(materials(key)).containsExactly(first + " NON_CURRENT", second + " CURRENT");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void materialThatWaitsGoesWithoutTrace(boolean expires) {
        importing.lasting(FIRST);
        String second =
                Objects.requireNonNull(
                        importing
                                .send(
                                        SECOND,
                                        "ImportType",
                                        "NEW_KEY_MATERIAL",
                                        "ValidTo",
                                        epoch(house.now().plusSeconds(30)))
                                .keyMaterialId());
        if (expires) {
            house.advance(Duration.ofSeconds(30));
            house.expireWhatIsDue();
        } else {
            caller.ask(
                    KmsOperation.DELETE_IMPORTED_KEY_MATERIAL,
                    "KeyId",
                    key,
                    "KeyMaterialId",
                    second);
        }
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        assertThat(materials(key)).hasSize(1);
        assertThat(rotatable(key)).isFalse();
        assertThat(importing.triedLasting(SECOND)).isEqualTo(INCORRECT);
        assertThat(importing.triedLasting(THIRD, "ImportType", "NEW_KEY_MATERIAL"))
                .isEqualTo(House.OK);
    }

    @Test
    void deletingWhatIsNotThere() {
        assertThat(delete(key).keyMaterialId()).isNull();
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        String unknown = "ab".repeat(32);
        assertThat(
                        caller.tried(
                                "DeleteImportedKeyMaterial",
                                "KeyId",
                                key,
                                "KeyMaterialId",
                                unknown))
                .isEqualTo("NotFoundException: Key material '" + unknown + "' does not exist");
    }

    /** The sealed bytes of deleted material are in no file of the store. */
    @Test
    @Tag("sqlite")
    void nothingOfDeletedMaterialIsLeftInTheFile(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        RootKeyFile rootKey = new RootKeyFile(folder.resolve("root.key"));
        try (House here = new House(Store.open(data, rootKey, ENTROPY), ENTROPY)) {
            for (int i = 0; i < 12; i++) { // several in one page
                String each = Importing.newKey(here.caller());
                Importing.begin(here.caller(), each).lasting(FIRST);
            }
        }
        List<byte[]> sealed = sealedMaterials(data);
        assertThat(sealed).hasSize(12).allMatch(bytes -> contains(data, bytes));
        try (House here = new House(Store.open(data, rootKey, ENTROPY), ENTROPY)) {
            for (KeyListEntry each :
                    Objects.requireNonNull(here.caller().ask(KmsOperation.LIST_KEYS).keys())) {
                here.caller().ask(KmsOperation.DELETE_IMPORTED_KEY_MATERIAL, "KeyId", each.keyId());
            }
        }
        assertThat(sealed).noneMatch(bytes -> contains(data, bytes));
    }

    // ---- states

    @Test
    void aDisabledKeyIsEnabledByItsMaterial() {
        importing.lasting(FIRST);
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        importing.lasting(FIRST);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        delete(key);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        String pending = Importing.invalidState(caller, key, "pending import");
        assertThat(caller.tried("EnableKey", "KeyId", key)).isEqualTo(pending);
        assertThat(caller.tried("DisableKey", "KeyId", key)).isEqualTo(pending);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aKeyThatWaitsForItsDeletionLosesMaterialAndStaysWhatItIs(boolean expires) {
        importing.send(FIRST, "ValidTo", epoch(house.now().plusSeconds(30)));
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key, "PendingWindowInDays", 7);
        assertThat(importing.triedLasting(FIRST))
                .isEqualTo(Importing.invalidState(caller, key, "pending deletion"));
        if (expires) {
            house.advance(Duration.ofSeconds(30));
            house.expireWhatIsDue();
        } else {
            delete(key);
        }
        KeyMetadata shown = caller.describe(key);
        assertThat(shown.keyState()).isEqualTo(KeyState.PENDING_DELETION);
        assertThat(shown.deletionDate()).isEqualTo(House.START.plus(Duration.ofDays(7)));
        assertThat(shown.expirationModel()).isNull();
        assertThat(present(key)).isEmpty();

        caller.ask(KmsOperation.CANCEL_KEY_DELETION, "KeyId", key);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.DISABLED);
        caller.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        importing.lasting(FIRST);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
    }

    @Test
    void aKeyWithoutMaterialIsDisabledAfterACancelledDeletion() {
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key, "PendingWindowInDays", 7);
        caller.ask(KmsOperation.CANCEL_KEY_DELETION, "KeyId", key);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.DISABLED);
        importing.lasting(FIRST);
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
    }

    @Test
    void keysOfOurOwnMakingTakeNoMaterial() {
        String own = caller.newKey();
        String refused =
                "UnsupportedOperationException: "
                        + caller.arn(own)
                        + " origin is AWS_KMS which is not valid for this operation.";
        assertThat(
                        caller.tried(
                                "GetParametersForImport",
                                "KeyId",
                                own,
                                "WrappingKeySpec",
                                "RSA_2048",
                                "WrappingAlgorithm",
                                "RSAES_OAEP_SHA_256"))
                .isEqualTo(refused);
        assertThat(importing.as(caller, own).triedLasting(FIRST)).isEqualTo(refused);
        assertThat(caller.tried("DeleteImportedKeyMaterial", "KeyId", own)).isEqualTo(refused);
    }

    @Test
    void onlyWhoMayDoes() {
        Caller alice = house.user(House.ACCOUNT, House.REGION);
        assertThat(importing.as(alice, key).triedLasting(FIRST)).startsWith("AccessDenied");
        assertThat(alice.tried("DeleteImportedKeyMaterial", "KeyId", key))
                .startsWith("AccessDenied");
    }

    // ---- races

    @Test
    void oneOfManyFirstMaterialsWins() throws Exception {
        List<byte[]> materials = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            materials.add(Importing.material(10 + i));
        }
        assertThat(together(materials, null)).containsOnlyOnce(House.OK);
        assertThat(materials(key)).singleElement().asString().endsWith(" CURRENT");
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        assertThat(caller.decrypt(caller.encrypt(key), Map.of())).containsExactly(42);
    }

    @Test
    void oneOfManyNewMaterialsWaits() throws Exception {
        importing.lasting(FIRST);
        List<byte[]> materials = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            materials.add(Importing.material(10 + i));
        }
        assertThat(together(materials, "NEW_KEY_MATERIAL")).containsOnlyOnce(House.OK);
        assertThat(materials(key)).hasSize(2);
    }

    private List<String> together(List<byte[]> materials, @Nullable String type) throws Exception {
        List<String> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(materials.size())) {
            List<Future<String>> calls = new ArrayList<>();
            for (byte[] material : materials) {
                calls.add(
                        threads.submit(() -> importing.triedLasting(material, "ImportType", type)));
            }
            for (Future<String> call : calls) {
                outcomes.add(call.get());
            }
        }
        return outcomes;
    }

    // ---- what the tests look at

    private DeleteImportedKeyMaterialResponse delete(String keyId) {
        return caller.ask(KmsOperation.DELETE_IMPORTED_KEY_MATERIAL, "KeyId", keyId);
    }

    private List<String> materials(String keyId) {
        return house.store().materials(caller.arn(keyId)).all().stream()
                .map(material -> material.id() + " " + material.state())
                .toList();
    }

    private List<String> present(String keyId) {
        return house.store().read(tx -> tx.materials().of(caller.arn(keyId))).all().stream()
                .filter(material -> material.secret() != null)
                .map(KeyMaterial::id)
                .toList();
    }

    private boolean rotatable(String keyId) {
        return house.store()
                .read(
                        tx ->
                                ImportedMaterials.rotatable(
                                        tx,
                                        Objects.requireNonNull(tx.keys().find(caller.arn(keyId)))));
    }

    private @Nullable String description(byte[] material) {
        return Objects.requireNonNull(
                        house.store()
                                .materials(caller.arn(key))
                                .find(MaterialId.of(id(key), material)))
                .facts()
                .description();
    }

    /** What RotateKeyOnDemand does to the materials. */
    private void rotate(String keyId) {
        KeyArn arn = caller.arn(keyId);
        house.store()
                .write(
                        tx -> {
                            String next =
                                    Objects.requireNonNull(tx.materials().known(arn).pending())
                                            .id();
                            tx.materials().retireCurrent(arn);
                            tx.materials()
                                    .makeCurrent(arn, next, house.now(), RotationType.ON_DEMAND);
                            tx.keys()
                                    .update(
                                            ImportedMaterials.shown(
                                                    Objects.requireNonNull(tx.keys().find(arn)),
                                                    tx.materials().known(arn)));
                            return true;
                        });
    }

    private static KeyId id(String keyId) {
        return new KeyId(keyId);
    }

    private static List<byte[]> sealedMaterials(Path data) throws Exception {
        List<byte[]> sealed = new ArrayList<>();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + data.resolve("trent.db"));
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "select value from seal where hex(substr(value, 1, 1)) = '02'")) {
            while (row.next()) {
                sealed.add(row.getBytes(1));
            }
        }
        return sealed;
    }

    /** Looks at the middle: what overwrites a beginning must not hide the rest. */
    private static boolean contains(Path folder, byte[] bytes) {
        String wanted = new String(bytes, 40, 20, ISO_8859_1);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (Files.readString(file, ISO_8859_1).contains(wanted)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the wire has a time: seconds, and perhaps a fraction. */
    private static @Nullable Double epoch(@Nullable Instant time) {
        return time == null ? null : time.toEpochMilli() / 1000.0;
    }
}
