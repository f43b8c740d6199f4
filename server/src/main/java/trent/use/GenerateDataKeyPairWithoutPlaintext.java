package trent.use;

import java.util.Arrays;
import trent.access.Detail;
import trent.api.GenerateDataKeyPairWithoutPlaintextRequest;
import trent.api.GenerateDataKeyPairWithoutPlaintextResponse;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.LongWork;
import trent.key.Sm2Regions;
import trent.store.Key;
import trent.use.SymmetricKeys.Wrapped;

/**
 * GenerateDataKeyPairWithoutPlaintext: a new key pair, its private key only encrypted under a key.
 */
public record GenerateDataKeyPairWithoutPlaintext(
        KeyFinder keys, SymmetricKeys symmetric, Sm2Regions sm2, LongWork work)
        implements Operation<
                GenerateDataKeyPairWithoutPlaintextRequest,
                GenerateDataKeyPairWithoutPlaintextResponse> {

    private static final KmsOperation<
                    GenerateDataKeyPairWithoutPlaintextRequest,
                    GenerateDataKeyPairWithoutPlaintextResponse>
            OPERATION = KmsOperation.GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public GenerateDataKeyPairWithoutPlaintextResponse answer(
            Call call, GenerateDataKeyPairWithoutPlaintextRequest request) {
        Key key =
                keys.used(
                        call,
                        ACTION,
                        request.keyId(),
                        request.grantTokens(),
                        Encryption.details(null, request.encryptionContext())
                                .with(Detail.DATA_KEY_PAIR_SPEC, request.keyPairSpec().wire()));
        symmetric.requireForDataKeys(OPERATION, key);
        DataKeyPair pair = DataKeyPair.generate(request.keyPairSpec(), call, sm2, work);
        Wrapped wrapped =
                symmetric.encrypt(key, request.encryptionContext(), pair.privateKey().bytes());
        Arrays.fill(pair.privateKey().bytes(), (byte) 0);
        DryRun.end(request.dryRun());
        return GenerateDataKeyPairWithoutPlaintextResponse.builder()
                .privateKeyCiphertextBlob(wrapped.ciphertext())
                .publicKey(pair.publicKey())
                .keyId(key.arn().toString())
                .keyPairSpec(request.keyPairSpec())
                .keyMaterialId(wrapped.materialId())
                .build();
    }
}
