package trent.rotation;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import trent.access.Detail;
import trent.access.Details;
import trent.api.Empty;
import trent.api.EnableKeyRotationRequest;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.MultiRegion;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Store;

/**
 * EnableKeyRotation: new material for a key every so many days, counted from now, also if rotation
 * was on before.
 */
public record EnableKeyRotation(KeyFinder keys, Store store, InstantSource clock)
        implements Operation<EnableKeyRotationRequest, Empty> {

    private static final KmsOperation<EnableKeyRotationRequest, Empty> OPERATION =
            KmsOperation.ENABLE_KEY_ROTATION;
    private static final Action ACTION = Action.of(OPERATION);
    private static final int DEFAULT_DAYS = 365;

    @Override
    public Empty answer(Call call, EnableKeyRotationRequest request) {
        Integer asked = request.rotationPeriodInDays();
        int days = asked == null ? DEFAULT_DAYS : asked;
        KeyArn arn =
                keys.managed(
                                call,
                                ACTION,
                                request.keyId(),
                                new Details()
                                        .with(
                                                Detail.ROTATION_PERIOD_IN_DAYS,
                                                Integer.toString(days)))
                        .arn();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return store.write(
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    RotationRules.requireAutomatic(key);
                    KeyStates.require(OPERATION, key);
                    RotationRules.requireSymmetric(key);
                    MultiRegion.refuseReplica(key);
                    tx.keys().update(key.withRotation(Rotations.in(days, now)));
                    return Empty.EMPTY;
                });
    }
}
