package trent.tag;

import trent.access.Details;
import trent.api.Empty;
import trent.api.KmsOperation;
import trent.api.UntagResourceRequest;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Store;
import trent.store.Weights;

/** UntagResource: removes tags from a key; those it does not have are ignored. */
public record UntagResource(KeyFinder keys, Store store)
        implements Operation<UntagResourceRequest, Empty> {

    private static final KmsOperation<UntagResourceRequest, Empty> OPERATION =
            KmsOperation.UNTAG_RESOURCE;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, UntagResourceRequest request) {
        KeyArn arn =
                keys.managed(
                                call,
                                ACTION,
                                request.keyId(),
                                new Details().tagKeys(request.tagKeys()))
                        .arn();
        request.tagKeys().forEach(TagRules::requireOwn);
        return store.write(
                request.tagKeys().stream().mapToInt(Weights::of).sum(),
                tx -> {
                    Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    KeyStates.require(OPERATION, key);
                    for (String tagKey : request.tagKeys()) {
                        tx.tags().remove(arn, tagKey);
                    }
                    return Empty.EMPTY;
                });
    }
}
