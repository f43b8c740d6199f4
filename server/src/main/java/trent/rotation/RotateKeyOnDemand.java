package trent.rotation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.ConflictException;
import trent.api.KMSInvalidStateException;
import trent.api.KeySpec;
import trent.api.KmsOperation;
import trent.api.OriginType;
import trent.api.RotateKeyOnDemandRequest;
import trent.api.RotateKeyOnDemandResponse;
import trent.api.RotationType;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.crypto.Entropy;
import trent.imported.ImportedMaterials;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.MultiRegion;
import trent.key.NewMaterial;
import trent.key.Quotas;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Key.Rotation;
import trent.store.KnownMaterials.Known;
import trent.store.Store;
import trent.store.Tx;

/**
 * RotateKeyOnDemand: other material for a key now: new, or what its owner has imported for that.
 * The schedule of automatic rotations stays as it is.
 */
public record RotateKeyOnDemand(
        KeyFinder keys, Store store, Quotas quotas, Entropy entropy, InstantSource clock)
        implements Operation<RotateKeyOnDemandRequest, RotateKeyOnDemandResponse> {

    private static final Logger LOG = LoggerFactory.getLogger(RotateKeyOnDemand.class);
    private static final KmsOperation<RotateKeyOnDemandRequest, RotateKeyOnDemandResponse>
            OPERATION = KmsOperation.ROTATE_KEY_ON_DEMAND;
    private static final Action ACTION = Action.of(OPERATION);

    /** How near an automatic rotation keeps another away. */
    private static final Duration NEAR = Duration.ofMinutes(20);

    @Override
    public RotateKeyOnDemandResponse answer(Call call, RotateKeyOnDemandRequest request) {
        KeyArn arn = keys.managed(call, ACTION, request.keyId()).arn();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        try (NewMaterial material =
                NewMaterial.generate(arn.id(), KeySpec.SYMMETRIC_DEFAULT, now, entropy)) {
            store.write(
                    tx -> {
                        Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                        KeyStates.require(OPERATION, key);
                        RotationRules.requireSymmetric(key);
                        RotationRules.requireOnDemand(key);
                        MultiRegion.refuseReplica(key);
                        boolean imported = key.origin() == OriginType.EXTERNAL;
                        String pending = imported ? pending(tx, key) : null;
                        quotas.requireRoomForOnDemandRotation(key);
                        refuseNearAutomatic(key, now);

                        if (pending == null) {
                            Rotations.makeCurrent(tx, arn, material, now, RotationType.ON_DEMAND);
                        } else {
                            makeImportedCurrent(tx, arn, pending, now);
                        }
                        count(tx, arn, key.onDemandRotations() + 1);
                        return true;
                    });
        }
        LOG.atInfo().addKeyValue("key", arn).log("key rotated on demand");
        return new RotateKeyOnDemandResponse(arn.toString());
    }

    /** The imported material that waits for this, in every Region of the key. */
    private static String pending(Tx tx, Key key) {
        Known pending = tx.materials().known(key.arn()).pending();
        if (pending == null || !ImportedMaterials.rotatable(tx, key)) {
            throw new KMSInvalidStateException(
                    "No available key material pending rotation for the key: " + key.arn() + ".");
        }
        return pending.id();
    }

    private static void refuseNearAutomatic(Key key, Instant now) {
        Rotation rotation = key.rotation();
        if (rotation != null && !rotation.next().isAfter(now.plus(NEAR))) {
            throw new ConflictException(
                    "An automatic rotation of the key %s is in progress or due within 20 minutes."
                            .formatted(key.arn()));
        }
    }

    private static void makeImportedCurrent(Tx tx, KeyArn arn, String materialId, Instant now) {
        for (KeyArn each : tx.keys().related(arn)) {
            tx.materials().retireCurrent(each);
            tx.materials().makeCurrent(each, materialId, now, RotationType.ON_DEMAND);
            Key related = KeyFinder.orNotFound(each, tx.keys().find(each));
            tx.keys().update(ImportedMaterials.shown(related, tx.materials().known(each)));
        }
    }

    /** In every Region, since each may become the primary. */
    private static void count(Tx tx, KeyArn arn, int rotations) {
        for (KeyArn each : tx.keys().related(arn)) {
            Key related = KeyFinder.orNotFound(each, tx.keys().find(each));
            tx.keys().update(related.withOnDemandRotations(rotations));
        }
    }
}
