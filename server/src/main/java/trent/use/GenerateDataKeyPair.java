package trent.use;

import trent.access.Detail;
import trent.api.GenerateDataKeyPairRequest;
import trent.api.GenerateDataKeyPairResponse;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.LongWork;
import trent.key.Sm2Regions;
import trent.store.Key;
import trent.use.SymmetricKeys.Wrapped;

/** GenerateDataKeyPair: a new key pair, its private key in the clear and encrypted under a key. */
public record GenerateDataKeyPair(
        KeyFinder keys,
        SymmetricKeys symmetric,
        Sm2Regions sm2,
        LongWork work,
        Recipients recipients)
        implements Operation<GenerateDataKeyPairRequest, GenerateDataKeyPairResponse> {

    private static final KmsOperation<GenerateDataKeyPairRequest, GenerateDataKeyPairResponse>
            OPERATION = KmsOperation.GENERATE_DATA_KEY_PAIR;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public GenerateDataKeyPairResponse answer(Call call, GenerateDataKeyPairRequest request) {
        Recipient recipient = recipients.of(call, request.recipient());
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
        DryRun.end(request.dryRun());
        return GenerateDataKeyPairResponse.builder()
                .privateKeyCiphertextBlob(wrapped.ciphertext())
                .privateKeyPlaintext(recipient.plaintext(pair.privateKey()))
                .ciphertextForRecipient(recipient.ciphertext(pair.privateKey()))
                .publicKey(pair.publicKey())
                .keyId(key.arn().toString())
                .keyPairSpec(request.keyPairSpec())
                .keyMaterialId(recipient.materialId(wrapped.materialId()))
                .build();
    }
}
