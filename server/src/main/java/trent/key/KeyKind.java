package trent.key;

import java.util.ArrayList;
import java.util.List;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KeyAgreementAlgorithmSpec;
import trent.api.KeyUsageType;
import trent.api.MacAlgorithmSpec;
import trent.api.SigningAlgorithmSpec;
import trent.crypto.KeyPairs;

/**
 * What a key of one spec is: a row of {@link KeySpecs}.
 *
 * @param encryption the algorithms of a key for ENCRYPT_DECRYPT, in the order in which AWS lists
 *     them; empty if no key of the spec is for that, as with the other lists
 * @param wrapped how a customer's material can be wrapped for its way here
 * @param onlyInChina whether AWS offers the spec in the Regions of China alone
 */
public record KeyKind(
        Type type,
        Material material,
        List<EncryptionAlgorithmSpec> encryption,
        List<SigningAlgorithmSpec> signing,
        List<MacAlgorithmSpec> mac,
        List<KeyAgreementAlgorithmSpec> keyAgreement,
        Wrapped wrapped,
        boolean onlyInChina) {

    /** The type of a key, which an alias keeps when it moves. */
    public enum Type {
        SYMMETRIC,
        HMAC,
        ASYMMETRIC
    }

    /** How a customer's material can be wrapped; in two steps it is a wrapped key that wraps it. */
    public enum Wrapped {
        /** It cannot be imported. */
        NOT,
        DIRECTLY,
        DIRECTLY_OR_IN_TWO_STEPS,
        /** As before, but too long for the shortest wrapping key to carry directly. */
        BY_A_LONGER_KEY_OR_IN_TWO_STEPS,
        /** Longer than any RSA key can carry directly. */
        IN_TWO_STEPS
    }

    /** What the key consists of. */
    public sealed interface Material {

        /**
         * Random bytes.
         *
         * @param count how many Trent makes, and the fewest that a customer may bring
         * @param mostImported the most that a customer may bring
         */
        record Bytes(int count, int mostImported) implements Material {}

        /** A private key and its public one. */
        record Pair(KeyPairs pairs) implements Material {}
    }

    /** What keys of the spec can be used for: that of which they have algorithms. */
    public List<KeyUsageType> usages() {
        List<KeyUsageType> usages = new ArrayList<>();
        if (!encryption.isEmpty()) {
            usages.add(KeyUsageType.ENCRYPT_DECRYPT);
        }
        if (!signing.isEmpty()) {
            usages.add(KeyUsageType.SIGN_VERIFY);
        }
        if (!mac.isEmpty()) {
            usages.add(KeyUsageType.GENERATE_VERIFY_MAC);
        }
        if (!keyAgreement.isEmpty()) {
            usages.add(KeyUsageType.KEY_AGREEMENT);
        }
        return usages;
    }

    /** Whether keys of the spec encrypt with a context, make data keys and rotate. */
    public boolean symmetric() {
        return type == Type.SYMMETRIC;
    }

    /** Whether keys of the spec have a public half. */
    public boolean asymmetric() {
        return type == Type.ASYMMETRIC;
    }

    /** Whether a customer can bring the material. */
    public boolean importable() {
        return wrapped != Wrapped.NOT;
    }

    /**
     * The pairs that keys of the spec are.
     *
     * @throws IllegalArgumentException if they are none
     */
    public KeyPairs pairs() {
        if (material instanceof Material.Pair(KeyPairs pairs)) {
            return pairs;
        }
        throw new IllegalArgumentException("no key pairs: " + type);
    }
}
