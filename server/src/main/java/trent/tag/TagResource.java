package trent.tag;

import java.util.HashSet;
import java.util.Set;
import trent.access.Details;
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
import trent.store.Weights;

/** TagResource: adds tags to a key, or gives those it has other values. */
public record TagResource(KeyFinder keys, Store store, Quotas quotas)
        implements Operation<TagResourceRequest, Empty> {

    private static final KmsOperation<TagResourceRequest, Empty> OPERATION =
            KmsOperation.TAG_RESOURCE;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, TagResourceRequest request) {
        KeyArn arn =
                keys.managed(
                                call,
                                ACTION,
                                request.keyId(),
                                new Details().tags(TagRules.map(request.tags())))
                        .arn();
        TagRules.require(request.tags(), quotas);
        return store.write(
                Weights.of(request.tags()),
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    KeyStates.require(OPERATION, key);
                    // Counted before anything is changed: what is refused then has nothing to be
                    // undone, and costs those who share its commit nothing.
                    Set<String> all = new HashSet<>();
                    tx.tags()
                            .list(arn, "", quotas.tagsPerKey() + 1)
                            .forEach(tag -> all.add(tag.tagKey()));
                    request.tags().forEach(tag -> all.add(tag.tagKey()));
                    if (all.size() > quotas.tagsPerKey()) {
                        throw TagRules.tooMany();
                    }
                    for (Tag tag : request.tags()) {
                        tx.tags().put(arn, tag);
                    }
                    return Empty.EMPTY;
                });
    }
}
