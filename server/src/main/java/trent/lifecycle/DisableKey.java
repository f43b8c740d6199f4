package trent.lifecycle;

import trent.access.Details;
import trent.api.DisableKeyRequest;
import trent.api.Empty;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.LatestUses;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Store;

/** DisableKey: a key may not be used for now. Succeeds on a disabled key and changes nothing. */
public record DisableKey(KeyFinder keys, Store store, LatestUses uses)
        implements Operation<DisableKeyRequest, Empty> {

    private static final KmsOperation<DisableKeyRequest, Empty> OPERATION =
            KmsOperation.DISABLE_KEY;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, DisableKeyRequest request) {
        Details details = new Details();
        TrailingDays trailing = new TrailingDays(uses);
        trailing.in(details);
        KeyArn arn = keys.managed(call, ACTION, request.keyId(), details).arn();
        return store.write(
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    KeyStates.require(OPERATION, key);
                    trailing.requireUnmoved(tx, key);
                    if (key.state() != KeyState.DISABLED) {
                        tx.keys().update(key.withState(KeyState.DISABLED));
                    }
                    return Empty.EMPTY;
                });
    }
}
