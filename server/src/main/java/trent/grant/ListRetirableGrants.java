package trent.grant;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.api.KmsOperation;
import trent.api.ListGrantsResponse;
import trent.api.ListRetirableGrantsRequest;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.Page;
import trent.store.Grant;
import trent.store.Store;

/**
 * ListRetirableGrants: the grants of the Region, on keys of any account, that a principal of the
 * caller's account may retire.
 */
public record ListRetirableGrants(Access access, GrantPrincipals principals, Store store)
        implements Operation<ListRetirableGrantsRequest, ListGrantsResponse> {

    private static final KmsOperation<ListRetirableGrantsRequest, ListGrantsResponse> OPERATION =
            KmsOperation.LIST_RETIRABLE_GRANTS;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public ListGrantsResponse answer(Call call, ListRetirableGrantsRequest request) {
        String principal = request.retiringPrincipal();
        principals.requireForm(principal, call.region());
        access.requirePrincipal(call, ACTION, principal);
        @Nullable String id = principals.idOf(principal, call.region());
        String after = Page.position(OPERATION, request.marker());
        int limit = request.limit() == null ? Entries.DEFAULT_LIMIT : request.limit();
        List<Grant> found =
                store.read(
                        tx ->
                                tx.grants()
                                        .retirableBy(
                                                principal, id, call.region(), after, limit + 1));
        return Entries.page(OPERATION, found, limit, principals.principals());
    }
}
