package trent.policy;

import java.util.List;
import trent.api.KmsOperation;
import trent.api.ListKeyPoliciesRequest;
import trent.api.ListKeyPoliciesResponse;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.Page;

/** ListKeyPolicies: the names of the policies of a key, which has exactly one. */
public record ListKeyPolicies(KeyFinder keys)
        implements Operation<ListKeyPoliciesRequest, ListKeyPoliciesResponse> {

    private static final KmsOperation<ListKeyPoliciesRequest, ListKeyPoliciesResponse> OPERATION =
            KmsOperation.LIST_KEY_POLICIES;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public ListKeyPoliciesResponse answer(Call call, ListKeyPoliciesRequest request) {
        keys.managed(call, ACTION, request.keyId());
        boolean shown = !Page.position(OPERATION, request.marker()).isEmpty();
        return new ListKeyPoliciesResponse(
                shown ? List.of() : List.of(KeyPolicies.NAME), null, false);
    }
}
