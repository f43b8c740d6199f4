package trent.use;

import trent.access.Details;
import trent.api.GetPublicKeyRequest;
import trent.api.GetPublicKeyResponse;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.UnsupportedOperationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyKind;
import trent.key.KeySpecs;
import trent.key.KeyStates;
import trent.store.Key;

/** GetPublicKey: the public key of an asymmetric key, which is no secret. */
public record GetPublicKey(KeyFinder keys, AsymmetricKeys asymmetric)
        implements Operation<GetPublicKeyRequest, GetPublicKeyResponse> {

    private static final KmsOperation<GetPublicKeyRequest, GetPublicKeyResponse> OPERATION =
            KmsOperation.GET_PUBLIC_KEY;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public GetPublicKeyResponse answer(Call call, GetPublicKeyRequest request) {
        Key key = keys.used(call, ACTION, request.keyId(), request.grantTokens(), new Details());
        KeyStates.require(OPERATION, key);
        KeyKind kind = KeySpecs.of(key.spec());
        if (!kind.asymmetric()) {
            if (key.state() == KeyState.PENDING_IMPORT) { // recorded: state before kind
                throw AsymmetricKeys.pendingImport(key);
            }
            throw new UnsupportedOperationException();
        }
        KeySpec spec = key.spec();
        KeyUsageType usage = key.usage();
        return GetPublicKeyResponse.builder()
                .keyId(key.arn().toString())
                .publicKey(asymmetric.encoded(key))
                .customerMasterKeySpec(spec)
                .keySpec(spec)
                .keyUsage(usage)
                .encryptionAlgorithms(
                        usage == KeyUsageType.ENCRYPT_DECRYPT ? kind.encryption() : null)
                .signingAlgorithms(usage == KeyUsageType.SIGN_VERIFY ? kind.signing() : null)
                .keyAgreementAlgorithms(
                        usage == KeyUsageType.KEY_AGREEMENT ? kind.keyAgreement() : null)
                .build();
    }
}
