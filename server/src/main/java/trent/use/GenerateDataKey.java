package trent.use;

import trent.api.Blob;
import trent.api.GenerateDataKeyRequest;
import trent.api.GenerateDataKeyResponse;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.store.Key;
import trent.use.SymmetricKeys.Wrapped;

/** GenerateDataKey: a new data key, in the clear and encrypted under a key; Trent keeps neither. */
public record GenerateDataKey(KeyFinder keys, SymmetricKeys symmetric, Recipients recipients)
        implements Operation<GenerateDataKeyRequest, GenerateDataKeyResponse> {

    private static final KmsOperation<GenerateDataKeyRequest, GenerateDataKeyResponse> OPERATION =
            KmsOperation.GENERATE_DATA_KEY;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public GenerateDataKeyResponse answer(Call call, GenerateDataKeyRequest request) {
        Recipient recipient = recipients.of(call, request.recipient());
        Key key =
                keys.used(
                        call,
                        ACTION,
                        request.keyId(),
                        request.grantTokens(),
                        Encryption.details(null, request.encryptionContext()));
        int length = DataKeys.length(request.numberOfBytes(), request.keySpec());
        symmetric.requireForDataKeys(OPERATION, key);
        Blob dataKey = new Blob(symmetric.entropy().bytes(length));
        Wrapped wrapped = symmetric.encrypt(key, request.encryptionContext(), dataKey.bytes());
        DryRun.end(request.dryRun());
        return GenerateDataKeyResponse.builder()
                .ciphertextBlob(wrapped.ciphertext())
                .plaintext(recipient.plaintext(dataKey))
                .ciphertextForRecipient(recipient.ciphertext(dataKey))
                .keyId(key.arn().toString())
                .keyMaterialId(recipient.materialId(wrapped.materialId()))
                .build();
    }
}
