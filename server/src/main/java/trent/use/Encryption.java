package trent.use;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.access.Detail;
import trent.access.Details;
import trent.api.Blob;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.InvalidCiphertextException;
import trent.api.InvalidKeyUsageException;
import trent.api.KeySpec;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.crypto.DoesNotOpen;
import trent.crypto.Oaep;
import trent.crypto.Sm2Pke;
import trent.key.KeyFinder;
import trent.key.KeySpecs;
import trent.key.KeyStates;
import trent.key.KeyUsages;
import trent.store.Key;
import trent.use.SymmetricKeys.Wrapped;

/** Encryption by symmetric, RSA and SM2 keys: what Encrypt, Decrypt and ReEncrypt share. */
public record Encryption(KeyFinder keys, SymmetricKeys symmetric, AsymmetricKeys asymmetric) {

    /**
     * A ciphertext as a request gives it.
     *
     * @param keyId needed with an algorithm of asymmetric keys, whose ciphertexts name no key
     * @param algorithm null means SYMMETRIC_DEFAULT
     */
    record Sealed(
            Blob ciphertext,
            @Nullable String keyId,
            @Nullable EncryptionAlgorithmSpec algorithm,
            Map<String, String> context,
            List<String> grantTokens) {

        Details details() {
            return Encryption.details(algorithm, context);
        }

        /** Whether it is of a symmetric key, and names that key itself. */
        boolean namesItsKey() {
            return algorithm == null
                    || algorithm == EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT
                    || keyId == null;
        }
    }

    /**
     * The key of a ciphertext, found but not yet allowed to anybody.
     *
     * @param parsed null for an asymmetric key
     * @param details what conditions may ask about it
     * @param named the key that the request names, if that is another one
     * @param detailsOfNamed what conditions may ask about that one
     */
    record Source(
            Key key,
            @Nullable CiphertextBlob parsed,
            Details details,
            @Nullable Key named,
            Details detailsOfNamed) {}

    /**
     * What came out of it.
     *
     * @param materialId null for an asymmetric key
     */
    record Opened(
            Key key,
            EncryptionAlgorithmSpec algorithm,
            Blob plaintext,
            @Nullable String materialId) {}

    /** Lets an operation use a key that was found: usage first, then state, then algorithm. */
    static EncryptionAlgorithmSpec require(
            KmsOperation<?, ?> operation, Key key, @Nullable EncryptionAlgorithmSpec asked) {
        EncryptionAlgorithmSpec algorithm =
                asked == null ? EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT : asked;
        KeyUsages.require(operation, key, KeyUsageType.ENCRYPT_DECRYPT);
        KeyStates.require(operation, key);
        if (!KeySpecs.of(key.spec()).encryption().contains(algorithm)) {
            throw new InvalidKeyUsageException(
                    "Algorithm %s is incompatible with key spec %s."
                            .formatted(algorithm.wire(), key.spec().wire()));
        }
        return algorithm;
    }

    /** What conditions may ask of the request. */
    static Details details(@Nullable EncryptionAlgorithmSpec asked, Map<String, String> context) {
        EncryptionContext.requireLength(context); // first: policies may look at all of it
        return new Details()
                .with(
                        Detail.ENCRYPTION_ALGORITHM,
                        (asked == null ? EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT : asked).wire())
                .encryptionContext(context);
    }

    /**
     * A new ciphertext.
     *
     * @param materialId null for an asymmetric key
     */
    record Encrypted(Blob ciphertext, @Nullable String materialId) {}

    /** Encrypts with an algorithm that {@link #require} let pass. */
    Encrypted encrypt(
            Call call,
            Key key,
            EncryptionAlgorithmSpec algorithm,
            Map<String, String> context,
            byte[] plaintext) {
        if (algorithm == EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT) {
            Wrapped wrapped = symmetric.encrypt(key, context, plaintext);
            return new Encrypted(wrapped.ciphertext(), wrapped.materialId());
        }
        requireNoContext(context);
        int most = maxPlaintextBytes(algorithm, key.spec());
        if (plaintext.length > most) {
            throw new ValidationException(
                    "Algorithm %s and key spec %s cannot encrypt data larger than %d bytes."
                            .formatted(algorithm.wire(), key.spec().wire(), most));
        }
        byte[] ciphertext =
                asymmetric.withPublicKey(
                        call,
                        key,
                        publicKey ->
                                algorithm == EncryptionAlgorithmSpec.SM2PKE
                                        ? Sm2Pke.encrypt(publicKey, plaintext)
                                        : oaep(algorithm).encrypt(publicKey, plaintext));
        return new Encrypted(new Blob(ciphertext), null);
    }

