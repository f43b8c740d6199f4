package trent.alias;

import trent.access.Access;
import trent.access.Details;
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
import trent.store.Key;
import trent.store.Store;

/** DeleteAlias: takes a name away from its key, which stays as it is. */
public record DeleteAlias(Access access, KeyFinder keys, Store store)
        implements Operation<DeleteAliasRequest, Empty> {

    private static final KmsOperation<DeleteAliasRequest, Empty> OPERATION =
            KmsOperation.DELETE_ALIAS;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, DeleteAliasRequest request) {
        AliasArn name = AliasName.ofCustomer(request.aliasName()).in(call.account(), call.region());
        Alias seen = KeyFinder.orNotFound(name, store.alias(name));
        Details details = new Details();
        Key from = keys.existing(call, ACTION, seen.targetArn(), details);
        access.require(call, ACTION, name, details);
        access.require(call, ACTION, from, details);

        return store.write(
                tx -> {
                    Alias existing = KeyFinder.orNotFound(name, tx.aliases().find(name));
                    Target.requireUnmoved(seen, existing);
                    tx.aliases().delete(existing);
                    return Empty.EMPTY;
                });
    }
}
