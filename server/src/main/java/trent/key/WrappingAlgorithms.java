package trent.key;

import trent.api.AlgorithmSpec;
import trent.api.KeySpec;
import trent.api.UnsupportedOperationException;
import trent.api.ValidationException;
import trent.api.WrappingKeySpec;

/**
 * Which way of wrapping can carry which material. Source: AWS KMS Developer Guide, "Select a
 * wrapping algorithm".
 */
final class WrappingAlgorithms {

    private WrappingAlgorithms() {}

    /**
     * Lets a way of wrapping pass.
     *
     * @throws UnsupportedOperationException if it is offered for no key
     * @throws ValidationException if it cannot carry material of such a key
     */
    static void require(KeySpec material, WrappingKeySpec key, AlgorithmSpec algorithm) {
        switch (algorithm) {
            case RSAES_PKCS1_V1_5 -> // not since 10 October 2023
                    throw new UnsupportedOperationException(
                            "WrappingAlgorithm RSAES_PKCS1_V1_5 is not supported.");
            case SM2PKE ->
                    throw new UnsupportedOperationException(
                            "WrappingAlgorithm SM2PKE is not supported yet.");
            case RSAES_OAEP_SHA_1,
                    RSAES_OAEP_SHA_256,
                    RSA_AES_KEY_WRAP_SHA_1,
                    RSA_AES_KEY_WRAP_SHA_256 -> {
                if (key == WrappingKeySpec.SM2) {
                    throw new ValidationException(
                            "WrappingAlgorithm %s is not compatible with WrappingKeySpec %s"
                                    .formatted(algorithm.wire(), key.wire()));
                }
            }
        }
        if (!carries(material, key, direct(algorithm))) {
            throw new ValidationException(
                    "WrappingAlgorithm %s with WrappingKeySpec %s is not compatible with KeySpec %s"
                            .formatted(algorithm.wire(), key.wire(), material.wire()));
        }
    }

    private static boolean carries(KeySpec material, WrappingKeySpec key, boolean direct) {
        return switch (material) {
            case SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2 -> direct;
            case RSA_2048, RSA_3072, RSA_4096 -> !direct; // longer than RSA itself can carry
            case ECC_NIST_P256, ECC_NIST_P384, ECC_SECG_P256K1, ECC_NIST_EDWARDS25519 -> true;
            case ECC_NIST_P521 -> !direct || key != WrappingKeySpec.RSA_2048; // too long for it
            case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> false;
        };
    }

    /** Whether the wrapping key encrypts the material, and not another key that does. */
    private static boolean direct(AlgorithmSpec algorithm) {
        return switch (algorithm) {
            case RSAES_PKCS1_V1_5, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE -> true;
            case RSA_AES_KEY_WRAP_SHA_1, RSA_AES_KEY_WRAP_SHA_256 -> false;
        };
    }
}
