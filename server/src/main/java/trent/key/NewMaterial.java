package trent.key;

import java.security.KeyPair;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.KeySpec;
import trent.crypto.Entropy;
import trent.crypto.KeyPairs;
import trent.name.KeyId;
import trent.seal.Secret;
import trent.store.KeyMaterial.Facts;

/** Material that was just made, and is wiped when it has been stored. */
public final class NewMaterial implements AutoCloseable {

    private static final int SYMMETRIC_BYTES = 32;

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
    static NewMaterial generate(KeyId key, KeySpec spec, Instant now, Entropy entropy) {
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

    /** The material as a key of this id has it: the array is taken over. */
    static NewMaterial of(KeyId key, byte[] material, @Nullable Blob publicKey, Instant now) {
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
