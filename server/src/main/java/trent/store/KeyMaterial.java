package trent.store;

import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.ExpirationModelType;
import trent.api.RotationType;
import trent.seal.Secret;
import trent.store.Key.Expiration;

/**
 * One material of a key: 32 bytes of a symmetric encryption key, the bytes of an HMAC key, or a
 * private key as PKCS #8. Not a record, since records print themselves.
 */
public final class KeyMaterial {

    /** What a material is for. Source: AWS KMS API Reference, RotationsListEntry. */
    public enum State {
        /** Encrypts and decrypts. */
        CURRENT,
        /** Decrypts only. */
        NON_CURRENT,
        /** Imported, and waits for RotateKeyOnDemand. */
        PENDING_ROTATION
    }

    /**
     * What is known of a material without seeing it.
     *
     * @param id 64 hexadecimal digits
     * @param sequence 0 for the first material of the key, counting up
     * @param publicKey SubjectPublicKeyInfo; null unless the key is asymmetric
     * @param description of an imported material; null if none was given
     * @param expiration of imported material that is present, else null
     * @param rotated when a rotation made it current; null for the first and for a pending one
     * @param created when it was made or first imported
     */
    public record Facts(
            String id,
            int sequence,
            State state,
            @Nullable Blob publicKey,
            @Nullable String description,
            @Nullable Expiration expiration,
            @Nullable Instant rotated,
            @Nullable RotationType rotationType,
            Instant created) {

        /** A first material that never expires, of a key that Trent makes itself. */
        public static Facts first(String id, @Nullable Blob publicKey, Instant created) {
            return new Facts(id, 0, State.CURRENT, publicKey, null, null, null, null, created);
        }

        public Facts withState(State newState) {
            return new Facts(
                    id,
                    sequence,
                    newState,
                    publicKey,
                    description,
                    expiration,
                    rotated,
                    rotationType,
                    created);
        }

        public Facts withSequence(int newSequence) {
            return new Facts(
                    id,
                    newSequence,
                    state,
                    publicKey,
                    description,
                    expiration,
                    rotated,
                    rotationType,
                    created);
        }

        /** Made current by a rotation. */
        public Facts rotatedIn(Instant when, RotationType type) {
            return new Facts(
                    id,
                    sequence,
                    State.CURRENT,
                    publicKey,
                    description,
                    expiration,
                    when,
                    type,
                    created);
        }

        public Facts withExpiration(@Nullable Expiration newExpiration) {
            return new Facts(
                    id,
                    sequence,
                    state,
                    publicKey,
                    description,
                    newExpiration,
                    rotated,
                    rotationType,
                    created);
        }

        public Facts withPublicKey(@Nullable Blob newPublicKey) {
            return new Facts(
                    id,
                    sequence,
                    state,
                    newPublicKey,
                    description,
                    expiration,
                    rotated,
                    rotationType,
                    created);
        }

        public Facts withDescription(@Nullable String newDescription) {
            return new Facts(
                    id,
                    sequence,
                    state,
                    publicKey,
                    newDescription,
                    expiration,
                    rotated,
                    rotationType,
                    created);
        }

        /** When it expires; null if it never does or is not present. */
        public @Nullable Instant validTo() {
            return expiration == null
                            || expiration.model() != ExpirationModelType.KEY_MATERIAL_EXPIRES
                    ? null
                    : expiration.validTo();
        }
    }

    private final Facts facts;
    private final byte[] idBytes;
    private final @Nullable Secret secret;

    /**
     * A material.
     *
     * @param secret null if it was imported and has been deleted or has expired
     */
    public KeyMaterial(Facts facts, @Nullable Secret secret) {
        this.facts = facts;
        this.idBytes = HexFormat.of().parseHex(facts.id());
        this.secret = secret;
    }

    public Facts facts() {
        return facts;
    }

    public String id() {
        return facts.id();
    }

    public State state() {
        return facts.state();
    }

    /** The id as 32 bytes, as ciphertexts carry it; not to be changed. */
    public byte[] idBytes() {
        return idBytes;
    }

    /** The material itself; null if it was imported and has been deleted or has expired. */
    public @Nullable Secret secret() {
        return secret;
    }

    @Override
    public String toString() {
        return "KeyMaterial[" + facts.id() + "]";
    }
}
