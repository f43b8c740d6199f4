package trent.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;

/**
 * The kinds of key pairs: made, written and read. Private keys are PKCS #8 (RFC 5208, with RFC 5915
 * or RFC 8410 inside), public keys SubjectPublicKeyInfo (RFC 5280), both in DER.
 */
public enum KeyPairs {
    RSA_2048(Family.RSA, "RSA", 2048),
    RSA_3072(Family.RSA, "RSA", 3072),
    RSA_4096(Family.RSA, "RSA", 4096),
    NIST_P256(Family.EC, "secp256r1", 256),
    NIST_P384(Family.EC, "secp384r1", 384),
    NIST_P521(Family.EC, "secp521r1", 521),
    SECP256K1(Family.EC, "secp256k1", 256),
    SM2(Family.EC, "sm2p256v1", 256),
    ED25519(Family.EDWARDS, "Ed25519", 255),
    ML_DSA_44(Family.ML_DSA, "ML-DSA-44", 0),
    ML_DSA_65(Family.ML_DSA, "ML-DSA-65", 0),
    ML_DSA_87(Family.ML_DSA, "ML-DSA-87", 0);

    /** Of all RSA keys made here, and of all that AWS makes. */
    static final BigInteger RSA_EXPONENT = RSAKeyGenParameterSpec.F4;

    enum Family {
        RSA("RSA"),
        EC("EC"),
        EDWARDS("Ed25519"),
        ML_DSA("ML-DSA");

        private final String keyFactory;

        Family(String keyFactory) {
            this.keyFactory = keyFactory;
        }
    }

    private final Family family;
    private final String jca;
    private final int bits;

    KeyPairs(Family family, String jca, int bits) {
        this.family = family;
        this.jca = jca;
        this.bits = bits;
    }

    /** A new pair. RSA searches for primes: tens of milliseconds to seconds. */
    public KeyPair generate() {
        try {
            KeyPairGenerator generator;
            switch (family) {
                case RSA -> {
                    generator =
                            KeyPairGenerator.getInstance(
                                    "RSA", Providers.of("KeyPairGenerator", "RSA"));
                    generator.initialize(new RSAKeyGenParameterSpec(bits, RSA_EXPONENT));
                }
                case EC -> {
                    generator =
                            KeyPairGenerator.getInstance("EC", provider("KeyPairGenerator", "EC"));
                    generator.initialize(new ECGenParameterSpec(jca));
                }
                // The JDK's, since both providers read its private keys; of ML-DSA only
                // it writes them so.
                case EDWARDS, ML_DSA -> generator = KeyPairGenerator.getInstance(jca);
                default -> throw new IllegalStateException(jca);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw Providers.missing(e);
        }
    }

    /** The private key as PKCS #8; the caller wipes it. */
    public byte[] encodePrivate(PrivateKey key) {
        return key.getEncoded();
    }

    /** The public key as SubjectPublicKeyInfo. */
    public byte[] encodePublic(PublicKey key) {
        return key.getEncoded();
    }

    /** Reads a private key that was made here, or checked when it was imported. */
    public PrivateKey privateKey(byte[] pkcs8) {
        try {
            return factory().generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("stored key material is no " + jca + " key", e);
        }
    }

    /** Reads a public key that was made here. */
    public PublicKey publicKey(byte[] spki) {
        try {
            return factory().generatePublic(new X509EncodedKeySpec(spki));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a stored public key is no " + jca + " key", e);
        }
    }

    /**
     * Reads a private key that somebody brings, in DER or BER, and gives it in DER as it is made
     * here: without attributes, and without a public key beside it.
     *
     * @throws InvalidKeyMaterial if it is not exactly a key of this kind
     */
    public byte[] checked(byte[] pkcs8) throws InvalidKeyMaterial {
        return KeyEncodings.checked(this, pkcs8);
    }

    /** The public key that belongs to a private key, as SubjectPublicKeyInfo. */
    public byte[] publicOf(PrivateKey key, byte[] pkcs8) {
        return KeyEncodings.publicOf(this, key, pkcs8);
    }

    Family family() {
        return family;
    }

    /** What the JCA calls the curve or the algorithm. */
    String jca() {
        return jca;
    }

    /** How long its numbers are: of RSA the modulus, of a curve the field; 0 for ML-DSA. */
    public int bits() {
        return bits;
    }

    KeyFactory factory() {
        try {
            return KeyFactory.getInstance(
                    family.keyFactory, provider("KeyFactory", family.keyFactory));
        } catch (GeneralSecurityException e) {
            throw Providers.missing(e);
        }
    }

    /** The JDK has no secp256k1 any more, and never had SM2. */
    Provider provider(String type, String algorithm) {
        return switch (this) {
            case SECP256K1 -> Providers.forSecp256k1(type, algorithm);
            case SM2 -> Providers.bouncyCastle();
            default -> Providers.of(type, algorithm);
        };
    }

    /** The modulus of an RSA key. */
    public static BigInteger modulus(Key key) {
        if (key instanceof RSAKey rsa) {
            return rsa.getModulus();
        }
        throw new IllegalArgumentException("no RSA key");
    }

    /** How many bytes an RSA operation gives. */
    public static int modulusBytes(Key key) {
        return (modulus(key).bitLength() + 7) / 8;
    }
}
