package trent.lifecycle;

import trent.api.Empty;
import trent.api.EnableKeyRequest;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.imported.ImportedMaterials;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.name.KeyArn;
import trent.rotation.Rotations;
import trent.store.Key;

/**
 * EnableKey: a key may be used again, and is rotated at once if that was due meanwhile. Succeeds on
 * an enabled key and changes nothing.
 */
public record EnableKey(KeyFinder keys, Rotations rotations)
        implements Operation<EnableKeyRequest, Empty> {

    private static final KmsOperation<EnableKeyRequest, Empty> OPERATION = KmsOperation.ENABLE_KEY;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, EnableKeyRequest request) {
        KeyArn arn = keys.managed(call, ACTION, request.keyId()).arn();
        // Enabled and rotated in one change: with two, the second could fail and the caller be told
        // that nothing was changed.
        rotations.write(
                arn,
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    KeyStates.require(OPERATION, key);
                    if (key.state() != KeyState.ENABLED) {
                        // A cancelled deletion leaves a key disabled, with its material or without.
                        tx.keys()
                                .update(
                                        key.withState(
                                                ImportedMaterials.missing(tx, key)
                                                        ? KeyState.PENDING_IMPORT
                                                        : KeyState.ENABLED));
                    }
                });
        return Empty.EMPTY;
    }
}
