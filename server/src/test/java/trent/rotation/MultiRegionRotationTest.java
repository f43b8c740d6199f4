package trent.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.api.ExpirationModelType;
import trent.api.GetKeyRotationStatusResponse;
import trent.api.KmsOperation;
import trent.api.RotationsListEntry;
import trent.imported.ImportedMaterial;
import trent.name.Region;
import trent.store.Key.Expiration;

/**
 * Rotation of multi-Region keys, and of keys with imported material. Source: AWS KMS Developer
 * Guide, "Rotate AWS KMS keys" and "Importing key material".
 */
class MultiRegionRotationTest {

    private static final Region THIRD_REGION = new Region("ap-southeast-2");

    private final House house = new House();
    private final House.Caller primary = house.caller();
    private final House.Caller replica = house.root(House.ACCOUNT, House.OTHER_REGION);
    private final House.Caller third = house.root(House.ACCOUNT, THIRD_REGION);
    private String key = "";

    @BeforeEach
    void makeKeys() {
        key =
                Objects.requireNonNull(
                                primary.ask(KmsOperation.CREATE_KEY, "MultiRegion", true)
                                        .keyMetadata())
                        .keyId();
        replicate(House.OTHER_REGION);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"})
    void onlyThePrimaryDecides(String operation) {
        assertThat(replica.tried(operation, "KeyId", key))
                .isEqualTo(
                        "UnsupportedOperationException: %s is not a multi-region primary key."
                                .formatted(replica.arn(key)));
        assertThat(primary.tried(operation, "KeyId", key)).isEqualTo(House.OK);
    }

    @Test
    void aReplicaShowsTheSettingOfItsPrimary() {
        enable(90);
        Instant next = House.START.plus(Duration.ofDays(90));
        assertThat(status(replica))
                .isEqualTo(
                        new GetKeyRotationStatusResponse(
                                true, replica.arn(key).toString(), 90, next, null));
        primary.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        assertThat(status(replica).keyRotationEnabled()).isTrue();
        assertThat(status(replica).nextRotationDate()).isNull();
        primary.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
        replica.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        assertThat(status(replica).nextRotationDate())
                .as("the primary rotates, and the disabled replica with it")
                .isEqualTo(next);
        replica.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key);
        assertThat(status(replica).keyRotationEnabled()).isFalse();
        assertThat(status(primary).keyRotationEnabled()).isTrue();
    }

    /** What one Region encrypts opens in each, whatever state the others are in. */
    @Test
    void newMaterialComesToAllRegionsAtOnce() {
        replicate(THIRD_REGION);
        enable(90);
        third.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        house.advance(Duration.ofDays(90));
        house.rotateWhatIsDue();
        String automatic = primary.describe(key).currentKeyMaterialId();
        byte[] afterAutomatic = replica.encrypt(key);
        primary.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        String onDemand = primary.describe(key).currentKeyMaterialId();
        byte[] afterOnDemand = primary.encrypt(key);

        third.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
        for (House.Caller region : List.of(primary, replica, third)) {
            assertThat(region.describe(key).currentKeyMaterialId()).isEqualTo(onDemand);
            assertThat(materialOf(region, afterAutomatic)).isEqualTo(automatic);
            assertThat(materialOf(region, afterOnDemand)).isEqualTo(onDemand);
            assertThat(materialOf(primary, region.encrypt(key))).isEqualTo(onDemand);
            assertThat(entries(region).stream().map(RotationsListEntry::keyMaterialId))
                    .containsExactlyElementsOf(
                            entries(primary).stream()
                                    .map(RotationsListEntry::keyMaterialId)
                                    .toList())
                    .hasSize(3);
        }
    }

    @Test
    void aLaterReplicaOpensWhatIsOlderThanItself() {
        byte[] first = primary.encrypt(key);
        primary.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        byte[] second = primary.encrypt(key);
        replicate(THIRD_REGION);
        assertThat(materialOf(third, first)).isEqualTo(materialOf(primary, first));
        assertThat(materialOf(third, second)).isEqualTo(materialOf(primary, second));
    }

    @Test
    void scheduleAndCountMoveWithTheRole() {
        enable(90);
        for (int i = 0; i < 24; i++) {
            primary.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        }
        replicate(THIRD_REGION);
        primary.ask(
                KmsOperation.UPDATE_PRIMARY_REGION,
                "KeyId",
                key,
                "PrimaryRegion",
                THIRD_REGION.value());
        assertThat(primary.tried("RotateKeyOnDemand", "KeyId", key)).contains("not a multi-region");
        assertThat(third.tried("RotateKeyOnDemand", "KeyId", key)).isEqualTo(House.OK);
        assertThat(third.tried("RotateKeyOnDemand", "KeyId", key))
                .startsWith("LimitExceededException");
        house.advance(Duration.ofDays(90));
        house.rotateWhatIsDue();
        for (House.Caller region : List.of(primary, replica, third)) {
            assertThat(entries(region)).hasSize(27);
            assertThat(status(region).keyRotationEnabled()).isTrue();
        }
    }

