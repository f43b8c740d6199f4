package trent.grant;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.Detail;
import trent.access.Details;
import trent.api.KmsOperation;
import trent.api.ListGrantsRequest;
import trent.api.ListGrantsResponse;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.identity.PrincipalNames;
import trent.key.KeyFinder;
import trent.key.Page;
import trent.name.KeyArn;
import trent.store.Grant;
import trent.store.Grants;
import trent.store.Store;

/** ListGrants: the grants of a key, or those of one grantee, or one alone. */
public record ListGrants(KeyFinder keys, PrincipalNames names, Store store)
        implements Operation<ListGrantsRequest, ListGrantsResponse> {

    private static final KmsOperation<ListGrantsRequest, ListGrantsResponse> OPERATION =
            KmsOperation.LIST_GRANTS;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public ListGrantsResponse answer(Call call, ListGrantsRequest request) {
        KeyArn key =
                keys.managed(
                                call,
                                ACTION,
                                request.keyId(),
                                new Details().with(Detail.GRANT_IS_FOR_AWS_RESOURCE, "false"))
                        .arn();
        if (request.grantId() != null) {
            GrantRules.requireGrantId(request.grantId());
        }
        String after = Page.position(OPERATION, request.marker());
        int limit = request.limit() == null ? Entries.DEFAULT_LIMIT : request.limit();
        String grantee = request.granteePrincipal();
        @Nullable String granteeId = grantee == null ? null : names.idOf(grantee);
        List<Grant> found =
                store.read(tx -> find(tx.grants(), key, request, granteeId, after, limit + 1));
        return Entries.page(OPERATION, found, limit, names);
    }

    private static List<Grant> find(
            Grants grants,
            KeyArn key,
            ListGrantsRequest request,
            @Nullable String granteeId,
            String after,
            int limit) {
        String grantee = request.granteePrincipal();
        if (request.grantId() != null) {
            Grant one = grants.find(key, request.grantId());
            return one == null || (grantee != null && !isOf(one, grantee, granteeId))
                    ? List.of()
                    : List.of(one);
        }
        if (grantee == null) {
            return grants.list(key, after, limit);
        }
        return granteeId == null
                ? grants.listOfName(key, grantee, after, limit)
                : grants.listOf(key, granteeId, after, limit);
    }

    private static boolean isOf(Grant grant, String grantee, @Nullable String granteeId) {
        return granteeId == null
                ? grant.granteeId() == null && grantee.equals(grant.grantee())
                : granteeId.equals(grant.granteeId());
    }
}
