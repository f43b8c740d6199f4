package trent.alias;

import java.util.List;
import trent.access.Access;
import trent.api.AliasListEntry;
import trent.api.KmsOperation;
import trent.api.ListAliasesRequest;
import trent.api.ListAliasesResponse;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.Page;
import trent.name.Arn;
import trent.name.KeyArn;
import trent.name.KeyReference;
import trent.store.Alias;
import trent.store.Store;

/**
 * ListAliases: the aliases of the caller's account and Region in the order of their names, or those
 * of one key.
 */
public record ListAliases(Access access, KeyFinder keys, Store store)
        implements Operation<ListAliasesRequest, ListAliasesResponse> {

    private static final KmsOperation<ListAliasesRequest, ListAliasesResponse> OPERATION =
            KmsOperation.LIST_ALIASES;
    private static final Action ACTION = Action.of(OPERATION);
    private static final int DEFAULT_LIMIT = 50;

    @Override
    public ListAliasesResponse answer(Call call, ListAliasesRequest request) {
        access.require(call, ACTION, Arn.EVERYTHING);
        String after = Page.position(OPERATION, request.marker());
        int limit = request.limit() == null ? DEFAULT_LIMIT : request.limit();
        List<Alias> found =
                request.keyId() == null
                        ? store.read(
                                tx ->
                                        tx.aliases()
                                                .list(
                                                        call.account(),
                                                        call.region(),
                                                        after,
                                                        limit + 1))
                        : ofKey(call, request.keyId(), after, limit + 1);
        Page<Alias> page = Page.of(OPERATION, found, limit, alias -> alias.arn().name().value());
        return new ListAliasesResponse(
                page.items().stream().map(ListAliases::entry).toList(),
                page.next(),
                page.truncated());
    }

    private List<Alias> ofKey(Call call, String keyId, String after, int limit) {
        KeyArn key = KeyReference.parseKey(keyId, call.account(), call.region());
        keys.existing(call, ACTION, key);
        return store.aliasesOf(key).stream()
                .filter(alias -> alias.arn().name().value().compareTo(after) > 0)
                .limit(limit)
                .toList();
    }

    private static AliasListEntry entry(Alias alias) {
        return AliasListEntry.builder()
                .aliasName(alias.arn().name().value())
                .aliasArn(alias.arn().toString())
                .targetKeyId(alias.target().value())
                .creationDate(alias.created())
                .lastUpdatedDate(alias.updated())
                .build();
    }
}
