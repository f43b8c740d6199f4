package trent.use;

import trent.access.Detail;
import trent.access.Details;
import trent.api.KMSInvalidMacException;
import trent.api.KmsOperation;
import trent.api.VerifyMacRequest;
import trent.api.VerifyMacResponse;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.store.Key;

/** VerifyMac: whether an HMAC is the one of a message; if it is not, that is an error. */
public record VerifyMac(KeyFinder keys, Macs macs)
        implements Operation<VerifyMacRequest, VerifyMacResponse> {

    private static final KmsOperation<VerifyMacRequest, VerifyMacResponse> OPERATION =
            KmsOperation.VERIFY_MAC;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public VerifyMacResponse answer(Call call, VerifyMacRequest request) {
        Key key =
                keys.used(
                        call,
                        ACTION,
                        request.keyId(),
                        request.grantTokens(),
                        new Details().with(Detail.MAC_ALGORITHM, request.macAlgorithm().wire()));
        macs.require(OPERATION, key, request.macAlgorithm());
        if (!macs.verify(key, request.macAlgorithm(), request.message(), request.mac())) {
            throw new KMSInvalidMacException();
        }
        DryRun.end(request.dryRun());
        return new VerifyMacResponse(key.arn().toString(), true, request.macAlgorithm());
    }
}
