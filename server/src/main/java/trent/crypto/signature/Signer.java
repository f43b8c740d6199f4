package trent.crypto.signature;

import java.security.PrivateKey;
import java.security.PublicKey;
import trent.api.SigningAlgorithmSpec;
import trent.crypto.MessageKind;

/** One signing algorithm over bytes and the JDK's key types. Knows no KMS key, caller or policy. */
public sealed interface Signer permits RsaPss, RsaPkcs1, Ecdsa, Ed25519, MlDsa, Sm2Dsa {

    /** The signer of an algorithm. */
    static Signer of(SigningAlgorithmSpec algorithm) {
        return switch (algorithm) { // no default: a new algorithm in AWS's model must not go unseen
            case RSASSA_PSS_SHA_256 -> new RsaPss(Hash.SHA_256);
            case RSASSA_PSS_SHA_384 -> new RsaPss(Hash.SHA_384);
            case RSASSA_PSS_SHA_512 -> new RsaPss(Hash.SHA_512);
            case RSASSA_PKCS1_V1_5_SHA_256 -> new RsaPkcs1(Hash.SHA_256);
            case RSASSA_PKCS1_V1_5_SHA_384 -> new RsaPkcs1(Hash.SHA_384);
            case RSASSA_PKCS1_V1_5_SHA_512 -> new RsaPkcs1(Hash.SHA_512);
            case ECDSA_SHA_256 -> new Ecdsa(Hash.SHA_256);
            case ECDSA_SHA_384 -> new Ecdsa(Hash.SHA_384);
            case ECDSA_SHA_512 -> new Ecdsa(Hash.SHA_512);
            case ED25519_SHA_512 -> new Ed25519(false);
            case ED25519_PH_SHA_512 -> new Ed25519(true);
            case ML_DSA_SHAKE_256 -> new MlDsa();
            case SM2DSA -> new Sm2Dsa();
            case SYMMETRIC_DEFAULT ->
                    throw new IllegalArgumentException("no signer of " + algorithm.wire());
        };
    }

    /** The length of what DIGEST and EXTERNAL_MU give. */
    int digestBytes();

    /** Signs. */
    byte[] sign(PrivateKey key, byte[] message, MessageKind kind);

    /** Whether the signature is one of the message; false for whatever is wrong with it. */
    boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind);
}
