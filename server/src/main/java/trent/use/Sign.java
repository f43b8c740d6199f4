package trent.use;

import trent.api.Blob;
import trent.api.KmsOperation;
import trent.api.SignRequest;
import trent.api.SignResponse;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.crypto.MessageKind;
import trent.crypto.signature.Signer;
import trent.key.KeyFinder;
import trent.store.Key;

/** Sign: the signature of a message, or of its digest, by a private key that never leaves. */
public record Sign(KeyFinder keys, AsymmetricKeys asymmetric)
        implements Operation<SignRequest, SignResponse> {

    private static final KmsOperation<SignRequest, SignResponse> OPERATION = KmsOperation.SIGN;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public SignResponse answer(Call call, SignRequest request) {
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
        byte[] signature =
                asymmetric.withPrivateKey(
                        call, key, privateKey -> signer.sign(privateKey, message, kind));
        DryRun.end(request.dryRun());
        return new SignResponse(
                key.arn().toString(), new Blob(signature), request.signingAlgorithm());
    }
}
