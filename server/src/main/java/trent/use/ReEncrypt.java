package trent.use;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trent.access.Detail;
import trent.access.Details;
import trent.api.Blob;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KmsOperation;
import trent.api.ReEncryptRequest;
import trent.api.ReEncryptResponse;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.name.KeyArn;
import trent.name.KeyReference;
import trent.store.Key;
import trent.use.Encryption.Encrypted;
import trent.use.Encryption.Opened;
import trent.use.Encryption.Sealed;
import trent.use.Encryption.Source;

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
        Sealed sealed =
                new Sealed(
                        blob,
                        request.sourceKeyId(),
                        request.sourceEncryptionAlgorithm(),
                        request.sourceEncryptionContext(),
                        request.grantTokens());
        // Both permissions before the first decryption.
        KeyReference there =
                KeyReference.parse(request.destinationKeyId(), call.account(), call.region());
        Source source = encryption.source(call, Action.RE_ENCRYPT_FROM, sealed);
        Details to = destinationDetails(request);
        noteSame(source.key(), keys.pointedAt(there), source.details(), to);
        encryption.requireAllowed(call, Action.RE_ENCRYPT_FROM, source, sealed);
        Key destination = keys.named(call, Action.RE_ENCRYPT_TO, request.destinationKeyId(), to);
        keys.access().require(call, Action.RE_ENCRYPT_TO, destination, to);

        Opened opened = encryption.open(OPERATION, call, source, sealed);
        byte[] plaintext = opened.plaintext().bytes();
        try {
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

    private static Details destinationDetails(ReEncryptRequest request) {
        return Encryption.details(
                request.destinationEncryptionAlgorithm(), request.destinationEncryptionContext());
    }

    private static void noteSame(
            Key source, @Nullable KeyArn destination, Details from, Details to) {
        String same = Boolean.toString(source.arn().equals(destination));
        from.with(Detail.RE_ENCRYPT_ON_SAME_KEY, same);
        to.with(Detail.RE_ENCRYPT_ON_SAME_KEY, same);
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
        Details from =
                Encryption.details(
                        request.sourceEncryptionAlgorithm(), request.sourceEncryptionContext());
        Details to = destinationDetails(request);
        keys.access().requireKnown(request.grantTokens());
        KeyReference there =
                KeyReference.parse(request.destinationKeyId(), call.account(), call.region());
        Key source = keys.named(call, Action.RE_ENCRYPT_FROM, sourceKeyId, from);
        noteSame(source, keys.pointedAt(there), from, to);
        keys.access().require(call, Action.RE_ENCRYPT_FROM, source, from);
        Key destination = keys.named(call, Action.RE_ENCRYPT_TO, request.destinationKeyId(), to);
        keys.access().require(call, Action.RE_ENCRYPT_TO, destination, to);
        Encryption.require(OPERATION, source, request.sourceEncryptionAlgorithm());
        Encryption.require(OPERATION, destination, request.destinationEncryptionAlgorithm());
        DryRun.end(request.dryRun());
        return new IllegalStateException("a request without ciphertext was let through");
    }
}
