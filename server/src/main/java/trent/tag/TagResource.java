package trent.tag;

import trent.api.Empty;
import trent.api.KmsOperation;
import trent.api.Tag;
import trent.api.TagResourceRequest;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.Quotas;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Store;

/** TagResource: adds tags to a key, or gives those it has other values. */
public record TagResource(KeyFinder keys, Store store, Quotas quotas)
        implements Operation<TagResourceRequest, Empty> {

    private static final KmsOperation<TagResourceRequest, Empty> OPERATION =
            KmsOperation.TAG_RESOURCE;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, TagResourceRequest request) {
        KeyArn arn = keys.managed(call, ACTION, request.keyId()).arn();
        TagRules.require(request.tags(), quotas);
        return store.write(
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    KeyStates.require(OPERATION, key);
                    for (Tag tag : request.tags()) {
                        tx.tags().put(arn, tag);
                    }
                    if (tx.tags().list(arn, "", quotas.tagsPerKey() + 1).size()
                            > quotas.tagsPerKey()) {
                        throw TagRules.tooMany();
                    }
                    return Empty.EMPTY;
                });
    }
}
