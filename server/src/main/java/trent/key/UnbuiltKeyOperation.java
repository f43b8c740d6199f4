package trent.key;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trent.api.KmsOperation;
import trent.api.UnsupportedOperationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;

/**
 * An operation on a key that is not built yet: it refuses what it will always refuse in AWS's
 * words, and the rest as not supported.
 */
public record UnbuiltKeyOperation<I, O>(
        KeyFinder keys, KmsOperation<I, O> operation, Function<I, @Nullable String> keyId)
        implements Operation<I, O> {

    @Override
    public O answer(Call call, I request) {
        String key = keyId.apply(request);
        if (key != null) {
            keys.managed(call, Action.of(operation), key);
        }
        throw new UnsupportedOperationException(operation.name() + " is not supported yet.");
    }
}
