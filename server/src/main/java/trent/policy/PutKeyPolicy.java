package trent.policy;

import trent.access.Detail;
import trent.access.Details;
import trent.api.Empty;
import trent.api.KmsOperation;
import trent.api.PutKeyPolicyRequest;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Policies.Stored;
import trent.store.Store;
import trent.store.Weights;

/** PutKeyPolicy: gives a key another policy, which must let the caller change it again. */
public record PutKeyPolicy(KeyFinder keys, KeyPolicies policies, Store store)
        implements Operation<PutKeyPolicyRequest, Empty> {

    private static final KmsOperation<PutKeyPolicyRequest, Empty> OPERATION =
            KmsOperation.PUT_KEY_POLICY;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, PutKeyPolicyRequest request) {
        Key key =
                keys.managed(
                        call,
                        ACTION,
                        request.keyId(),
                        new Details()
                                .with(
                                        Detail.BYPASS_POLICY_LOCKOUT_SAFETY_CHECK,
                                        KeyPolicies.bypass(
                                                request.bypassPolicyLockoutSafetyCheck())));
        KeyArn arn = key.arn();
        KeyPolicies.requireName(request.policyName());
        Stored policy =
                policies.ofKey(
                        call, key, request.policy(), request.bypassPolicyLockoutSafetyCheck());
        return store.write(
                Weights.of(request.policy()),
                tx -> {
                    KeyStates.require(OPERATION, KeyFinder.orNotFound(arn, tx.keys().find(arn)));
                    tx.policies().put(arn, policy);
                    return Empty.EMPTY;
                });
    }
}
