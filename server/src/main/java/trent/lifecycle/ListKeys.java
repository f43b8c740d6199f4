package trent.lifecycle;

import java.util.List;
import trent.access.Access;
import trent.access.Details;
import trent.api.KeyListEntry;
import trent.api.KmsOperation;
import trent.api.ListKeysRequest;
import trent.api.ListKeysResponse;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.Page;
import trent.name.KeyArn;
import trent.store.Store;

/** ListKeys: the keys of the account and Region, whatever their state. */
public record ListKeys(Access access, Store store)
        implements Operation<ListKeysRequest, ListKeysResponse> {

    private static final KmsOperation<ListKeysRequest, ListKeysResponse> OPERATION =
            KmsOperation.LIST_KEYS;
    private static final Action ACTION = Action.of(OPERATION);
    private static final int DEFAULT_LIMIT = 100;

    @Override
    public ListKeysResponse answer(Call call, ListKeysRequest request) {
        access.requireAnywhere(call, ACTION, new Details());
        String after = Page.position(OPERATION, request.marker());
        int limit = request.limit() == null ? DEFAULT_LIMIT : request.limit();
        List<KeyArn> found =
                store.read(tx -> tx.keys().list(call.account(), call.region(), after, limit + 1));
        Page<KeyArn> page = Page.of(OPERATION, found, limit, key -> key.id().value());
        return new ListKeysResponse(
                page.items().stream()
                        .map(key -> new KeyListEntry(key.id().value(), key.toString()))
                        .toList(),
                page.next(),
                page.truncated());
    }
}