    /** Finds the key of a ciphertext. */
    Source source(Call call, Action action, Sealed sealed) {
        keys.access().requireKnown(sealed.grantTokens()); // first: tells nothing of the key
        Details details = sealed.details();
        String keyId = sealed.keyId();
        if (!sealed.namesItsKey() && keyId != null) {
            return new Source(
                    keys.named(call, action, keyId, details), null, details, null, details);
        }
        CiphertextBlob ciphertext = CiphertextBlob.parse(sealed.ciphertext());
        Key named = keyId == null ? null : keys.named(call, action, keyId, details);
        if (named != null && named.arn().id().equals(ciphertext.keyId())) {
            return new Source(named, ciphertext, details, null, details);
        }
        if (named != null && !named.arn().account().equals(call.account())) {
            keys.access()
                    .require(call, action, named, details); // as if it were missing, if refused
        }
        Details ofCiphertext = sealed.details().fromCiphertext();
        Key key = keys.ofAnybody(call, action, ciphertext.keyId(), ofCiphertext);
        return new Source(key, ciphertext, ofCiphertext, named, details);
    }

    /** Lets the call use the source, and refuses one that is not of the key that was named. */
    void requireAllowed(Call call, Action action, Source source, Sealed sealed) {
        keys.access().require(call, action, source.key(), source.details());
        if (source.named() != null) {
            keys.access().require(call, action, source.named(), source.detailsOfNamed());
            SourceKey.requireSame(source.key(), source.named());
        }
    }

    /** Decrypts what the call is allowed to. */
    Opened open(KmsOperation<?, ?> operation, Call call, Source source, Sealed sealed) {
        Key key = source.key();
        EncryptionAlgorithmSpec algorithm = require(operation, key, sealed.algorithm());
        if (source.parsed() != null) {
            SymmetricKeys.Opened opened = symmetric.decrypt(key, source.parsed(), sealed.context());
            return new Opened(key, algorithm, opened.plaintext(), opened.materialId());
        }
        requireNoContext(sealed.context());
        try {
            byte[] ciphertext = sealed.ciphertext().bytes();
            byte[] plaintext =
                    asymmetric.withPrivateKey(
                            call,
                            key,
                            privateKey ->
                                    algorithm == EncryptionAlgorithmSpec.SM2PKE
                                            ? Sm2Pke.decrypt(privateKey, ciphertext)
                                            : oaep(algorithm).decrypt(privateKey, ciphertext));
            return new Opened(key, algorithm, new Blob(plaintext), null);
        } catch (DoesNotOpen _) {
            throw new InvalidCiphertextException();
        }
    }

    private static void requireNoContext(Map<String, String> context) {
        if (!context.isEmpty()) {
            throw new ValidationException(
                    "EncryptionContext is supported only with a symmetric encryption KMS key.");
        }
    }

    private static int maxPlaintextBytes(EncryptionAlgorithmSpec algorithm, KeySpec spec) {
        return algorithm == EncryptionAlgorithmSpec.SM2PKE
                ? Sm2Pke.MAX_PLAINTEXT_BYTES
                : oaep(algorithm).maxPlaintextBytes(KeySpecs.of(spec).pairs().bits() / 8);
    }

    private static Oaep oaep(EncryptionAlgorithmSpec algorithm) {
        return switch (algorithm) {
            case RSAES_OAEP_SHA_1 -> Oaep.SHA_1;
            case RSAES_OAEP_SHA_256 -> Oaep.SHA_256;
            case SYMMETRIC_DEFAULT, SM2PKE ->
                    throw new IllegalArgumentException("not of RSA: " + algorithm.wire());
        };
    }
}
