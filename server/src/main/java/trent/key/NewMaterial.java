package trent.key;

import java.security.KeyPair;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.IncorrectKeyMaterialException;
import trent.api.KeySpec;
import trent.crypto.Entropy;
import trent.crypto.InvalidKeyMaterial;
import trent.crypto.KeyPairs;
import trent.name.KeyId;
import trent.seal.Secret;
import trent.store.KeyMaterial.Facts;

/** Material that was just made or brought, and is wiped when it has been stored. */
public final class NewMaterial implements AutoCloseable {

    private static final int SYMMETRIC_BYTES = 32;
    private static final int MAX_IMPORTED_HMAC_BYTES = 128;

    private final Facts facts;
    private final Secret secret;

    private NewMaterial(Facts facts, Secret secret) {
        this.facts = facts;
        this.secret = secret;
    }

    /**
     * New material for a key of the spec, from random bytes. May take long: RSA searches for
     * primes.
     */
    public static NewMaterial generate(KeyId key, KeySpec spec, Instant now, Entropy entropy) {
        return switch (spec) {
            case SYMMETRIC_DEFAULT -> random(key, SYMMETRIC_BYTES, now, entropy);
            case HMAC_224 -> random(key, 28, now, entropy);
            case HMAC_256 -> random(key, 32, now, entropy);
            case HMAC_384 -> random(key, 48, now, entropy);
            case HMAC_512 -> random(key, 64, now, entropy);
            case RSA_2048,
                    RSA_3072,
                    RSA_4096,
                    ECC_NIST_P256,
                    ECC_NIST_P384,
                    ECC_NIST_P521,
                    ECC_SECG_P256K1,
                    ECC_NIST_EDWARDS25519,
                    ML_DSA_44,
                    ML_DSA_65,
                    ML_DSA_87,
                    SM2 ->
                    pair(key, KeyPairs.of(spec), now);
        };
    }

    /**
     * Material that a caller brings for a key of the spec: the array is taken over.
     *
     * @throws IncorrectKeyMaterialException if a key of the spec cannot have such material
     */
    public static NewMaterial imported(KeyId key, KeySpec spec, byte[] material, Instant now) {
        return switch (spec) {
            case SYMMETRIC_DEFAULT ->
                    imported(key, material, SYMMETRIC_BYTES, SYMMETRIC_BYTES, now);
            case HMAC_224 -> imported(key, material, 28, MAX_IMPORTED_HMAC_BYTES, now);
            case HMAC_256 -> imported(key, material, 32, MAX_IMPORTED_HMAC_BYTES, now);
            case HMAC_384 -> imported(key, material, 48, MAX_IMPORTED_HMAC_BYTES, now);
            case HMAC_512 -> imported(key, material, 64, MAX_IMPORTED_HMAC_BYTES, now);
            case RSA_2048,
                    RSA_3072,
                    RSA_4096,
                    ECC_NIST_P256,
                    ECC_NIST_P384,
                    ECC_NIST_P521,
                    ECC_SECG_P256K1,
                    ECC_NIST_EDWARDS25519,
                    SM2 ->
                    imported(key, KeyPairs.of(spec), material, now);
            case ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
                    throw new IllegalArgumentException("not importable: " + spec.wire());
        };
    }

    private static NewMaterial imported(
            KeyId key, byte[] material, int minBytes, int maxBytes, Instant now) {
        if (material.length < minBytes || material.length > maxBytes) {
            Arrays.fill(material, (byte) 0);
            throw new IncorrectKeyMaterialException();
        }
        return of(key, material, null, now);
    }

    private static NewMaterial imported(KeyId key, KeyPairs pairs, byte[] material, Instant now) {
        try {
            byte[] privateKey = pairs.checked(material);
            byte[] publicKey = pairs.publicOf(pairs.privateKey(privateKey), privateKey);
            // One private key has many encodings, and one public key: whatever tool wrote it this
            // time, it is the same material.
            return new NewMaterial(
                    Facts.first(MaterialId.of(key, publicKey), new Blob(publicKey), now),
                    new Secret(privateKey));
        } catch (InvalidKeyMaterial _) {
            throw new IncorrectKeyMaterialException();
        } finally {
            Arrays.fill(material, (byte) 0);
        }
    }

    /** The material as a key of this id has it: the array is taken over. */
    public static NewMaterial of(
            KeyId key, byte[] material, @Nullable Blob publicKey, Instant now) {
        return new NewMaterial(
                Facts.first(MaterialId.of(key, material), publicKey, now), new Secret(material));
    }

    private static NewMaterial pair(KeyId key, KeyPairs pairs, Instant now) {
        KeyPair pair = pairs.generate();
        return of(
                key,
                pairs.encodePrivate(pair.getPrivate()),
                new Blob(pairs.encodePublic(pair.getPublic())),
                now);
    }

    private static NewMaterial random(KeyId key, int bytes, Instant now, Entropy entropy) {
        return of(key, entropy.bytes(bytes), null, now);
    }

    public Facts facts() {
        return facts;
    }

    public Secret secret() {
        return secret;
    }

    @Override
    public void close() {
        secret.close();
    }
}
