package trent.use;

import java.util.Map;
import trent.api.Blob;
import trent.api.InvalidCiphertextException;
import trent.api.InvalidKeyUsageException;
import trent.api.KMSInvalidStateException;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.key.KeySpecs;
import trent.key.KeyStates;
import trent.key.KeyUsages;
import trent.seal.Secret;
import trent.store.Key;
import trent.store.KeyMaterial;
import trent.store.Store;

/** What the operations on symmetric keys share: the checks that come before, and the material. */
public record SymmetricKeys(Store store, Entropy entropy) {

    /** A ciphertext and the material that it is under. */
    record Wrapped(Blob ciphertext, String materialId) {}

    /** A plaintext and the material that its ciphertext was under. */
    record Opened(Blob plaintext, String materialId) {}

    /**
     * Lets an operation make a data key under a key that was found: usage first,
     * then state, then kind.
     */
    void requireForDataKeys(KmsOperation<?, ?> operation, Key key) {
        KeyUsages.require(operation, key, KeyUsageType.ENCRYPT_DECRYPT);
        KeyStates.require(operation, key);
        if (!KeySpecs.of(key.spec()).symmetric()) {
            throw new InvalidKeyUsageException(
                    "You cannot generate a data key with an asymmetric CMK");
        }
    }

    /**
     * Encrypts under the key's current material. The reply names that one: a rotation may have made
     * it current since the key was looked up.
     */
    Wrapped encrypt(Key key, Map<String, String> context, byte[] plaintext) {
        KeyMaterial material = store.materials(key.arn()).current();
        Secret secret = material == null ? null : material.secret();
        if (material == null || secret == null) {
            throw gone(key);
        }
        Blob ciphertext =
                CiphertextBlob.encrypt(
                        key.arn().id(),
                        material,
                        secret,
                        EncryptionContext.of(context),
                        plaintext,
                        entropy);
        return new Wrapped(ciphertext, material.id());
    }

    /** Decrypts under the material that the ciphertext names. */
    Opened decrypt(Key key, CiphertextBlob ciphertext, Map<String, String> context) {
        // Of what memory has, and no look into the database: memory lacks nothing that is
        // committed, and who makes ids up must not cost the key's other callers anything.
        KeyMaterial material = store.materials(key.arn()).find(ciphertext.materialId());
        if (material == null) {
            throw new InvalidCiphertextException();
        }
        Secret secret = material.secret();
        if (secret == null) {
            throw gone(key);
        }
        return new Opened(
                new Blob(ciphertext.decrypt(secret, EncryptionContext.of(context))), material.id());
    }

    /** Material was deleted, or has expired, since the key's state was looked at. */
    private static KMSInvalidStateException gone(Key key) {
        return new KMSInvalidStateException(key.arn() + " is pending import.");
    }
}
