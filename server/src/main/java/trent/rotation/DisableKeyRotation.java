package trent.rotation;

import trent.api.DisableKeyRotationRequest;
import trent.api.Empty;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeySpecs;
import trent.key.KeyStates;
import trent.key.MultiRegion;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Store;

/**
 * DisableKeyRotation: a key keeps its material. Succeeds where rotation is off already, also on
 * kinds of keys that never rotate.
 */
public record DisableKeyRotation(KeyFinder keys, Store store)
        implements Operation<DisableKeyRotationRequest, Empty> {

    private static final KmsOperation<DisableKeyRotationRequest, Empty> OPERATION =
            KmsOperation.DISABLE_KEY_ROTATION;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, DisableKeyRotationRequest request) {
        KeyArn arn = keys.managed(call, ACTION, request.keyId()).arn();
        return store.write(
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    RotationRules.requireAutomatic(key);
                    KeyStates.require(OPERATION, key);
                    if (!KeySpecs.of(key.spec()).symmetric()) { // recorded: no error
                        return Empty.EMPTY;
                    }
                    MultiRegion.refuseReplica(key);
                    if (key.rotation() != null) {
                        tx.keys().update(key.withRotation(null));
                    }
                    return Empty.EMPTY;
                });
    }
}
