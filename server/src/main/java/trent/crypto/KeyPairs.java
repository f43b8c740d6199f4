package trent.crypto;

import java.io.IOException;
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
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Objects;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

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
    private static final BigInteger RSA_EXPONENT = RSAKeyGenParameterSpec.F4;

    /** The native provider takes no longer one. */
    private static final int MAX_RSA_EXPONENT_BITS = 33;

    private static final int PRIME_CERTAINTY = 100;
    private static final String DER = "DER";

    /** Source: RFC 8410. */
    private static final ASN1ObjectIdentifier EDWARDS_OID = new ASN1ObjectIdentifier("1.3.101.112");

    private enum Family {
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
        try {
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(ASN1Primitive.fromByteArray(pkcs8));
            byte[] der =
                    switch (family) {
                        case RSA -> checkedRsa(info);
                        case EC -> checkedEc(info);
                        case EDWARDS -> checkedEdwards(info);
                        case ML_DSA ->
                                throw new InvalidKeyMaterial("ML-DSA keys cannot be imported");
                    };
            publicOf(privateKey(der), der);
            return der;
        } catch (IOException
                | IllegalArgumentException
                | IllegalStateException
                | ClassCastException
                | ArithmeticException
                | NullPointerException e) { // what the ASN.1 reader throws at bytes that are no key
            throw new InvalidKeyMaterial("no " + jca + " key");
        }
    }

    /** The public key that belongs to a private key, as SubjectPublicKeyInfo. */
    public byte[] publicOf(PrivateKey key, byte[] pkcs8) {
        try {
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(pkcs8);
            switch (family) {
                case RSA -> {
                    RSAPrivateCrtKey rsa = (RSAPrivateCrtKey) key;
                    return factory()
                            .generatePublic(
                                    new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()))
                            .getEncoded();
                }
                case EC -> {
                    ECPoint point = point(scalar(info));
                    return new SubjectPublicKeyInfo(
                                    new AlgorithmIdentifier(
                                            X9ObjectIdentifiers.id_ecPublicKey, curve()),
                                    point.getEncoded(false))
                            .getEncoded(DER);
                }
                case EDWARDS -> {
                    byte[] seed = ASN1OctetString.getInstance(info.parsePrivateKey()).getOctets();
                    return new SubjectPublicKeyInfo(
                                    new AlgorithmIdentifier(EDWARDS_OID),
                                    new Ed25519PrivateKeyParameters(seed)
                                            .generatePublicKey()
                                            .getEncoded())
                            .getEncoded(DER);
                }
                default -> throw new IllegalArgumentException(jca);
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a public key could not be computed", e);
        }
    }

    /** Source: FIPS 186-5, appendix A.1.1, for the exponent and the length of the primes. */
    private byte[] checkedRsa(PrivateKeyInfo info) throws InvalidKeyMaterial, IOException {
        AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
        require(algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption));
        require(
                algorithm.getParameters() == null
                        || DERNull.INSTANCE.equals(algorithm.getParameters()));
        RSAPrivateKey rsa = RSAPrivateKey.getInstance(info.parsePrivateKey());
        require(rsa.getVersion().signum() == 0); // two primes
        BigInteger n = rsa.getModulus();
        BigInteger e = rsa.getPublicExponent();
        BigInteger d = rsa.getPrivateExponent();
        BigInteger p = rsa.getPrime1();
        BigInteger q = rsa.getPrime2();
        require(n.signum() > 0 && n.bitLength() == bits);
        require(p.signum() > 0 && p.bitLength() == bits / 2);
        require(q.signum() > 0 && q.bitLength() == bits / 2);
        require(!p.equals(q) && p.multiply(q).equals(n));
        require(p.isProbablePrime(PRIME_CERTAINTY) && q.isProbablePrime(PRIME_CERTAINTY));
        require(e.testBit(0) && e.compareTo(RSA_EXPONENT) >= 0);
        require(e.bitLength() <= MAX_RSA_EXPONENT_BITS);
        require(d.signum() > 0 && d.compareTo(n) < 0);
        BigInteger one = BigInteger.ONE;
        require(e.multiply(d).mod(p.subtract(one)).equals(one));
        require(e.multiply(d).mod(q.subtract(one)).equals(one));
        require(rsa.getExponent1().equals(d.mod(p.subtract(one))));
        require(rsa.getExponent2().equals(d.mod(q.subtract(one))));
        require(rsa.getCoefficient().signum() > 0 && rsa.getCoefficient().compareTo(p) < 0);
        require(rsa.getCoefficient().multiply(q).mod(p).equals(one));
        return new PrivateKeyInfo(
                        new AlgorithmIdentifier(
                                PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                        rsa)
                .getEncoded(DER);
    }

    private byte[] checkedEc(PrivateKeyInfo info) throws InvalidKeyMaterial, IOException {
        AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
        require(algorithm.getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey));
        ASN1ObjectIdentifier named = curve();
        require(named.equals(algorithm.getParameters()));
        ECPrivateKey ec = ECPrivateKey.getInstance(info.parsePrivateKey());
        require(ec.getParametersObject() == null || named.equals(ec.getParametersObject()));
        BigInteger scalar = ec.getKey();
        require(scalar.signum() > 0 && scalar.compareTo(domain().getN()) < 0);
        if (ec.getPublicKey() != null) {
            require(
                    domain().getCurve()
                            .decodePoint(ec.getPublicKey().getOctets())
                            .equals(point(scalar)));
        }
        return new PrivateKeyInfo(
                        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, named),
                        new ECPrivateKey(domain().getN().bitLength(), scalar))
                .getEncoded(DER);
    }

    /** Source: RFC 8410, and RFC 5958 for a public key beside the private one. */
    private static byte[] checkedEdwards(PrivateKeyInfo info)
            throws InvalidKeyMaterial, IOException {
        AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
        require(algorithm.getAlgorithm().equals(EDWARDS_OID) && algorithm.getParameters() == null);
        byte[] seed = ASN1OctetString.getInstance(info.parsePrivateKey()).getOctets();
        require(seed.length == Ed25519PrivateKeyParameters.KEY_SIZE);
        if (info.getPublicKeyData() != null) {
            require(
                    Arrays.equals(
                            info.getPublicKeyData().getOctets(),
                            new Ed25519PrivateKeyParameters(seed)
                                    .generatePublicKey()
                                    .getEncoded()));
        }
        return new PrivateKeyInfo(new AlgorithmIdentifier(EDWARDS_OID), new DEROctetString(seed))
                .getEncoded(DER);
    }

    private ECPoint point(BigInteger scalar) {
        return new FixedPointCombMultiplier().multiply(domain().getG(), scalar).normalize();
    }

    private static BigInteger scalar(PrivateKeyInfo info) throws IOException {
        return ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
    }

    X9ECParameters domain() {
        return Objects.requireNonNull(ECNamedCurveTable.getByName(jca), jca);
    }

    /** The name of the curve in an encoded key. */
    ASN1ObjectIdentifier curve() {
        return Objects.requireNonNull(ECNamedCurveTable.getOID(jca), jca);
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

    private static void require(boolean holds) throws InvalidKeyMaterial {
        if (!holds) {
            throw new InvalidKeyMaterial("not a key of this kind");
        }
    }
}
