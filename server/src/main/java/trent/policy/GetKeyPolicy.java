package trent.policy;

import org.jspecify.annotations.Nullable;
import trent.api.GetKeyPolicyRequest;
import trent.api.GetKeyPolicyResponse;
import trent.api.KmsOperation;
import trent.api.NotFoundException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.name.KeyArn;
import trent.store.Policies.Stored;
import trent.store.Store;

/** GetKeyPolicy: the policy of a key, as it was given. */
public record GetKeyPolicy(KeyFinder keys, KeyPolicyDocuments documents, Store store)
        implements Operation<GetKeyPolicyRequest, GetKeyPolicyResponse> {

    private static final KmsOperation<GetKeyPolicyRequest, GetKeyPolicyResponse> OPERATION =
            KmsOperation.GET_KEY_POLICY;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public GetKeyPolicyResponse answer(Call call, GetKeyPolicyRequest request) {
        KeyArn arn = keys.managed(call, ACTION, request.keyId()).arn();
        KeyPolicies.requireName(request.policyName());
        Stored policy = store.<@Nullable Stored>read(tx -> tx.policies().of(arn));
        if (policy == null) { // deleted since it was found
            throw new NotFoundException("Key '" + arn + "' does not exist");
        }
        return new GetKeyPolicyResponse(documents.shown(policy, call.region()), KeyPolicies.NAME);
    }
}
