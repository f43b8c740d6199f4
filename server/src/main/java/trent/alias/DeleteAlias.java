package trent.alias;

import trent.access.Access;
import trent.api.DeleteAliasRequest;
import trent.api.Empty;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.name.AliasArn;
import trent.name.AliasName;
import trent.store.Alias;
import trent.store.Store;

/** DeleteAlias: takes a name away from its key, which stays as it is. */
public record DeleteAlias(Access access, Store store)
        implements Operation<DeleteAliasRequest, Empty> {

    private static final KmsOperation<DeleteAliasRequest, Empty> OPERATION =
            KmsOperation.DELETE_ALIAS;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, DeleteAliasRequest request) {
        AliasArn name = AliasName.ofCustomer(request.aliasName()).in(call.account(), call.region());
        Alias seen = KeyFinder.orNotFound(name, store.alias(name));
        access.require(call, ACTION, name);
        access.require(call, ACTION, seen.targetArn());

        return store.write(
                tx -> {
                    Alias existing = KeyFinder.orNotFound(name, tx.aliases().find(name));
                    if (!existing.target().equals(seen.target())) {
                        // Moved since: permission is needed on the key that it leaves now.
                        access.require(call, ACTION, existing.targetArn());
                    }
                    tx.aliases().delete(existing);
                    return Empty.EMPTY;
                });
    }
}
