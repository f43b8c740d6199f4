package trent.imported;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trent.House;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.key.NewMaterial;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Key.Expiration;
import trent.store.KeyMaterial.Facts;
import trent.store.KeyMaterial.State;

/** Imported material, put where ImportKeyMaterial puts it. */
public final class ImportedMaterial {

    private ImportedMaterial() {}

    /** A key whose material is imported, and has not been yet. */
    public static String newKey(House.Caller caller, boolean multiRegion) {
        return Objects.requireNonNull(
                        caller.ask(
                                        KmsOperation.CREATE_KEY,
                                        "Origin",
                                        "EXTERNAL",
                                        "MultiRegion",
                                        multiRegion)
                                .keyMetadata())
                .keyId();
    }

    /** The first material of a key, 32 bytes of this value; gives its id. */
    public static String importFirst(
            House house, KeyArn arn, int value, @Nullable Expiration expiration) {
        return put(house, arn, value, State.CURRENT, expiration);
    }

    /** Material that waits for RotateKeyOnDemand; gives its id. */
    public static String importNext(
            House house, KeyArn arn, int value, @Nullable Expiration expiration) {
        return put(house, arn, value, State.PENDING_ROTATION, expiration);
    }

    /** As if the material had been deleted or had expired. */
    public static void forget(House house, KeyArn arn, String materialId) {
        house.store()
                .write(
                        tx -> {
                            Facts facts =
                                    Objects.requireNonNull(tx.materials().of(arn).find(materialId))
                                            .facts();
                            tx.materials().put(arn, facts.withExpiration(null), null);
                            return true;
                        });
    }

    /** The ids of all materials, the oldest first. */
    public static List<String> ids(House house, KeyArn arn) {
        return house.store().materials(arn).all().stream().map(each -> each.id()).toList();
    }

    private static String put(
            House house, KeyArn arn, int value, State state, @Nullable Expiration expiration) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) value);
        try (NewMaterial material = NewMaterial.of(arn.id(), bytes, null, house.now())) {
            house.store()
                    .write(
                            tx -> {
                                Facts facts =
                                        material.facts()
                                                .withSequence(tx.materials().nextSequence(arn))
                                                .withState(state)
                                                .withDescription("value " + value)
                                                .withExpiration(expiration);
                                tx.materials().put(arn, facts, material.secret());
                                Key key = Objects.requireNonNull(tx.keys().find(arn));
                                if (state == State.CURRENT) {
                                    tx.keys()
                                            .update(
                                                    key.withMaterial(facts.id(), expiration)
                                                            .withState(KeyState.ENABLED));
                                }
                                return true;
                            });
            return material.facts().id();
        }
    }
}
