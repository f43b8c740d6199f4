package trent.use;

import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.DecryptRequest;
import trent.api.DecryptResponse;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.store.Key;
import trent.use.SymmetricKeys.Opened;

/** Decrypt: the plaintext of a ciphertext, which itself names its key. */
public record Decrypt(KeyFinder keys, SymmetricKeys symmetric)
        implements Operation<DecryptRequest, DecryptResponse> {

    private static final KmsOperation<DecryptRequest, DecryptResponse> OPERATION =
            KmsOperation.DECRYPT;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public DecryptResponse answer(Call call, DecryptRequest request) {
        Blob blob = request.ciphertextBlob();
        String keyId = request.keyId();
        if (blob == null) {
            throw authorizedOnly(call, request, keyId);
        }
        CiphertextBlob ciphertext = CiphertextBlob.parse(blob);
        Key key = symmetric.named(call, ACTION, ciphertext, request.grantTokens());
        if (keyId != null) {
            SourceKey.requireSame(key, keys.used(call, ACTION, keyId, request.grantTokens()));
        }
        Recipients.requireNone(request.recipient());
        symmetric.require(OPERATION, key, request.encryptionAlgorithm());
        Opened opened = symmetric.decrypt(key, ciphertext, request.encryptionContext());
        DryRun.end(request.dryRun());
        return DecryptResponse.builder()
                .keyId(key.arn().toString())
                .plaintext(opened.plaintext())
                .encryptionAlgorithm(EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT)
                .keyMaterialId(opened.materialId())
                .build();
    }

    /**
     * A dry run that asks for the permission only: the ciphertext is absent, and the key named
     * instead.
     */
    private RuntimeException authorizedOnly(
            Call call, DecryptRequest request, @Nullable String keyId) {
        if (keyId == null) {
            return new IllegalStateException(
                    "a request without ciphertext and key id was let through");
        }
        Key key = keys.used(call, ACTION, keyId, request.grantTokens());
        symmetric.require(OPERATION, key, request.encryptionAlgorithm());
        DryRun.end(request.dryRun());
        return new IllegalStateException(
                "a request without ciphertext that is no dry run was let through");
    }
}
