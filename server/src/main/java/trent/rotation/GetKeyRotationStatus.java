package trent.rotation;

import org.jspecify.annotations.Nullable;
import trent.api.GetKeyRotationStatusRequest;
import trent.api.GetKeyRotationStatusResponse;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.name.KeyArn;
import trent.name.Region;
import trent.store.Key;
import trent.store.Key.Rotation;
import trent.store.Store;

/** GetKeyRotationStatus: whether a key rotates by itself, how often, and when next. */
public record GetKeyRotationStatus(KeyFinder keys, Store store)
        implements Operation<GetKeyRotationStatusRequest, GetKeyRotationStatusResponse> {

    private static final KmsOperation<GetKeyRotationStatusRequest, GetKeyRotationStatusResponse>
            OPERATION = KmsOperation.GET_KEY_ROTATION_STATUS;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public GetKeyRotationStatusResponse answer(Call call, GetKeyRotationStatusRequest request) {
        Key key = keys.managed(call, ACTION, request.keyId());
        KeyStates.require(OPERATION, key);
        Key primary = primaryOf(key);
        // What waits for its deletion does not rotate; if the deletion is cancelled,
        // the setting shows again.
        Rotation rotation =
                primary == null || pendingDeletion(key) || pendingDeletion(primary)
                        ? null
                        : primary.rotation();
        GetKeyRotationStatusResponse.Builder status =
                GetKeyRotationStatusResponse.builder()
                        .keyId(key.arn().toString())
                        .keyRotationEnabled(rotation != null);
        if (rotation != null) {
            status.rotationPeriodInDays(rotation.periodDays());
        }
        if (rotation != null && primary != null && primary.state() == KeyState.ENABLED) {
            status.nextRotationDate(rotation.next()); // a disabled key has none: it does not rotate
        }
        return status.build();
    }

    /** The key that has the rotation setting: of a replica its primary, else the key itself. */
    private @Nullable Key primaryOf(Key key) {
        Region region = key.primaryRegion();
        return region == null || key.primary()
                ? key
                : store.key(new KeyArn(region, key.arn().account(), key.arn().id()));
    }

    private static boolean pendingDeletion(Key key) {
        return key.state() == KeyState.PENDING_DELETION
                || key.state() == KeyState.PENDING_REPLICA_DELETION;
    }
}