    @Test
    void importedMaterialBecomesCurrentOnDemand() {
        key = ImportedMaterial.newKey(primary, false);
        Instant soon = House.START.plus(Duration.ofDays(10));
        Instant later = House.START.plus(Duration.ofDays(20));
        ImportedMaterial.importFirst(house, primary.arn(key), 1, expires(later));
        byte[] old = primary.encrypt(key);
        String waits = ImportedMaterial.importNext(house, primary.arn(key), 2, expires(soon));
        assertThat(primary.describe(key).validTo()).isEqualTo(later);
        assertThat(materialOf(primary, primary.encrypt(key))).isNotEqualTo(waits);

        primary.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        assertThat(primary.describe(key).currentKeyMaterialId()).isEqualTo(waits);
        assertThat(primary.describe(key).validTo())
                .as("the earliest end of all that belong to the key")
                .isEqualTo(soon);
        assertThat(materialOf(primary, primary.encrypt(key))).isEqualTo(waits);
        assertThat(materialOf(primary, old)).isNotEqualTo(waits);
        assertThat(primary.tried("RotateKeyOnDemand", "KeyId", key)).isEqualTo(nothingPending());
    }

    @Test
    void aMaterialThatWaitsAndIsGoneCannotBecomeCurrent() {
        key = ImportedMaterial.newKey(primary, false);
        ImportedMaterial.importFirst(house, primary.arn(key), 1, null);
        String waits = ImportedMaterial.importNext(house, primary.arn(key), 2, null);
        ImportedMaterial.forget(house, primary.arn(key), waits);
        assertThat(primary.tried("RotateKeyOnDemand", "KeyId", key)).isEqualTo(nothingPending());
        assertThat(entries(primary)).as("what waited is forgotten").hasSize(1);
    }

    /** Only when every Region has the material may one of them encrypt under it. */
    @Test
    void importedMaterialWaitsForEveryRegion() {
        key = ImportedMaterial.newKey(primary, true);
        ImportedMaterial.importFirst(house, primary.arn(key), 1, null);
        replicate(House.OTHER_REGION);
        ImportedMaterial.importFirst(house, replica.arn(key), 1, null);
        byte[] old = replica.encrypt(key);
        String waits = ImportedMaterial.importNext(house, primary.arn(key), 2, null);
        assertThat(entries(primary).getLast().keyMaterialState())
                .hasToString("PENDING_MULTI_REGION_IMPORT_AND_ROTATION");
        assertThat(primary.tried("RotateKeyOnDemand", "KeyId", key)).isEqualTo(nothingPending());

        ImportedMaterial.importNext(house, replica.arn(key), 2, null);
        for (House.Caller region : List.of(primary, replica)) {
            assertThat(entries(region).getLast().keyMaterialState())
                    .hasToString("PENDING_ROTATION");
        }
        assertThat(replica.tried("RotateKeyOnDemand", "KeyId", key))
                .contains("is not a multi-region primary key.");
        primary.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        for (House.Caller region : List.of(primary, replica)) {
            assertThat(region.describe(key).currentKeyMaterialId()).isEqualTo(waits);
            assertThat(materialOf(primary, region.encrypt(key))).isEqualTo(waits);
            assertThat(materialOf(region, old)).isNotEqualTo(waits);
            assertThat(entries(region).getLast().rotationDate()).isEqualTo(House.START);
        }
    }

    private void replicate(Region region) {
        primary.ask(KmsOperation.REPLICATE_KEY, "KeyId", key, "ReplicaRegion", region.value());
    }

    private void enable(int days) {
        primary.ask(KmsOperation.ENABLE_KEY_ROTATION, "KeyId", key, "RotationPeriodInDays", days);
    }

    private String nothingPending() {
        return "KMSInvalidStateException: No available key material pending rotation for the key: %s."
                .formatted(primary.arn(key));
    }

    private GetKeyRotationStatusResponse status(House.Caller region) {
        return region.ask(KmsOperation.GET_KEY_ROTATION_STATUS, "KeyId", key);
    }

    private List<RotationsListEntry> entries(House.Caller region) {
        return Objects.requireNonNull(
                region.ask(
                                KmsOperation.LIST_KEY_ROTATIONS,
                                "KeyId",
                                key,
                                "IncludeKeyMaterial",
                                "ALL_KEY_MATERIAL")
                        .rotations());
    }

    private static @Nullable String materialOf(House.Caller region, byte[] ciphertext) {
        return region.ask(KmsOperation.DECRYPT, "CiphertextBlob", ciphertext).keyMaterialId();
    }

    private static Expiration expires(Instant when) {
        return new Expiration(ExpirationModelType.KEY_MATERIAL_EXPIRES, when);
    }
}
