package trent.grant;

import java.util.List;
import trent.access.Access;
import trent.api.KmsOperation;
import trent.api.ListGrantsResponse;
import trent.api.ListRetirableGrantsRequest;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.Page;
import trent.name.Arn;
import trent.store.Grant;
import trent.store.Store;

/**
 * ListRetirableGrants: the grants of the Region, on keys of any account, that a principal of the
 * caller's account may retire.
 */
public record ListRetirableGrants(Access access, Store store)
        implements Operation<ListRetirableGrantsRequest, ListGrantsResponse> {

    private static final KmsOperation<ListRetirableGrantsRequest, ListGrantsResponse> OPERATION =
            KmsOperation.LIST_RETIRABLE_GRANTS;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public ListGrantsResponse answer(Call call, ListRetirableGrantsRequest request) {
        String principal = request.retiringPrincipal();
        GrantRules.requirePrincipal(principal, call.region());
        access.require(call, ACTION, Arn.EVERYTHING);
        access.requireOwnPrincipal(call, ACTION, principal);
        String after = Page.position(OPERATION, request.marker());
        int limit = request.limit() == null ? Entries.DEFAULT_LIMIT : request.limit();
        List<Grant> found =
                store.read(
                        tx -> tx.grants().retirableBy(principal, call.region(), after, limit + 1));
        return Entries.page(OPERATION, found, limit);
    }
}
