package trent.alias;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import trent.access.Access;
import trent.access.Details;
import trent.api.Empty;
import trent.api.KmsOperation;
import trent.api.UpdateAliasRequest;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyKind;
import trent.key.KeySpecs;
import trent.key.KeyStates;
import trent.key.Quotas;
import trent.name.AliasArn;
import trent.name.AliasName;
import trent.name.KeyArn;
import trent.store.Alias;
import trent.store.AliasTarget;
import trent.store.Key;
import trent.store.Store;

/** UpdateAlias: lets an existing alias stand for another key of the same kind and usage. */
public record UpdateAlias(
        Access access, KeyFinder keys, Store store, Quotas quotas, InstantSource clock)
        implements Operation<UpdateAliasRequest, Empty> {

    private static final KmsOperation<UpdateAliasRequest, Empty> OPERATION =
            KmsOperation.UPDATE_ALIAS;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, UpdateAliasRequest request) {
        AliasArn name = AliasName.ofCustomer(request.aliasName()).in(call.account(), call.region());
        KeyArn target = Target.parse(call, request.targetKeyId());
        Alias seen = KeyFinder.orNotFound(name, store.alias(name));
        Details details = new Details();
        Key to = keys.existing(call, ACTION, target, details);
        Key from = keys.existing(call, ACTION, seen.targetArn(), details);
        access.require(call, ACTION, name, details);
        access.require(call, ACTION, from, details);
        access.require(call, ACTION, to, details);

        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return store.write(
                tx -> {
                    Alias existing = KeyFinder.orNotFound(name, tx.aliases().find(name));
                    Target.requireUnmoved(seen, existing);
                    AliasTarget newKey = KeyFinder.orNotFound(target, tx.aliases().target(target));
                    AliasTarget oldKey =
                            KeyFinder.orNotFound(
                                    existing.targetArn(),
                                    tx.aliases().target(existing.targetArn()));
                    requireSameUse(name.name(), oldKey, newKey);
                    KeyStates.require(OPERATION, target, newKey.state());
                    boolean moves = !existing.target().equals(target.id());
                    if (moves && newKey.aliases() >= quotas.aliasesPerKey()) {
                        throw Target.full(newKey.aliases(), quotas);
                    }
                    tx.aliases()
                            .move(existing, new Alias(name, target.id(), existing.created(), now));
                    return Empty.EMPTY;
                });
    }

    private static void requireSameUse(AliasName name, AliasTarget oldKey, AliasTarget newKey) {
        if (oldKey.usage() != newKey.usage()) {
            throw cannotChange(name, "key usage", oldKey.usage().wire(), newKey.usage().wire());
        }
        KeyKind.Type oldType = KeySpecs.of(oldKey.spec()).type();
        KeyKind.Type newType = KeySpecs.of(newKey.spec()).type();
        if (oldType != newType) {
            throw cannotChange(name, "key type", oldType.name(), newType.name());
        }
    }

    private static ValidationException cannotChange(
            AliasName name, String what, String from, String to) {
        return new ValidationException(
                ("Alias %s cannot be changed from a CMK with %s %s to a CMK with %s %s. The %s of the current CMK and"
                                + " the new CMK must be the same.")
                        .formatted(name, what, from, what, to, what));
    }
}
