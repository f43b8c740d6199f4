package trent.imported;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.House.Caller;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.key.MaterialId;
import trent.name.Region;
import trent.store.KeyMaterial;

/**
 * Imported material of multi-Region keys: the primary's first, then the same in each Region.
 * Source: AWS KMS Developer Guide, "Importing key material for multi-Region keys".
 */
class ImportMultiRegionTest {

    private static final byte[] FIRST = Importing.material(1);
    private static final byte[] SECOND = Importing.material(2);
    private static final byte[] THIRD = Importing.material(3);
    private static final String INCORRECT = "IncorrectKeyMaterialException";

    private final House house = new House();
    private final Caller here = house.caller();
    private final Caller there = house.root(House.ACCOUNT, House.OTHER_REGION);
    private final String key = Importing.newKey(here, "MultiRegion", true);
    private final Importing primary = Importing.begin(here, key);
    private @Nullable Importing begun;

    @BeforeEach
    void importAndReplicate() {
        assertThat(here.tried("ReplicateKey", "KeyId", key, "ReplicaRegion", region(there)))
                .isEqualTo(Importing.invalidState(here, key, "pending import"));
        primary.lasting(FIRST, "KeyMaterialDescription", "one");
        here.ask(KmsOperation.REPLICATE_KEY, "KeyId", key, "ReplicaRegion", region(there));
        begun = Importing.begin(there, key);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void aReplicaWaitsForTheMaterialOfItsPrimary() {
        byte[] blob = here.encrypt(key);
        assertThat(there.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(there.describe(key).expirationModel()).isNull();
        assertThat(materials(there)).containsExactly("first CURRENT one absent");
        assertThat(replica().triedLasting(SECOND)).isEqualTo(INCORRECT);
        assertThat(replica().triedLasting(SECOND, "ImportType", "NEW_KEY_MATERIAL"))
                .isEqualTo(
                        "UnsupportedOperationException: "
                                + there.arn(key)
                                + " is not a multi-region primary key.");
        assertThat(primary.as(there, key).triedLasting(FIRST))
                .as("a token is for one Region")
                .isEqualTo("InvalidImportTokenException");

        replica().send(FIRST, "ValidTo", house.now().getEpochSecond() + 60);
        assertThat(there.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        assertThat(there.describe(key).currentKeyMaterialId())
                .isEqualTo(here.describe(key).currentKeyMaterialId());
        assertThat(there.decrypt(blob, Map.of())).containsExactly(42);
        assertThat(here.describe(key).validTo()).as("its own matter").isNull();
    }

    @Test
    void deletionAndExpiryAreEachRegionsOwn() {
        replica().send(FIRST, "ValidTo", house.now().getEpochSecond() + 60);
        here.ask(KmsOperation.DELETE_IMPORTED_KEY_MATERIAL, "KeyId", key);
        assertThat(here.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(there.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        primary.lasting(FIRST);
        house.advance(Duration.ofSeconds(60));
        house.expireWhatIsDue();
        assertThat(here.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        assertThat(there.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
    }

    @Test
    void newMaterialIsReadyWhenEveryRegionHasIt() {
        replica().lasting(FIRST);
        primary.lasting(SECOND, "ImportType", "NEW_KEY_MATERIAL", "KeyMaterialDescription", "two");
        assertThat(materials(there))
                .containsExactly("first CURRENT one present", "second PENDING_ROTATION two absent");
        assertThat(rotatable()).isFalse();
        assertThat(there.describe(key).keyState()).isEqualTo(KeyState.ENABLED);

        replica().lasting(SECOND, "ImportType", "EXISTING_KEY_MATERIAL");
        assertThat(rotatable()).isTrue();
        assertThat(materials(there))
                .containsExactly(
                        "first CURRENT one present", "second PENDING_ROTATION two present");

        Caller third = house.root(House.ACCOUNT, new Region("us-west-2"));
        here.ask(KmsOperation.REPLICATE_KEY, "KeyId", key, "ReplicaRegion", "us-west-2");
        assertThat(rotatable()).isFalse();
        Importing.begin(third, key).lasting(SECOND);
        assertThat(third.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(rotatable()).isTrue();
    }

    /** Whether or not the replica has it already. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void thePrimaryDeletesWhatWaitsEverywhere(boolean replicaHasIt) {
        replica().lasting(FIRST);
        primary.lasting(SECOND, "ImportType", "NEW_KEY_MATERIAL");
        if (replicaHasIt) {
            replica().lasting(SECOND);
        }
        delete(here, SECOND);
        assertThat(materials(here)).containsExactly("first CURRENT one present");
        assertThat(materials(there)).containsExactly("first CURRENT one present");
        assertThat(replica().triedLasting(SECOND)).isEqualTo(INCORRECT);
        assertThat(there.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
    }

    @Test
    void aReplicaThatDeletesWhatWaitsMayImportItAgain() {
        replica().lasting(FIRST);
        primary.lasting(SECOND, "ImportType", "NEW_KEY_MATERIAL");
        replica().lasting(SECOND);
        delete(there, SECOND);
        assertThat(rotatable()).isFalse();
        assertThat(materials(there))
                .containsExactly(
                        "first CURRENT one present", "second PENDING_ROTATION null absent");
        replica().lasting(SECOND);
        assertThat(rotatable()).isTrue();
    }

    @Test
    void whatExpiresOnThePrimaryMakesRoomForOtherMaterial() {
        replica().lasting(FIRST);
        primary.send(
                SECOND,
                "ImportType",
                "NEW_KEY_MATERIAL",
                "ValidTo",
                house.now().getEpochSecond() + 60);
        replica().lasting(SECOND);
        house.advance(Duration.ofSeconds(60));
        house.expireWhatIsDue();
        assertThat(materials(here)).containsExactly("first CURRENT one present");
        assertThat(materials(there))
                .containsExactly(
                        "first CURRENT one present", "second PENDING_ROTATION null present");
        primary.lasting(THIRD, "ImportType", "NEW_KEY_MATERIAL");
        assertThat(materials(there))
                .containsExactly("first CURRENT one present", "third PENDING_ROTATION null absent");
        replica().lasting(THIRD);
        assertThat(rotatable()).isTrue();
    }

    @Test
    void descriptionsAreThePrimarys() {
        assertThat(replica().triedLasting(FIRST, "KeyMaterialDescription", "mine"))
                .isEqualTo(
                        "ValidationException: KeyMaterialDescription of a multi-Region key is set on its primary key.");
        assertThat(replica().triedLasting(FIRST, "KeyMaterialDescription", "one"))
                .isEqualTo(House.OK);
        primary.lasting(FIRST, "KeyMaterialDescription", "1");
        assertThat(materials(there)).containsExactly("first CURRENT 1 present");
        assertThat(there.decrypt(here.encrypt(key), Map.of())).containsExactly(42);
    }

    @Test
    void keysOfOneMaterialHaveReplicasToo() throws Exception {
        String mac =
                Importing.newKey(
                        here,
                        "MultiRegion",
                        true,
                        "KeySpec",
                        "HMAC_256",
                        "KeyUsage",
                        "GENERATE_VERIFY_MAC");
        Importing.begin(here, mac).lasting(FIRST);
        here.ask(KmsOperation.REPLICATE_KEY, "KeyId", mac, "ReplicaRegion", region(there));
        Importing importing = Importing.begin(there, mac);
        assertThat(importing.triedLasting(SECOND)).isEqualTo(INCORRECT);
        assertThat(importing.triedLasting(FIRST)).isEqualTo(House.OK);
        assertThat(there.describe(mac).keyState()).isEqualTo(KeyState.ENABLED);
    }

    private Importing replica() {
        return Objects.requireNonNull(begun);
    }

    private void delete(Caller caller, byte[] material) {
        caller.ask(
                KmsOperation.DELETE_IMPORTED_KEY_MATERIAL,
                "KeyId",
                key,
                "KeyMaterialId",
                MaterialId.of(caller.arn(key).id(), material));
    }

    private boolean rotatable() {
        return house.store()
                .read(
                        tx ->
                                ImportedMaterials.rotatable(
                                        tx, Objects.requireNonNull(tx.keys().find(here.arn(key)))));
    }

    private List<String> materials(Caller caller) {
        return house.store().materials(caller.arn(key)).all().stream().map(this::show).toList();
    }

    private String show(KeyMaterial material) {
        Map<String, String> names =
                Map.of(
                        MaterialId.of(here.arn(key).id(), FIRST),
                        "first",
                        MaterialId.of(here.arn(key).id(), SECOND),
                        "second",
                        MaterialId.of(here.arn(key).id(), THIRD),
                        "third");
        return names.get(material.id())
                + " "
                + material.state()
                + " "
                + material.facts().description()
                + (material.secret() == null ? " absent" : " present");
    }

    private static String region(Caller caller) {
        return caller.call().region().value();
    }
}
