package trent.lifecycle;

import trent.api.CancelKeyDeletionRequest;
import trent.api.CancelKeyDeletionResponse;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Store;

/** CancelKeyDeletion: a key that waits for its deletion is kept, disabled. */
public record CancelKeyDeletion(KeyFinder keys, Store store)
        implements Operation<CancelKeyDeletionRequest, CancelKeyDeletionResponse> {

    private static final KmsOperation<CancelKeyDeletionRequest, CancelKeyDeletionResponse>
            OPERATION = KmsOperation.CANCEL_KEY_DELETION;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public CancelKeyDeletionResponse answer(Call call, CancelKeyDeletionRequest request) {
        KeyArn arn = keys.managed(call, ACTION, request.keyId()).arn();
        return store.write(
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    KeyStates.require(OPERATION, key);
                    tx.keys().update(key.withState(KeyState.DISABLED));
                    return new CancelKeyDeletionResponse(arn.toString());
                });
    }
}
