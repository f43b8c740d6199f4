package trent.use;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KmsOperation;
import trent.api.ReEncryptRequest;
import trent.api.ReEncryptResponse;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.store.Key;
import trent.use.SymmetricKeys.Opened;

/**
 * ReEncrypt: from one key to another, or to another encryption context, without showing the
 * plaintext.
 */
public record ReEncrypt(KeyFinder keys, SymmetricKeys symmetric)
        implements Operation<ReEncryptRequest, ReEncryptResponse> {

    private static final KmsOperation<ReEncryptRequest, ReEncryptResponse> OPERATION =
            KmsOperation.RE_ENCRYPT;

    @Override
    public ReEncryptResponse answer(Call call, ReEncryptRequest request) {
        Blob blob = request.ciphertextBlob();
        if (blob == null) {
            throw authorizedOnly(call, request, request.sourceKeyId());
        }
        CiphertextBlob ciphertext = CiphertextBlob.parse(blob);
        Key source =
                symmetric.named(call, Action.RE_ENCRYPT_FROM, ciphertext, request.grantTokens());
        if (request.sourceKeyId() != null) {
            SourceKey.requireSame(
                    source,
                    keys.used(
                            call,
                            Action.RE_ENCRYPT_FROM,
                            request.sourceKeyId(),
                            request.grantTokens()));
        }
        symmetric.require(OPERATION, source, request.sourceEncryptionAlgorithm());
        Opened opened = symmetric.decrypt(source, ciphertext, request.sourceEncryptionContext());
        byte[] plaintext = opened.plaintext().bytes();
        try {
            Key destination = destination(call, request);
            Blob moved =
                    symmetric.encrypt(
                            destination, request.destinationEncryptionContext(), plaintext);
            DryRun.end(request.dryRun());
            return ReEncryptResponse.builder()
                    .ciphertextBlob(moved)
                    .sourceKeyId(source.arn().toString())
                    .keyId(destination.arn().toString())
                    .sourceEncryptionAlgorithm(EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT)
                    .destinationEncryptionAlgorithm(EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT)
                    .sourceKeyMaterialId(opened.materialId())
                    .destinationKeyMaterialId(destination.currentMaterialId())
                    .build();
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    private Key destination(Call call, ReEncryptRequest request) {
        Key destination =
                keys.used(
                        call,
                        Action.RE_ENCRYPT_TO,
                        request.destinationKeyId(),
                        request.grantTokens());
        symmetric.require(OPERATION, destination, request.destinationEncryptionAlgorithm());
        return destination;
    }

    /**
     * A dry run that asks for the permissions only: the ciphertext is absent, and its key named
     * instead.
     */
    private RuntimeException authorizedOnly(
            Call call, ReEncryptRequest request, @Nullable String sourceKeyId) {
        if (sourceKeyId == null) {
            return new IllegalStateException(
                    "a request without ciphertext and key id was let through");
        }
        Key source = keys.used(call, Action.RE_ENCRYPT_FROM, sourceKeyId, request.grantTokens());
        symmetric.require(OPERATION, source, request.sourceEncryptionAlgorithm());
        destination(call, request);
        DryRun.end(request.dryRun());
        return new IllegalStateException(
                "a request without ciphertext that is no dry run was let through");
    }
}
