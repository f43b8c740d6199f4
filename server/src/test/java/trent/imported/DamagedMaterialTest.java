package trent.imported;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.House.Caller;
import trent.Stores;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.crypto.Entropy;

/** One imported material does not open any more: its owner has it still, and can mend the key. */
class DamagedMaterialTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private Stores.Place place;

    @BeforeEach
    void choose(@TempDir Path folder) {
        place = Stores.in(folder);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theOwnerImportsItAgainOrDeletesItFirst(boolean deleted) throws Exception {
        String key;
        String id;
        byte[] blob;
        try (House house = open()) {
            Caller caller = house.caller();
            key = Importing.newKey(caller);
            id = Importing.begin(caller, key).lastingId(Importing.material(1));
            blob = caller.encrypt(key);
        }
        damage(id, House.REGION.toString());
        try (House house = open()) {
            Caller caller = house.caller();
            assertThatThrownBy(() -> caller.decrypt(blob, Map.of()))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(caller.tried("ListKeyRotations", "KeyId", key)).isEqualTo(House.OK);
            if (deleted) {
                caller.ask(KmsOperation.DELETE_IMPORTED_KEY_MATERIAL, "KeyId", key);
                assertThat(state(caller, key)).isEqualTo(KeyState.PENDING_IMPORT);
            }
            Importing.begin(caller, key).lasting(Importing.material(1));
            assertThat(state(caller, key)).isEqualTo(KeyState.ENABLED);
            assertThat(caller.decrypt(blob, Map.of())).containsExactly(42);
        }
    }

    /** An older one that is damaged keeps neither new material nor EnableKey nor rotation away. */
    @Test
    void anOldOneHindersNothingThatDoesNotUseIt() throws Exception {
        String key;
        String old;
        byte[] blob;
        try (House house = open()) {
            Caller caller = house.caller();
            key = Importing.newKey(caller, "MultiRegion", true);
            old = Importing.begin(caller, key).lastingId(Importing.material(1));
            blob = caller.encrypt(key);
            Caller there = house.root(House.ACCOUNT, House.OTHER_REGION);
            caller.ask(
                    KmsOperation.REPLICATE_KEY,
                    "KeyId",
                    key,
                    "ReplicaRegion",
                    House.OTHER_REGION.toString());
            Importing.begin(there, key).lasting(Importing.material(1));
            Importing.begin(caller, key)
                    .lasting(Importing.material(2), "ImportType", "NEW_KEY_MATERIAL");
            Importing.begin(there, key).lasting(Importing.material(2));
            caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        }
        damage(old, House.OTHER_REGION.toString());
        try (House house = open()) {
            Caller caller = house.caller();
            Caller there = house.root(House.ACCOUNT, House.OTHER_REGION);
            there.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
            there.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
            String next =
                    Importing.begin(caller, key)
                            .lastingId(Importing.material(3), "ImportType", "NEW_KEY_MATERIAL");
            Importing.begin(caller, key)
                    .lasting(
                            Importing.material(3),
                            "ImportType",
                            "EXISTING_KEY_MATERIAL",
                            "KeyMaterialDescription",
                            "the third");
            Importing.begin(there, key).lasting(Importing.material(3));
            caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
            assertThat(caller.describe(key).currentKeyMaterialId()).isEqualTo(next);
            assertThat(there.describe(key).currentKeyMaterialId()).isEqualTo(next);
            Importing.begin(there, key).lasting(Importing.material(1));
            assertThat(there.decrypt(blob, Map.of())).containsExactly(42);
        }
    }

    /** What waits is not made current where it does not open: the key works as it is. */
    @Test
    void aDamagedOneIsNotMadeCurrent() throws Exception {
        String key;
        String next;
        try (House house = open()) {
            Caller caller = house.caller();
            key = Importing.newKey(caller);
            Importing.begin(caller, key).lasting(Importing.material(1));
            next =
                    Importing.begin(caller, key)
                            .lastingId(Importing.material(2), "ImportType", "NEW_KEY_MATERIAL");
        }
        damage(next, House.REGION.toString());
        try (House house = open()) {
            Caller caller = house.caller();
            assertThatThrownBy(() -> caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key));
            Importing.begin(caller, key).lasting(Importing.material(2));
            caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
            assertThat(caller.describe(key).currentKeyMaterialId()).isEqualTo(next);
            assertThat(caller.encrypt(key)).isNotEmpty();
        }
    }

    private static KeyState state(Caller caller, String key) {
        return Objects.requireNonNull(caller.describe(key).keyState());
    }

    private void damage(String materialId, String region) throws Exception {
        int rows =
                place.update(
                        "update key_material set sealed = x'00' where material_id = '%s' and region = '%s'"
                                .formatted(materialId, region));
        assertThat(rows).isEqualTo(1);
    }

    private House open() throws Exception {
        return new House(place.open(ENTROPY), ENTROPY);
    }
}
