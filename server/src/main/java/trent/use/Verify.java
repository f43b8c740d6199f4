package trent.use;

import trent.api.KMSInvalidSignatureException;
import trent.api.KmsOperation;
import trent.api.VerifyRequest;
import trent.api.VerifyResponse;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.crypto.MessageKind;
import trent.crypto.signature.Signer;
import trent.key.KeyFinder;
import trent.store.Key;

/** Verify: whether a signature is one of a message; if it is not, that is an error. */
public record Verify(KeyFinder keys, AsymmetricKeys asymmetric)
        implements Operation<VerifyRequest, VerifyResponse> {

    private static final KmsOperation<VerifyRequest, VerifyResponse> OPERATION =
            KmsOperation.VERIFY;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public VerifyResponse answer(Call call, VerifyRequest request) {
        Key key =
                keys.used(
                        call,
                        ACTION,
                        request.keyId(),
                        request.grantTokens(),
                        Signing.details(request.signingAlgorithm(), request.messageType()));
        byte[] message = request.message().bytes();
        MessageKind kind =
                Signing.require(
                        OPERATION,
                        key,
                        request.signingAlgorithm(),
                        request.messageType(),
                        message.length);
        Signer signer = Signer.of(request.signingAlgorithm());
        byte[] signature = request.signature().bytes();
        boolean valid =
                asymmetric.withPublicKey(
                        call, key, publicKey -> signer.verify(publicKey, message, signature, kind));
        if (!valid) {
            throw new KMSInvalidSignatureException();
        }
        DryRun.end(request.dryRun());
        return new VerifyResponse(key.arn().toString(), true, request.signingAlgorithm());
    }
}
