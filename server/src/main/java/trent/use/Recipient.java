package trent.use;

import java.security.PublicKey;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.crypto.attestation.EnvelopedData;

/**
 * Whom an answer is for: of a secret, one of {@link #plaintext} and {@link #ciphertext} is null.
 *
 * @param key of the attested environment; null for the caller itself
 */
record Recipient(@Nullable PublicKey key) {

    static final Recipient CALLER = new Recipient(null);

    /** The secret as the caller gets it. */
    @Nullable Blob plaintext(Blob secret) {
        return key == null ? secret : null;
    }

    /** The secret as only the attested environment can read it. */
    @Nullable Blob ciphertext(Blob secret) {
        return key == null ? null : new Blob(EnvelopedData.seal(key, secret.bytes()));
    }

    /** Which material was used, which AWS does not say in attested answers. */
    @Nullable String materialId(@Nullable String id) {
        return key == null ? id : null;
    }
}
