package trent.policy;

import trent.api.Empty;
import trent.api.KmsOperation;
import trent.api.PutKeyPolicyRequest;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.Quotas;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Store;
import trent.store.Weights;

/** PutKeyPolicy: gives a key another policy, which must let the caller change it again. */
public record PutKeyPolicy(KeyFinder keys, Store store, Quotas quotas)
        implements Operation<PutKeyPolicyRequest, Empty> {

    private static final KmsOperation<PutKeyPolicyRequest, Empty> OPERATION =
            KmsOperation.PUT_KEY_POLICY;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, PutKeyPolicyRequest request) {
        KeyArn arn = keys.managed(call, ACTION, request.keyId()).arn();
        KeyPolicies.requireName(request.policyName());
        KeyPolicies.require(
                request.policy(),
                request.bypassPolicyLockoutSafetyCheck(),
                call.principal(),
                call.region(),
                quotas);
        return store.write(
                Weights.of(request.policy()),
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    KeyStates.require(OPERATION, key);
                    tx.policies().put(arn, request.policy());
                    return Empty.EMPTY;
                });
    }
}
