package trent.lifecycle;

import trent.access.Details;
import trent.api.DescribeKeyRequest;
import trent.api.DescribeKeyResponse;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.Metadata;
import trent.store.Key;

/** DescribeKey: everything about a key but its material, policy, tags and aliases. */
public record DescribeKey(KeyFinder keys, AwsManagedKeys managed)
        implements Operation<DescribeKeyRequest, DescribeKeyResponse> {

    private static final KmsOperation<DescribeKeyRequest, DescribeKeyResponse> OPERATION =
            KmsOperation.DESCRIBE_KEY;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public DescribeKeyResponse answer(Call call, DescribeKeyRequest request) {
        managed.makeIfFirst(call, ACTION, request.keyId());
        Key key = keys.used(call, ACTION, request.keyId(), request.grantTokens(), new Details());
        return new DescribeKeyResponse(Metadata.of(key, keys.related(key)));
    }
}
