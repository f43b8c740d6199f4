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
import trent.key.KeyKind.Material;
import trent.name.KeyId;
import trent.seal.Secret;
import trent.store.KeyMaterial.Facts;

/** Material that was just made or brought, and is wiped when it has been stored. */
public final class NewMaterial implements AutoCloseable {

    private final Facts facts;
    private final Secret secret;

    private NewMaterial(Facts facts, Secret secret) {
        this.facts = facts;
        this.secret = secret;
    }

    /**
     * New material for a key of the spec, from random bytes. May take long:
     * RSA searches for primes.
     */
    public static NewMaterial generate(KeyId key, KeySpec spec, Instant now, Entropy entropy) {
        return switch (KeySpecs.of(spec).material()) {
            case Material.Bytes(int count, _) -> of(key, entropy.bytes(count), null, now);
            case Material.Pair(KeyPairs pairs) -> pair(key, pairs, now);
        };
    }

    /**
     * Material that a caller brings for a key of the spec: the array is taken over.
     *
     * @throws IncorrectKeyMaterialException if a key of the spec cannot have such material
     */
    public static NewMaterial imported(KeyId key, KeySpec spec, byte[] material, Instant now) {
        KeyKind kind = KeySpecs.of(spec);
        if (!kind.importable()) {
            throw new IllegalArgumentException("not importable: " + spec.wire());
        }
        return switch (kind.material()) {
            case Material.Bytes(int count, int mostImported) ->
                    imported(key, material, count, mostImported, now);
            case Material.Pair(KeyPairs pairs) -> imported(key, pairs, material, now);
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
