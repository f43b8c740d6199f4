package trent.grant;

import java.util.List;
import trent.api.KmsOperation;
import trent.api.ListGrantsRequest;
import trent.api.ListGrantsResponse;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.Page;
import trent.name.KeyArn;
import trent.store.Grant;
import trent.store.Grants;
import trent.store.Store;

/** ListGrants: the grants of a key, or those of one grantee, or one alone. */
public record ListGrants(KeyFinder keys, Store store)
        implements Operation<ListGrantsRequest, ListGrantsResponse> {

    private static final KmsOperation<ListGrantsRequest, ListGrantsResponse> OPERATION =
            KmsOperation.LIST_GRANTS;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public ListGrantsResponse answer(Call call, ListGrantsRequest request) {
        KeyArn key = keys.managed(call, ACTION, request.keyId()).arn();
        if (request.grantId() != null) {
            GrantRules.requireGrantId(request.grantId());
        }
        String after = Page.position(OPERATION, request.marker());
        int limit = request.limit() == null ? Entries.DEFAULT_LIMIT : request.limit();
        List<Grant> found = store.read(tx -> find(tx.grants(), key, request, after, limit + 1));
        return Entries.page(OPERATION, found, limit);
    }

    private static List<Grant> find(
            Grants grants, KeyArn key, ListGrantsRequest request, String after, int limit) {
        String grantee = request.granteePrincipal();
        if (request.grantId() != null) {
            Grant one = grants.find(key, request.grantId());
            return one == null || (grantee != null && !grantee.equals(one.grantee()))
                    ? List.of()
                    : List.of(one);
        }
        return grantee == null
                ? grants.list(key, after, limit)
                : grants.listOf(key, grantee, after, limit);
    }
}
