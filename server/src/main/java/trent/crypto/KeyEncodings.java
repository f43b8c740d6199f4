package trent.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;
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
 * What is in encoded keys: looked at when somebody brings one. Apart from {@link KeyPairs} because a
 * start needs that, and would with this load and verify the jar of Bouncy Castle: 100 ms.
 */
final class KeyEncodings {

    /** The native provider takes no longer one. */
    private static final int MAX_RSA_EXPONENT_BITS = 33;

    private static final int PRIME_CERTAINTY = 100;
    private static final String DER = "DER";

    /** Source: RFC 8410. */
    private static final ASN1ObjectIdentifier EDWARDS_OID = new ASN1ObjectIdentifier("1.3.101.112");

    private KeyEncodings() {}

    /**
     * Reads a private key that somebody brings, in DER or BER, and gives it in DER as it is made
     * here: without attributes, and without a public key beside it.
     *
     * @throws InvalidKeyMaterial if it is not exactly a key of this kind
     */
    static byte[] checked(KeyPairs kind, byte[] pkcs8) throws InvalidKeyMaterial {
        try {
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(ASN1Primitive.fromByteArray(pkcs8));
            byte[] der =
                    switch (kind.family()) {
                        case RSA -> checkedRsa(kind.bits(), info);
                        case EC -> checkedEc(kind, info);
                        case EDWARDS -> checkedEdwards(info);
                        case ML_DSA ->
                                throw new InvalidKeyMaterial("ML-DSA keys cannot be imported");
                    };
            publicOf(kind, kind.privateKey(der), der);
            return der;
        } catch (IOException
                | IllegalArgumentException
                | IllegalStateException
                | ClassCastException
                | ArithmeticException
                | NullPointerException e) { // what the ASN.1 reader throws at bytes that are no key
            throw new InvalidKeyMaterial("no " + kind.jca() + " key");
        }
    }

    /** The public key that belongs to a private key, as SubjectPublicKeyInfo. */
    static byte[] publicOf(KeyPairs kind, PrivateKey key, byte[] pkcs8) {
        try {
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(pkcs8);
            switch (kind.family()) {
                case RSA -> {
                    RSAPrivateCrtKey rsa = (RSAPrivateCrtKey) key;
                    return kind.factory()
                            .generatePublic(
                                    new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()))
                            .getEncoded();
                }
                case EC -> {
                    ECPoint point = point(kind, scalar(info));
                    return new SubjectPublicKeyInfo(
                                    new AlgorithmIdentifier(
                                            X9ObjectIdentifiers.id_ecPublicKey, curve(kind)),
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
                default -> throw new IllegalArgumentException(kind.jca());
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a public key could not be computed", e);
        }
    }

    /** Source: FIPS 186-5, appendix A.1.1, for the exponent and the length of the primes. */
    private static byte[] checkedRsa(int bits, PrivateKeyInfo info)
            throws InvalidKeyMaterial, IOException {
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
        require(e.testBit(0) && e.compareTo(KeyPairs.RSA_EXPONENT) >= 0);
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

    private static byte[] checkedEc(KeyPairs kind, PrivateKeyInfo info)
            throws InvalidKeyMaterial, IOException {
        AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
        require(algorithm.getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey));
        ASN1ObjectIdentifier named = curve(kind);
        X9ECParameters domain = domain(kind);
        require(named.equals(algorithm.getParameters()));
        ECPrivateKey ec = ECPrivateKey.getInstance(info.parsePrivateKey());
        require(ec.getParametersObject() == null || named.equals(ec.getParametersObject()));
        BigInteger scalar = ec.getKey();
        require(scalar.signum() > 0 && scalar.compareTo(domain.getN()) < 0);
        if (ec.getPublicKey() != null) {
            require(
                    domain.getCurve()
                            .decodePoint(ec.getPublicKey().getOctets())
                            .equals(point(kind, scalar)));
        }
        return new PrivateKeyInfo(
                        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, named),
                        new ECPrivateKey(domain.getN().bitLength(), scalar))
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

    private static ECPoint point(KeyPairs kind, BigInteger scalar) {
        return new FixedPointCombMultiplier().multiply(domain(kind).getG(), scalar).normalize();
    }

    private static BigInteger scalar(PrivateKeyInfo info) throws IOException {
        return ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
    }

    static X9ECParameters domain(KeyPairs kind) {
        return Objects.requireNonNull(ECNamedCurveTable.getByName(kind.jca()), kind.jca());
    }

    /** The name of the curve in an encoded key. */
    static ASN1ObjectIdentifier curve(KeyPairs kind) {
        return Objects.requireNonNull(ECNamedCurveTable.getOID(kind.jca()), kind.jca());
    }

    private static void require(boolean holds) throws InvalidKeyMaterial {
        if (!holds) {
            throw new InvalidKeyMaterial("not a key of this kind");
        }
    }
}
