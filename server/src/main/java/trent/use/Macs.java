package trent.use;

import trent.api.Blob;
import trent.api.InvalidKeyUsageException;
import trent.api.KMSInvalidStateException;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.MacAlgorithmSpec;
import trent.crypto.MessageMac;
import trent.key.KeySpecs;
import trent.key.KeyStates;
import trent.key.KeyUsages;
import trent.seal.Secret;
import trent.store.Key;
import trent.store.KeyMaterial;
import trent.store.Store;

/** What GenerateMac and VerifyMac share: the checks that come before, and the material. */
public record Macs(Store store) {

    /** Lets an operation use a key that was found: usage first, then state, then algorithm. */
    void require(KmsOperation<?, ?> operation, Key key, MacAlgorithmSpec algorithm) {
        KeyUsages.require(operation, key, KeyUsageType.GENERATE_VERIFY_MAC);
        KeyStates.require(operation, key);
        if (!KeySpecs.of(key.spec()).mac().contains(algorithm)) {
            throw new InvalidKeyUsageException(
                    "Algorithm %s is incompatible with key spec %s."
                            .formatted(algorithm.wire(), key.spec().wire()));
        }
    }

    Blob tag(Key key, MacAlgorithmSpec algorithm, Blob message) {
        return new Blob(
                secret(key).read(bytes -> MessageMac.of(algorithm).tag(bytes, message.bytes())));
    }

    boolean verify(Key key, MacAlgorithmSpec algorithm, Blob message, Blob tag) {
        return secret(key)
                .read(
                        bytes ->
                                MessageMac.of(algorithm)
                                        .verify(bytes, message.bytes(), tag.bytes()));
    }

    private Secret secret(Key key) {
        KeyMaterial material = store.materials(key.arn()).current();
        Secret secret = material == null ? null : material.secret();
        if (secret == null) { // deleted or expired since the key's state was looked at
            throw new KMSInvalidStateException(key.arn() + " is pending import.");
        }
        return secret;
    }
}
