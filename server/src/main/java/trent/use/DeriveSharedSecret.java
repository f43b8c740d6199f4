package trent.use;

import trent.access.Detail;
import trent.access.Details;
import trent.api.Blob;
import trent.api.DeriveSharedSecretRequest;
import trent.api.DeriveSharedSecretResponse;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.crypto.Ecdh;
import trent.crypto.InvalidKeyMaterial;
import trent.key.KeyFinder;
import trent.key.KeySpecs;
import trent.key.KeyStates;
import trent.key.KeyUsages;
import trent.store.Key;

/** DeriveSharedSecret: what ECDH makes of the private key and somebody else's public key. */
public record DeriveSharedSecret(KeyFinder keys, AsymmetricKeys asymmetric, Recipients recipients)
        implements Operation<DeriveSharedSecretRequest, DeriveSharedSecretResponse> {

    private static final KmsOperation<DeriveSharedSecretRequest, DeriveSharedSecretResponse>
            OPERATION = KmsOperation.DERIVE_SHARED_SECRET;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public DeriveSharedSecretResponse answer(Call call, DeriveSharedSecretRequest request) {
        Recipient recipient = recipients.of(call, request.recipient());
        Key key =
                keys.used(
                        call,
                        ACTION,
                        request.keyId(),
                        request.grantTokens(),
                        new Details()
                                .with(
                                        Detail.KEY_AGREEMENT_ALGORITHM,
                                        request.keyAgreementAlgorithm().wire()));
        KeyUsages.require(OPERATION, key, KeyUsageType.KEY_AGREEMENT);
        KeyStates.require(OPERATION, key);
        Blob secret;
        try {
            secret =
                    asymmetric.withPrivateKey(
                            call,
                            key,
                            privateKey ->
                                    new Blob(
                                            Ecdh.agree(
                                                    KeySpecs.of(key.spec()).pairs(),
                                                    privateKey,
                                                    request.publicKey().bytes())));
        } catch (InvalidKeyMaterial _) {
            throw new ValidationException(""); // AWS's words
        }
        DryRun.end(request.dryRun());
        return DeriveSharedSecretResponse.builder()
                .keyId(key.arn().toString())
                .sharedSecret(recipient.plaintext(secret))
                .ciphertextForRecipient(recipient.ciphertext(secret))
                .keyAgreementAlgorithm(request.keyAgreementAlgorithm())
                .keyOrigin(key.origin())
                .build();
    }
}
