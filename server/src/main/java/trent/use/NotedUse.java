package trent.use;

import trent.api.KeyLastUsageTrackingOperation;
import trent.call.Call;
import trent.call.Operation;
import trent.key.LatestUses;
import trent.name.Arn;
import trent.name.KeyArn;

/**
 * An operation that counts as use of the keys it is about. A failure does not, nor does a dry run,
 * which always is one.
 */
public record NotedUse<I, O>(
        Operation<I, O> code, KeyLastUsageTrackingOperation operation, LatestUses uses)
        implements Operation<I, O> {

    @Override
    public O answer(Call call, I request) {
        O answer = code.answer(call, request);
        for (Arn resource : call.resources()) {
            if (resource instanceof KeyArn key) {
                uses.note(key, operation, call.requestId());
            }
        }
        return answer;
    }
}
