package trent.imported;

import trent.api.AlgorithmSpec;
import trent.api.KeySpec;
import trent.api.UnsupportedOperationException;
import trent.api.ValidationException;
import trent.api.WrappingKeySpec;
import trent.key.KeySpecs;

/**
 * Which way of wrapping can carry which material. Source: AWS KMS Developer Guide,
 * "Select a wrapping algorithm".
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
            case SM2PKE -> requireFits(key == WrappingKeySpec.SM2, key, algorithm);
            case RSAES_OAEP_SHA_1,
                    RSAES_OAEP_SHA_256,
                    RSA_AES_KEY_WRAP_SHA_1,
                    RSA_AES_KEY_WRAP_SHA_256 ->
                    requireFits(key != WrappingKeySpec.SM2, key, algorithm);
        }
        if (!carries(material, key, algorithm)) {
            throw new ValidationException(
                    "WrappingAlgorithm %s with WrappingKeySpec %s is not compatible with KeySpec %s"
                            .formatted(algorithm.wire(), key.wire(), material.wire()));
        }
    }

    private static void requireFits(boolean fits, WrappingKeySpec key, AlgorithmSpec algorithm) {
        if (!fits) {
            throw new ValidationException(
                    "WrappingAlgorithm %s is not compatible with WrappingKeySpec %s"
                            .formatted(algorithm.wire(), key.wire()));
        }
    }

    private static boolean carries(KeySpec material, WrappingKeySpec key, AlgorithmSpec algorithm) {
        boolean anyLength = algorithm == AlgorithmSpec.SM2PKE; // it encrypts by a stream
        boolean twoSteps =
                algorithm == AlgorithmSpec.RSA_AES_KEY_WRAP_SHA_1
                        || algorithm == AlgorithmSpec.RSA_AES_KEY_WRAP_SHA_256;
        return switch (KeySpecs.of(material).wrapped()) {
            case NOT -> false;
            case DIRECTLY -> !twoSteps;
            case DIRECTLY_OR_IN_TWO_STEPS -> true;
            case BY_A_LONGER_KEY_OR_IN_TWO_STEPS ->
                    twoSteps || anyLength || key != WrappingKeySpec.RSA_2048;
            case IN_TWO_STEPS -> twoSteps || anyLength;
        };
    }
}
