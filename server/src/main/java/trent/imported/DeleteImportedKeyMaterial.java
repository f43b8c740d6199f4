package trent.imported;

import trent.api.DeleteImportedKeyMaterialRequest;
import trent.api.DeleteImportedKeyMaterialResponse;
import trent.api.KmsOperation;
import trent.api.NotFoundException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.KnownMaterials;
import trent.store.KnownMaterials.Known;
import trent.store.Store;

/**
 * DeleteImportedKeyMaterial: takes material away from a key, which is of no use until
 * it is imported again.
 */
public record DeleteImportedKeyMaterial(KeyFinder keys, Store store)
        implements Operation<DeleteImportedKeyMaterialRequest, DeleteImportedKeyMaterialResponse> {

    private static final KmsOperation<
                    DeleteImportedKeyMaterialRequest, DeleteImportedKeyMaterialResponse>
            OPERATION = KmsOperation.DELETE_IMPORTED_KEY_MATERIAL;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public DeleteImportedKeyMaterialResponse answer(
            Call call, DeleteImportedKeyMaterialRequest request) {
        KeyArn arn = keys.managed(call, ACTION, request.keyId()).arn();
        String id = request.keyMaterialId();
        return store.write(
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    KeyStates.require(OPERATION, key);
                    ImportedMaterials.requireExternal(key);
                    KnownMaterials known = tx.materials().known(arn);
                    Known material = id == null ? known.current() : known.find(id);
                    if (material != null) {
                        ImportedMaterials.delete(tx, key, material);
                    } else if (id != null) {
                        throw new NotFoundException("Key material '" + id + "' does not exist");
                    }
                    return new DeleteImportedKeyMaterialResponse(
                            arn.toString(),
                            material == null
                                    ? null
                                    : ImportedMaterials.shownId(key, material.id()));
                });
    }
}
