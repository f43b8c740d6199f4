package trent.grant;

import trent.access.Detail;
import trent.access.Details;
import trent.api.Empty;
import trent.api.KmsOperation;
import trent.api.RevokeGrantRequest;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.name.KeyArn;
import trent.store.Grant;
import trent.store.Key;
import trent.store.Store;
import trent.use.DryRun;

/** RevokeGrant: takes back what a grant allows, at once. */
public record RevokeGrant(KeyFinder keys, Store store)
        implements Operation<RevokeGrantRequest, Empty> {

    private static final KmsOperation<RevokeGrantRequest, Empty> OPERATION =
            KmsOperation.REVOKE_GRANT;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, RevokeGrantRequest request) {
        KeyArn arn =
                keys.managed(
                                call,
                                ACTION,
                                request.keyId(),
                                new Details().with(Detail.GRANT_IS_FOR_AWS_RESOURCE, "false"))
                        .arn();
        GrantRules.requireGrantId(request.grantId());
        return store.write(
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    Grant grant =
                            GrantRules.orNotFound(
                                    request.grantId(), tx.grants().find(arn, request.grantId()));
                    KeyStates.require(OPERATION, key);
                    DryRun.end(request.dryRun());
                    tx.grants().delete(grant);
                    return Empty.EMPTY;
                });
    }
}
