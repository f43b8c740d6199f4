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
import trent.use.Encryption.Encrypted;
import trent.use.Encryption.Opened;
import trent.use.Encryption.Sealed;

/**
 * ReEncrypt: from one key to another, or to another encryption context,
 * without showing the plaintext.
 */
public record ReEncrypt(KeyFinder keys, Encryption encryption)
        implements Operation<ReEncryptRequest, ReEncryptResponse> {

    private static final KmsOperation<ReEncryptRequest, ReEncryptResponse> OPERATION =
            KmsOperation.RE_ENCRYPT;

    @Override
    public ReEncryptResponse answer(Call call, ReEncryptRequest request) {
        Blob blob = request.ciphertextBlob();
        if (blob == null || DryRun.ignoresCiphertext(request.dryRun(), request.dryRunModifiers())) {
            throw authorizedOnly(call, request, request.sourceKeyId());
        }
        Opened opened =
                encryption.open(
                        OPERATION,
                        call,
                        Action.RE_ENCRYPT_FROM,
                        new Sealed(
                                blob,
                                request.sourceKeyId(),
                                request.sourceEncryptionAlgorithm(),
                                request.sourceEncryptionContext(),
                                request.grantTokens()));
        byte[] plaintext = opened.plaintext().bytes();
        try {
            Key destination = destination(call, request);
            EncryptionAlgorithmSpec algorithm =
                    Encryption.require(
                            OPERATION, destination, request.destinationEncryptionAlgorithm());
            Encrypted moved =
                    encryption.encrypt(
                            call,
                            destination,
                            algorithm,
                            request.destinationEncryptionContext(),
                            plaintext);
            DryRun.end(request.dryRun());
            return ReEncryptResponse.builder()
                    .ciphertextBlob(moved.ciphertext())
                    .sourceKeyId(opened.key().arn().toString())
                    .keyId(destination.arn().toString())
                    .sourceEncryptionAlgorithm(opened.algorithm())
                    .destinationEncryptionAlgorithm(algorithm)
                    .sourceKeyMaterialId(opened.materialId())
                    .destinationKeyMaterialId(moved.materialId())
                    .build();
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    private Key destination(Call call, ReEncryptRequest request) {
        return keys.used(
                call, Action.RE_ENCRYPT_TO, request.destinationKeyId(), request.grantTokens());
    }

    /**
     * A dry run that asks for the permissions only: the ciphertext does not matter, and its
     * key is named instead.
     */
    private RuntimeException authorizedOnly(
            Call call, ReEncryptRequest request, @Nullable String sourceKeyId) {
        if (sourceKeyId == null) {
            return new IllegalStateException(
                    "a request without ciphertext and key was let through");
        }
        Key source = keys.used(call, Action.RE_ENCRYPT_FROM, sourceKeyId, request.grantTokens());
        Encryption.require(OPERATION, source, request.sourceEncryptionAlgorithm());
        Encryption.require(
                OPERATION, destination(call, request), request.destinationEncryptionAlgorithm());
        DryRun.end(request.dryRun());
        return new IllegalStateException("a request without ciphertext was let through");
    }
}
