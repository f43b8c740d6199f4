package trent.use;

import java.util.Arrays;
import trent.api.GenerateDataKeyWithoutPlaintextRequest;
import trent.api.GenerateDataKeyWithoutPlaintextResponse;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.store.Key;
import trent.use.SymmetricKeys.Wrapped;

/** GenerateDataKeyWithoutPlaintext: a new data key, encrypted under a key and never shown. */
public record GenerateDataKeyWithoutPlaintext(KeyFinder keys, SymmetricKeys symmetric)
        implements Operation<
                GenerateDataKeyWithoutPlaintextRequest, GenerateDataKeyWithoutPlaintextResponse> {

    private static final KmsOperation<
                    GenerateDataKeyWithoutPlaintextRequest, GenerateDataKeyWithoutPlaintextResponse>
            OPERATION = KmsOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public GenerateDataKeyWithoutPlaintextResponse answer(
            Call call, GenerateDataKeyWithoutPlaintextRequest request) {
        Key key =
                keys.used(
                        call,
                        ACTION,
                        request.keyId(),
                        request.grantTokens(),
                        Encryption.details(null, request.encryptionContext()));
        int length = DataKeys.length(request.numberOfBytes(), request.keySpec());
        symmetric.requireForDataKeys(OPERATION, key);
        byte[] dataKey = symmetric.entropy().bytes(length);
        Wrapped wrapped = symmetric.encrypt(key, request.encryptionContext(), dataKey);
        Arrays.fill(dataKey, (byte) 0);
        DryRun.end(request.dryRun());
        return new GenerateDataKeyWithoutPlaintextResponse(
                wrapped.ciphertext(), key.arn().toString(), wrapped.materialId());
    }
}
