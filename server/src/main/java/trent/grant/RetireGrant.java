package trent.grant;

import org.jspecify.annotations.Nullable;
import trent.access.Details;
import trent.access.GrantTokens;
import trent.access.GrantTokens.Named;
import trent.api.Empty;
import trent.api.KmsOperation;
import trent.api.RetireGrantRequest;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.name.KeyReference;
import trent.store.Grant;
import trent.store.Key;
import trent.store.Store;
import trent.use.DryRun;

/** RetireGrant: ends a grant that is no longer needed; who may, the grant says. */
public record RetireGrant(KeyFinder keys, GrantTokens tokens, Store store)
        implements Operation<RetireGrantRequest, Empty> {

    private static final KmsOperation<RetireGrantRequest, Empty> OPERATION =
            KmsOperation.RETIRE_GRANT;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, RetireGrantRequest request) {
        Named named = named(call, request);
        Grant grant = find(call, named, request.grantToken() != null);
        Key on = keys.existing(call, ACTION, grant.key(), new Details());
        keys.access().requireRetirable(call, grant, on);
        return store.write(
                tx -> {
                    // Read again: it may have been retired since.
                    Grant still =
                            GrantRules.orNotFound(
                                    grant.id(), tx.grants().find(grant.key(), grant.id()));
                    Key key = KeyFinder.orNotFound(grant.key(), tx.keys().find(grant.key()));
                    KeyStates.require(OPERATION, key);
                    DryRun.end(request.dryRun());
                    tx.grants().delete(still);
                    return Empty.EMPTY;
                });
    }

    private Grant find(Call call, Named named, boolean byToken) {
        if (!named.key().region().equals(call.region())) { // a token counts in its own Region only
            throw GrantRules.notFound(named.grantId());
        }
        Grant grant =
                store.<@Nullable Grant>read(tx -> tx.grants().find(named.key(), named.grantId()));
        if (grant == null && !byToken) {
            if (!named.key().account().equals(call.account())) { // of others' keys nothing is told
                throw keys.access().hidden(call, ACTION, new Details(), named.key(), named.key());
            }
            keys.existing(call, ACTION, named.key(), new Details());
        }
        return GrantRules.orNotFound(named.grantId(), grant);
    }

    private Named named(Call call, RetireGrantRequest request) {
        if (request.grantToken() != null) {
            return tokens.read(request.grantToken());
        }
        if (request.keyId() == null || request.grantId() == null) {
            throw new ValidationException(
                    "Please specify either a grant token, or a key ID and a grant ID.");
        }
        GrantRules.requireGrantId(request.grantId());
        return new Named(
                KeyReference.parseKey(request.keyId(), call.account(), call.region()),
                request.grantId());
    }
}
