package trent.lifecycle;

import trent.api.Empty;
import trent.api.KmsOperation;
import trent.api.UpdateKeyDescriptionRequest;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Store;
import trent.store.Weights;

/** UpdateKeyDescription: gives a key another description, which may be empty. */
public record UpdateKeyDescription(KeyFinder keys, Store store)
        implements Operation<UpdateKeyDescriptionRequest, Empty> {

    private static final KmsOperation<UpdateKeyDescriptionRequest, Empty> OPERATION =
            KmsOperation.UPDATE_KEY_DESCRIPTION;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, UpdateKeyDescriptionRequest request) {
        KeyArn arn = keys.managed(call, ACTION, request.keyId()).arn();
        return store.write(
                Weights.of(request.description()),
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    KeyStates.require(OPERATION, key);
                    tx.keys().update(key.withDescription(request.description()));
                    return Empty.EMPTY;
                });
    }
}
