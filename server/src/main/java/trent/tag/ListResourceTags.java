package trent.tag;

import java.util.List;
import trent.api.KmsOperation;
import trent.api.ListResourceTagsRequest;
import trent.api.ListResourceTagsResponse;
import trent.api.Tag;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.Page;
import trent.name.KeyArn;
import trent.store.Store;

/** ListResourceTags: the tags of a key in the order of their tag keys. */
public record ListResourceTags(KeyFinder keys, Store store)
        implements Operation<ListResourceTagsRequest, ListResourceTagsResponse> {

    private static final KmsOperation<ListResourceTagsRequest, ListResourceTagsResponse> OPERATION =
            KmsOperation.LIST_RESOURCE_TAGS;
    private static final Action ACTION = Action.of(OPERATION);
    private static final int DEFAULT_LIMIT = 50;

    @Override
    public ListResourceTagsResponse answer(Call call, ListResourceTagsRequest request) {
        KeyArn arn = keys.managed(call, ACTION, request.keyId()).arn();
        String after = Page.position(OPERATION, request.marker());
        int limit = request.limit() == null ? DEFAULT_LIMIT : request.limit();
        List<Tag> found = store.read(tx -> tx.tags().list(arn, after, limit + 1));
        Page<Tag> page = Page.of(OPERATION, found, limit, Tag::tagKey);
        return new ListResourceTagsResponse(page.items(), page.next(), page.truncated());
    }
}
