package trent.use;

import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.DecryptRequest;
import trent.api.DecryptResponse;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.store.Key;
import trent.use.Encryption.Opened;
import trent.use.Encryption.Sealed;
import trent.use.Encryption.Source;

/** Decrypt: the plaintext of a ciphertext, which names its key itself if that is symmetric. */
public record Decrypt(KeyFinder keys, Encryption encryption, Recipients recipients)
        implements Operation<DecryptRequest, DecryptResponse> {

    private static final KmsOperation<DecryptRequest, DecryptResponse> OPERATION =
            KmsOperation.DECRYPT;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public DecryptResponse answer(Call call, DecryptRequest request) {
        Recipient recipient = recipients.of(call, request.recipient());
        Blob blob = request.ciphertextBlob();
        if (blob == null || DryRun.ignoresCiphertext(request.dryRun(), request.dryRunModifiers())) {
            throw authorizedOnly(call, request, request.keyId());
        }
        Sealed sealed =
                new Sealed(
                        blob,
                        request.keyId(),
                        request.encryptionAlgorithm(),
                        request.encryptionContext(),
                        request.grantTokens());
        Source source = encryption.source(call, ACTION, sealed);
        encryption.requireAllowed(call, ACTION, source, sealed);
        Opened opened = encryption.open(OPERATION, call, source, sealed);
        DryRun.end(request.dryRun());
        return DecryptResponse.builder()
                .keyId(opened.key().arn().toString())
                .plaintext(recipient.plaintext(opened.plaintext()))
                .ciphertextForRecipient(recipient.ciphertext(opened.plaintext()))
                .encryptionAlgorithm(opened.algorithm())
                .keyMaterialId(recipient.materialId(opened.materialId()))
                .build();
    }

    /**
     * A dry run that asks for the permission only: the ciphertext does not matter, and the
     * key is named instead.
     */
    private RuntimeException authorizedOnly(
            Call call, DecryptRequest request, @Nullable String keyId) {
        if (keyId == null) {
            return new IllegalStateException(
                    "a request without ciphertext and key was let through");
        }
        Key key =
                keys.used(
                        call,
                        ACTION,
                        keyId,
                        request.grantTokens(),
                        Encryption.details(
                                request.encryptionAlgorithm(), request.encryptionContext()));
        Encryption.require(OPERATION, key, request.encryptionAlgorithm());
        DryRun.end(request.dryRun());
        return new IllegalStateException("a request without ciphertext was let through");
    }
}
