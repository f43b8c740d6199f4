package trent.key;

import static trent.api.EncryptionAlgorithmSpec.RSAES_OAEP_SHA_1;
import static trent.api.EncryptionAlgorithmSpec.RSAES_OAEP_SHA_256;
import static trent.api.EncryptionAlgorithmSpec.SM2PKE;
import static trent.api.EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT;

import java.util.List;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KeyAgreementAlgorithmSpec;
import trent.api.KeySpec;
import trent.api.MacAlgorithmSpec;
import trent.api.SigningAlgorithmSpec;

/**
 * Which algorithms a key of a spec has, in the order in which AWS lists them. Source: AWS KMS
 * Developer Guide, "Key spec reference".
 */
public final class Algorithms {

    private Algorithms() {}

    /** Of a key for ENCRYPT_DECRYPT; empty if a key of the spec cannot be one. */
    public static List<EncryptionAlgorithmSpec> encryption(KeySpec spec) {
        return switch (spec) {
            case SYMMETRIC_DEFAULT -> List.of(SYMMETRIC_DEFAULT);
            case RSA_2048, RSA_3072, RSA_4096 -> List.of(RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256);
            case SM2 -> List.of(SM2PKE);
            case ECC_NIST_P256,
                    ECC_NIST_P384,
                    ECC_NIST_P521,
                    ECC_SECG_P256K1,
                    ECC_NIST_EDWARDS25519,
                    HMAC_224,
                    HMAC_256,
                    HMAC_384,
                    HMAC_512,
                    ML_DSA_44,
                    ML_DSA_65,
                    ML_DSA_87 ->
                    List.of();
        };
    }

    /** Of a key for SIGN_VERIFY; empty if a key of the spec cannot be one. */
    public static List<SigningAlgorithmSpec> signing(KeySpec spec) {
        return switch (spec) {
            case RSA_2048, RSA_3072, RSA_4096 ->
                    List.of(
                            SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_256,
                            SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_384,
                            SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_512,
                            SigningAlgorithmSpec.RSASSA_PSS_SHA_256,
                            SigningAlgorithmSpec.RSASSA_PSS_SHA_384,
                            SigningAlgorithmSpec.RSASSA_PSS_SHA_512);
            case ECC_NIST_P256, ECC_SECG_P256K1 -> List.of(SigningAlgorithmSpec.ECDSA_SHA_256);
            case ECC_NIST_P384 -> List.of(SigningAlgorithmSpec.ECDSA_SHA_384);
            case ECC_NIST_P521 -> List.of(SigningAlgorithmSpec.ECDSA_SHA_512);
            case ECC_NIST_EDWARDS25519 ->
                    List.of(
                            SigningAlgorithmSpec.ED25519_SHA_512,
                            SigningAlgorithmSpec.ED25519_PH_SHA_512);
            case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> List.of(SigningAlgorithmSpec.ML_DSA_SHAKE_256);
            case SM2 -> List.of(SigningAlgorithmSpec.SM2DSA);
            case SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512 -> List.of();
        };
    }

    /** Of a key for GENERATE_VERIFY_MAC; empty if a key of the spec cannot be one. */
    public static List<MacAlgorithmSpec> mac(KeySpec spec) {
        return switch (spec) {
            case HMAC_224 -> List.of(MacAlgorithmSpec.HMAC_SHA_224);
            case HMAC_256 -> List.of(MacAlgorithmSpec.HMAC_SHA_256);
            case HMAC_384 -> List.of(MacAlgorithmSpec.HMAC_SHA_384);
            case HMAC_512 -> List.of(MacAlgorithmSpec.HMAC_SHA_512);
            case SYMMETRIC_DEFAULT,
                    RSA_2048,
                    RSA_3072,
                    RSA_4096,
                    ECC_NIST_P256,
                    ECC_NIST_P384,
                    ECC_NIST_P521,
                    ECC_SECG_P256K1,
                    ECC_NIST_EDWARDS25519,
                    SM2,
                    ML_DSA_44,
                    ML_DSA_65,
                    ML_DSA_87 ->
                    List.of();
        };
    }

    /** Of every key for KEY_AGREEMENT. */
    public static List<KeyAgreementAlgorithmSpec> keyAgreement() {
        return List.of(KeyAgreementAlgorithmSpec.ECDH);
    }
}
