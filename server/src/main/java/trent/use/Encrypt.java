package trent.use;

import trent.api.Blob;
import trent.api.EncryptRequest;
import trent.api.EncryptResponse;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.store.Key;

/** Encrypt: up to 4096 bytes under a key, bound to an encryption context. */
public record Encrypt(KeyFinder keys, Encryption encryption)
        implements Operation<EncryptRequest, EncryptResponse> {

    private static final KmsOperation<EncryptRequest, EncryptResponse> OPERATION =
            KmsOperation.ENCRYPT;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public EncryptResponse answer(Call call, EncryptRequest request) {
        Key key =
                keys.used(
                        call,
                        ACTION,
                        request.keyId(),
                        request.grantTokens(),
                        Encryption.details(
                                request.encryptionAlgorithm(), request.encryptionContext()));
        EncryptionAlgorithmSpec algorithm =
                Encryption.require(OPERATION, key, request.encryptionAlgorithm());
        Blob ciphertext =
                encryption
                        .encrypt(
                                call,
                                key,
                                algorithm,
                                request.encryptionContext(),
                                request.plaintext().bytes())
                        .ciphertext();
        DryRun.end(request.dryRun());
        return new EncryptResponse(ciphertext, key.arn().toString(), algorithm);
    }
}
