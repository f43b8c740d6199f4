package trent.use;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.PrivateKey;
import java.security.PublicKey;
import trent.api.Blob;
import trent.api.KMSInvalidStateException;
import trent.call.Call;
import trent.crypto.Providers;
import trent.key.KeySpecs;
import trent.key.LongWork;
import trent.seal.Secret;
import trent.store.HeapShare;
import trent.store.Key;
import trent.store.KeyMaterial;
import trent.store.Store;

/**
 * The private and public keys of asymmetric KMS keys, read from their material. Reading one costs
 * as much as using it, so those in use are kept.
 */
public final class AsymmetricKeys {

    /**
     * What a parsed key retains, in the heap or in the native provider, for each byte of its DER.
     */
    private static final int BYTES_A_BYTE = 4;

    private static final int BYTES_A_KEY = 1024;

    private final Store store;
    private final LongWork work;

    /**
     * By the very material that they were read from, and no longer than that is in memory: with a
     * key's material goes its private key.
     */
    private final Cache<Secret, PrivateKey> privateKeys =
            Caffeine.newBuilder()
                    .weakKeys()
                    .maximumWeight(HeapShare.PRIVATE_KEYS.bytes())
                    .weigher((Secret der, PrivateKey _) -> weight(der.length()))
                    .executor(Runnable::run)
                    .build();

    /** By material id, which no other material can have. */
    private final Cache<String, Public> publicKeys =
            Caffeine.newBuilder()
                    .maximumWeight(HeapShare.PUBLIC_KEYS.bytes())
                    .weigher((String _, Public kept) -> weight(kept.derBytes()))
                    .executor(Runnable::run)
                    .build();

    private record Public(PublicKey key, int derBytes) {}

    public AsymmetricKeys(Store store, LongWork work) {
        this.store = store;
        this.work = work;
    }

    /** What is done with a key. */
    @FunctionalInterface
    interface Use<K, T, X extends Exception> {
        T of(K key) throws X;
    }

    /**
     * Uses the private key, which is wiped from memory no sooner than the JVM sees fit; in a lane
     * if that takes long.
     */
    <T, X extends Exception> T withPrivateKey(Call call, Key key, Use<PrivateKey, T, X> use)
            throws X {
        store.takesLong();
        return work.usesPrivate(key.spec(), call.account(), () -> use.of(privateKey(key)));
    }

    /** Uses the public key; in a lane if that takes long. */
    <T, X extends Exception> T withPublicKey(Call call, Key key, Use<PublicKey, T, X> use)
            throws X {
        store.takesLong();
        return work.usesPublic(key.spec(), call.account(), () -> use.of(publicKey(key)));
    }

    private PrivateKey privateKey(Key key) {
        KeyMaterial material = material(key);
        Secret secret = material.secret();
        if (secret == null) {
            throw pendingImport(key);
        }
        PrivateKey kept = privateKeys.getIfPresent(secret);
        if (kept == null) {
            kept = secret.read(KeySpecs.of(key.spec()).pairs()::privateKey);
            if (Providers.settled()) {
                privateKeys.put(secret, kept);
            }
        }
        return kept;
    }

    private PublicKey publicKey(Key key) {
        KeyMaterial material = material(key);
        Public kept = publicKeys.getIfPresent(material.id());
        if (kept == null) {
            byte[] der = encoded(key).bytes();
            kept = new Public(KeySpecs.of(key.spec()).pairs().publicKey(der), der.length);
            if (Providers.settled()) {
                publicKeys.put(material.id(), kept);
            }
        }
        return kept.key();
    }

    /** The public key as SubjectPublicKeyInfo. */
    Blob encoded(Key key) {
        Blob encoded = material(key).facts().publicKey();
        if (encoded == null) {
            throw new IllegalStateException(key.arn() + " has no public key");
        }
        return encoded;
    }

    private static int weight(int derBytes) {
        return BYTES_A_KEY + BYTES_A_BYTE * derBytes;
    }

    private KeyMaterial material(Key key) {
        KeyMaterial material = store.materials(key.arn()).current();
        if (material == null) { // nothing was imported yet
            throw pendingImport(key);
        }
        return material;
    }

    static KMSInvalidStateException pendingImport(Key key) {
        return new KMSInvalidStateException(key.arn() + " is pending import.");
    }
}
