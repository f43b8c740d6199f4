package trent.use;

import trent.access.Detail;
import trent.access.Details;
import trent.api.Blob;
import trent.api.GenerateMacRequest;
import trent.api.GenerateMacResponse;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.store.Key;

/** GenerateMac: the HMAC of a message. */
public record GenerateMac(KeyFinder keys, Macs macs)
        implements Operation<GenerateMacRequest, GenerateMacResponse> {

    private static final KmsOperation<GenerateMacRequest, GenerateMacResponse> OPERATION =
            KmsOperation.GENERATE_MAC;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public GenerateMacResponse answer(Call call, GenerateMacRequest request) {
        Key key =
                keys.used(
                        call,
                        ACTION,
                        request.keyId(),
                        request.grantTokens(),
                        new Details().with(Detail.MAC_ALGORITHM, request.macAlgorithm().wire()));
        macs.require(OPERATION, key, request.macAlgorithm());
        Blob tag = macs.tag(key, request.macAlgorithm(), request.message());
        DryRun.end(request.dryRun());
        return new GenerateMacResponse(tag, request.macAlgorithm(), key.arn().toString());
    }
}
