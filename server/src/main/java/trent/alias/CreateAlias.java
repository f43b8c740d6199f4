package trent.alias;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import trent.access.Access;
import trent.access.Details;
import trent.api.AlreadyExistsException;
import trent.api.CreateAliasRequest;
import trent.api.Empty;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.Quotas;
import trent.name.AliasArn;
import trent.name.AliasName;
import trent.name.KeyArn;
import trent.store.Alias;
import trent.store.AliasTarget;
import trent.store.Key;
import trent.store.Store;

/** CreateAlias: gives a key of the caller's account and Region a friendly name. */
public record CreateAlias(
        Access access, KeyFinder keys, Store store, Quotas quotas, InstantSource clock)
        implements Operation<CreateAliasRequest, Empty> {

    private static final KmsOperation<CreateAliasRequest, Empty> OPERATION =
            KmsOperation.CREATE_ALIAS;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, CreateAliasRequest request) {
        AliasArn name = AliasName.ofCustomer(request.aliasName()).in(call.account(), call.region());
        KeyArn target = Target.parse(call, request.targetKeyId());
        Details details = new Details();
        Key found = keys.existing(call, ACTION, target, details);
        access.require(call, ACTION, name, details);
        access.require(call, ACTION, found, details);

        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return store.write(
                tx -> {
                    // Read again: the key may have been scheduled for deletion since
                    // it was looked up.
                    AliasTarget key = KeyFinder.orNotFound(target, tx.aliases().target(target));
                    KeyStates.require(OPERATION, target, key.state());
                    int used = key.aliases();
                    if (used >= quotas.aliasesPerKey() && tx.aliases().find(name) == null) {
                        throw Target.full(used, quotas);
                    }
                    if (!tx.aliases().insert(new Alias(name, target.id(), now, now))) {
                        throw new AlreadyExistsException(
                                "An alias with the name " + name + " already exists");
                    }
                    return Empty.EMPTY;
                });
    }
}
