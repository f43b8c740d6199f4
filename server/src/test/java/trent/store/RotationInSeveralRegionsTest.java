package trent.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import trent.House;
import trent.api.KmsOperation;
import trent.api.RotationType;
import trent.name.KeyArn;
import trent.seal.Secret;
import trent.store.KeyMaterial.Facts;

/** What memory knows of a key in one Region while another has learned of a rotation already. */
class RotationInSeveralRegionsTest {

    private static final String NEW_ID = "ab".repeat(32);

    @Test
    void aRegionThatHasNotHeardOfARotationOpensWhatAnotherEncryptsAfterIt() {
        try (House house = new House()) {
            House.Caller here = house.caller();
            House.Caller there = house.root(House.ACCOUNT, House.OTHER_REGION);
            String key =
                    Objects.requireNonNull(
                                    here.ask(KmsOperation.CREATE_KEY, "MultiRegion", true)
                                            .keyMetadata())
                            .keyId();
            here.ask(
                    KmsOperation.REPLICATE_KEY,
                    "KeyId",
                    key,
                    "ReplicaRegion",
                    House.OTHER_REGION.value());
            assertThat(there.decrypt(here.encrypt(key), Map.of())).containsExactly(42);

            AtomicReference<String> opened = new AtomicReference<>("nobody has tried");
            house.store()
                    .write(
                            tx -> {
                                rotate(house, tx, here.arn(key));
                                // Between the two: one has forgotten, the other not yet.
                                tx.afterCommit(
                                        () ->
                                                opened.set(
                                                        House.outcome(
                                                                () ->
                                                                        there.decrypt(
                                                                                here.encrypt(key),
                                                                                Map.of()))));
                                rotate(house, tx, there.arn(key));
                                return true;
                            });
            assertThat(opened.get()).isEqualTo(House.OK);
            assertThat(
                            here.ask(KmsOperation.DECRYPT, "CiphertextBlob", there.encrypt(key))
                                    .keyMaterialId())
                    .isEqualTo(NEW_ID);
        }
    }

    private static void rotate(House house, Tx tx, KeyArn arn) {
        tx.materials().retireCurrent(arn);
        try (Secret secret = new Secret(new byte[32])) {
            tx.materials()
                    .put(
                            arn,
                            Facts.first(NEW_ID, null, house.now())
                                    .withSequence(tx.materials().nextSequence(arn))
                                    .rotatedIn(house.now(), RotationType.ON_DEMAND),
                            secret);
        }
    }
}
