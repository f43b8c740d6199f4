package trent.imported;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trent.api.KeyState;
import trent.api.OriginType;
import trent.api.UnsupportedOperationException;
import trent.key.KeySpecs;
import trent.name.KeyArn;
import trent.seal.Secret;
import trent.store.Key;
import trent.store.KeyMaterial.Facts;
import trent.store.KeyMaterial.State;
import trent.store.KnownMaterials;
import trent.store.KnownMaterials.Known;
import trent.store.Materials.Expired;
import trent.store.Tx;

/**
 * What imported material that comes or goes does to its key, and to the related keys of other
 * Regions. Source: AWS KMS Developer Guide, "Importing key material for AWS KMS keys".
 *
 * <p>Current and older material belongs to its key for ever, present or not. Material that waits
 * for its rotation does not: once it is deleted or has expired, the key never had it.
 */
public final class ImportedMaterials {

    private ImportedMaterials() {}

    /** Refuses a key whose material is not its owner's. */
    static void requireExternal(Key key) {
        if (key.origin() != OriginType.EXTERNAL) {
            throw wrongOrigin(key);
        }
    }

    public static UnsupportedOperationException wrongOrigin(Key key) {
        return new UnsupportedOperationException(
                "%s origin is %s which is not valid for this operation."
                        .formatted(key.arn(), key.origin().wire()));
    }

    /** The id of a material as replies show it: that of a key with several. */
    static @Nullable String shownId(Key key, String id) {
        return KeySpecs.of(key.spec()).symmetric() ? id : null;
    }

    /**
     * Whether material waits for the key's rotation and is present in each of its Regions, as
     * RotateKeyOnDemand needs it.
     */
    public static boolean rotatable(Tx tx, Key key) {
        Known pending = tx.materials().known(key.arn()).pending();
        if (pending == null) {
            return false;
        }
        for (KeyArn each : tx.keys().related(key.arn())) {
            Known there = tx.materials().known(each).find(pending.id());
            if (there == null || !there.present()) {
                return false;
            }
        }
        return true;
    }

    /** Whether material of the key was deleted or has expired, or was never imported. */
    public static boolean missing(Tx tx, Key key) {
        return key.origin() == OriginType.EXTERNAL && !complete(tx.materials().known(key.arn()));
    }

    /** The key with what it shows of its materials: which is current, and when one expires. */
    public static Key shown(Key key, KnownMaterials materials) {
        Known current = materials.current();
        return key.withMaterial(current == null ? null : current.id(), materials.expiration());
    }

    /** Adds material to a key, or gives it back, and enables the key if that was all it lacked. */
    static void put(Tx tx, Key key, Facts facts, Secret secret) {
        tx.materials().put(key.arn(), facts, secret);
        if (key.primary()) {
            replicas(tx, key).forEach(replica -> share(tx, replica, facts));
        }
        KnownMaterials all = tx.materials().known(key.arn());
        Key shown = shown(key, all);
        boolean waits = key.state() == KeyState.PENDING_IMPORT || key.state() == KeyState.DISABLED;
        tx.keys().update(waits && complete(all) ? shown.withState(KeyState.ENABLED) : shown);
    }

    /** Takes material away from a key, if it is present. */
    static void delete(Tx tx, Key key, Known material) {
        if (material.state() == State.PENDING_ROTATION && key.primary()) {
            for (KeyArn replica : replicas(tx, key)) {
                tx.materials().remove(replica, material.id());
            }
        }
        lose(tx, key, material);
    }

    /** Takes material away from a key whose time has come; the key's row is the caller's. */
    static void expire(Tx tx, Key key, Expired material) {
        if (material.state() != State.PENDING_ROTATION) {
            tx.materials().takeAway(key.arn(), material.id());
            return;
        }
        if (key.primary()) {
            // A replica that has it keeps it for its own time; the others need no longer wait.
            for (KeyArn replica : replicas(tx, key)) {
                tx.materials().removeAbsent(replica, material.id());
            }
        }
        if (primaryHas(tx, key, material.id())) {
            tx.materials().takeAway(key.arn(), material.id());
        } else {
            tx.materials().remove(key.arn(), material.id());
        }
    }

    private static void lose(Tx tx, Key key, Known material) {
        if (material.state() == State.PENDING_ROTATION && !primaryHas(tx, key, material.id())) {
            tx.materials().remove(key.arn(), material.id());
            return;
        }
        if (!material.present()) {
            return;
        }
        tx.materials().takeAway(key.arn(), material.id());
        Key shown = shown(key, tx.materials().known(key.arn()));
        boolean pendingImport =
                material.state() != State.PENDING_ROTATION
                        && (key.state() == KeyState.ENABLED || key.state() == KeyState.DISABLED);
        tx.keys().update(pendingImport ? shown.withState(KeyState.PENDING_IMPORT) : shown);
    }

    /** Whether this is a replica that may be given the material again. */
    private static boolean primaryHas(Tx tx, Key key, String materialId) {
        if (key.primaryRegion() == null || key.primary()) {
            return false;
        }
        KeyArn primary = new KeyArn(key.primaryRegion(), key.arn().account(), key.arn().id());
        return tx.materials().known(primary).find(materialId) != null;
    }

    /** Tells a replica of the primary's material, which it then waits for. */
    private static void share(Tx tx, KeyArn replica, Facts facts) {
        KnownMaterials known = tx.materials().known(replica);
        Known there = known.find(facts.id());
        if (there == null) {
            Known left = known.pending();
            if (left != null) { // its primary's has expired
                tx.materials().remove(replica, left.id());
            }
            tx.materials().put(replica, facts.withExpiration(null), null);
        } else if (!Objects.equals(there.facts().description(), facts.description())) {
            tx.materials().describe(replica, facts.id(), facts.description());
        }
    }

    private static List<KeyArn> replicas(Tx tx, Key primary) {
        return tx.keys().related(primary.arn()).stream()
                .filter(arn -> !arn.equals(primary.arn()))
                .toList();
    }

    /** Whether everything that belongs to the key for ever is present. */
    private static boolean complete(KnownMaterials materials) {
        return materials.current() != null
                && materials.all().stream()
                        .filter(material -> material.state() != State.PENDING_ROTATION)
                        .allMatch(Known::present);
    }
}
