package trent.crypto.signature;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.jspecify.annotations.Nullable;
import trent.api.SigningAlgorithmSpec;
import trent.crypto.KeyPairs;
import trent.crypto.MessageKind;
import trent.crypto.Providers;

/** One signing algorithm over bytes and the JDK's key types. Knows no KMS key, caller or policy. */
public sealed interface Signer {

    /** The signer of an algorithm. */
    static Signer of(SigningAlgorithmSpec algorithm) {
        return switch (algorithm) { // no default: a new algorithm in AWS's model must not go unseen
            case RSASSA_PSS_SHA_256 -> new RsaPss(Hash.SHA_256);
            case RSASSA_PSS_SHA_384 -> new RsaPss(Hash.SHA_384);
            case RSASSA_PSS_SHA_512 -> new RsaPss(Hash.SHA_512);
            case RSASSA_PKCS1_V1_5_SHA_256 -> new RsaPkcs1(Hash.SHA_256);
            case RSASSA_PKCS1_V1_5_SHA_384 -> new RsaPkcs1(Hash.SHA_384);
            case RSASSA_PKCS1_V1_5_SHA_512 -> new RsaPkcs1(Hash.SHA_512);
            case ECDSA_SHA_256 -> new Ecdsa(Hash.SHA_256);
            case ECDSA_SHA_384 -> new Ecdsa(Hash.SHA_384);
            case ECDSA_SHA_512 -> new Ecdsa(Hash.SHA_512);
            case ED25519_SHA_512 -> new Ed25519(false);
            case ED25519_PH_SHA_512 -> new Ed25519(true);
            case ML_DSA_SHAKE_256 -> new MlDsa();
            case SM2DSA -> new Sm2Dsa();
            case SYMMETRIC_DEFAULT ->
                    throw new IllegalArgumentException("no signer of " + algorithm.wire());
        };
    }

    /** The length of what DIGEST and EXTERNAL_MU give. */
    int digestBytes();

    /** Signs. */
    byte[] sign(PrivateKey key, byte[] message, MessageKind kind);

    /** Whether the signature is one of the message; false for whatever is wrong with it. */
    boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind);

    /** A hash function and what the standards call it. */
    enum Hash {
        SHA_256("SHA-256", 32, "2.16.840.1.101.3.4.2.1"),
        SHA_384("SHA-384", 48, "2.16.840.1.101.3.4.2.2"),
        SHA_512("SHA-512", 64, "2.16.840.1.101.3.4.2.3");

        private final String jca;
        private final int bytes;
        private final String oid;

        Hash(String jca, int bytes, String oid) {
            this.jca = jca;
            this.bytes = bytes;
            this.oid = oid;
        }

        byte[] of(byte[] message, MessageKind kind) {
            return switch (kind) {
                case DIGEST -> message;
                case RAW -> newDigest().digest(message);
                case EXTERNAL_MU -> throw new IllegalArgumentException("only ML-DSA has a mu");
            };
        }

        /** The JDK's for an encoding of Bouncy Castle's, whose own is half as fast. */
        Digest digest() {
            return new JdkDigest(newDigest(), bytes);
        }

        private MessageDigest newDigest() {
            try {
                return MessageDigest.getInstance(jca);
            } catch (GeneralSecurityException e) {
                throw Providers.missing(e);
            }
        }
    }

    /** A hash function of the JDK's in the shape that Bouncy Castle asks for. */
    record JdkDigest(MessageDigest jdk, int bytes) implements Digest {

        @Override
        public String getAlgorithmName() {
            return jdk.getAlgorithm();
        }

        @Override
        public int getDigestSize() {
            return bytes;
        }

        @Override
        public void update(byte in) {
            jdk.update(in);
        }

        @Override
        public void update(byte[] in, int offset, int length) {
            jdk.update(in, offset, length);
        }

        @Override
        public int doFinal(byte[] out, int offset) {
            byte[] digest = jdk.digest();
            System.arraycopy(digest, 0, out, offset, bytes);
            return bytes;
        }

        @Override
        public void reset() {
            jdk.reset();
        }
    }

    /**
     * RSASSA-PSS, the salt as long as the hash, MGF1 with the same hash. Source: RFC 8017.
     *
     * <p>No engine takes a digest that was computed elsewhere; of those Bouncy Castle makes the
     * encoding, and the preferred provider computes the power: 4 times the speed of the JDK.
     */
    record RsaPss(Hash hash) implements Signer {

        private static final String ENGINE = "RSASSA-PSS";
        private static final SecureRandom SALTS = new SecureRandom();

        @Override
        public int digestBytes() {
            return hash.bytes;
        }

        @Override
        public byte[] sign(PrivateKey key, byte[] message, MessageKind kind) {
            Provider provider = Providers.nativeFor("Signature", ENGINE);
            return (kind == MessageKind.RAW && provider != null)
                    ? signRaw(provider, key, message)
                    : signDigest(key, hash.of(message, kind));
        }

        private byte[] signRaw(Provider provider, PrivateKey key, byte[] message) {
            try {
                Signature engine = engine(provider);
                engine.initSign(key);
                engine.update(message);
                return engine.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("RSASSA-PSS cannot sign", e);
            }
        }

        private byte[] signDigest(PrivateKey key, byte[] digest) {
            PSSSigner engine = engine(new RawRsa(key, null));
            engine.init(true, new ParametersWithRandom(RawRsa.parameters(key), SALTS));
            engine.update(digest, 0, digest.length);
            try {
                return engine.generateSignature();
            } catch (CryptoException e) {
                throw new IllegalStateException("RSASSA-PSS cannot sign", e);
            }
        }

        @Override
        public boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
            if (!RawRsa.isInRange(key, signature)) {
                return false;
            }
            Provider provider = Providers.nativeFor("Signature", ENGINE);
            return (kind == MessageKind.RAW && provider != null)
                    ? verifyRaw(provider, key, message, signature)
                    : verifyDigest(key, hash.of(message, kind), signature);
        }

        private boolean verifyRaw(
                Provider provider, PublicKey key, byte[] message, byte[] signature) {
            try {
                Signature engine = engine(provider);
                engine.initVerify(key);
                engine.update(message);
                return engine.verify(signature);
            } catch (SignatureException _) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("RSASSA-PSS cannot verify", e);
            }
        }

        private boolean verifyDigest(PublicKey key, byte[] digest, byte[] signature) {
            RawRsa power = new RawRsa(null, key);
            PSSSigner engine = engine(power);
            engine.init(false, RawRsa.parameters(key));
            engine.update(digest, 0, digest.length);
            boolean valid = engine.verifySignature(signature);
            power.requireNoFault();
            return valid;
        }

        private Signature engine(Provider provider) throws GeneralSecurityException {
            Signature engine = Signature.getInstance(ENGINE, provider);
            engine.setParameter(
                    new PSSParameterSpec(
                            hash.jca,
                            "MGF1",
                            new MGF1ParameterSpec(hash.jca),
                            hash.bytes,
                            PSSParameterSpec.TRAILER_FIELD_BC));
            return engine;
        }

        private PSSSigner engine(AsymmetricBlockCipher power) {
            return PSSSigner.createRawSigner(
                    power, hash.digest(), hash.digest(), hash.bytes, PSSSigner.TRAILER_IMPLICIT);
        }
    }

    /** RSASSA-PKCS1-v1_5. Source: RFC 8017. */
    record RsaPkcs1(Hash hash) implements Signer {

        private static final String CIPHER = "RSA/ECB/Pkcs1Padding";

        @Override
        public int digestBytes() {
            return hash.bytes;
        }

        @Override
        public byte[] sign(PrivateKey key, byte[] message, MessageKind kind) {
            try {
                Provider provider = Providers.nativeFor("Cipher", CIPHER);
                if (provider != null) {
                    Cipher cipher = Cipher.getInstance(CIPHER, provider);
                    cipher.init(Cipher.ENCRYPT_MODE, key); // of a private key: block type 1
                    return cipher.doFinal(digestInfo(message, kind));
                }
                Signature engine = Signature.getInstance("NONEwithRSA");
                engine.initSign(key);
                engine.update(digestInfo(message, kind));
                return engine.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("RSASSA-PKCS1-v1_5 cannot sign", e);
            }
        }

        @Override
        public boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
            if (!RawRsa.isInRange(key, signature)) {
                return false;
            }
            byte[] digestInfo = digestInfo(message, kind);
            try {
                Provider provider = Providers.nativeFor("Cipher", CIPHER);
                if (provider != null) { // 3 times the speed of the JDK
                    Cipher cipher = Cipher.getInstance(CIPHER, provider);
                    cipher.init(Cipher.DECRYPT_MODE, key); // of a public key: block type 1
                    return MessageDigest.isEqual(cipher.doFinal(signature), digestInfo);
                }
                Signature engine = Signature.getInstance("NONEwithRSA");
                engine.initVerify(key);
                engine.update(digestInfo);
                return engine.verify(signature);
            } catch (BadPaddingException _) {
                return false;
            } catch (SignatureException _) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("RSASSA-PKCS1-v1_5 cannot verify", e);
            }
        }

        private byte[] digestInfo(byte[] message, MessageKind kind) {
            try {
                return new DigestInfo(
                                new AlgorithmIdentifier(
                                        new ASN1ObjectIdentifier(hash.oid), DERNull.INSTANCE),
                                hash.of(message, kind))
                        .getEncoded("DER");
            } catch (IOException e) {
                throw new IllegalStateException("DER cannot be written to memory", e);
            }
        }
    }

    /** ECDSA with a DER signature. Source: FIPS 186-5. */
    record Ecdsa(Hash hash) implements Signer {

        private static final String ENGINE = "NONEwithECDSA";

        @Override
        public int digestBytes() {
            return hash.bytes;
        }

        @Override
        public byte[] sign(PrivateKey key, byte[] message, MessageKind kind) {
            try {
                Signature engine = Signature.getInstance(ENGINE, provider(key));
                engine.initSign(key);
                engine.update(hash.of(message, kind));
                return engine.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("ECDSA cannot sign", e);
            }
        }

        @Override
        public boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
            if (!isDer(signature)) {
                return false;
            }
            try {
                Signature engine = Signature.getInstance(ENGINE, provider(key));
                engine.initVerify(key);
                engine.update(hash.of(message, kind));
                return engine.verify(signature);
            } catch (SignatureException _) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("ECDSA cannot verify", e);
            }
        }

        /** Two positive numbers in DER; the JDK takes a number that lacks its leading zero. */
        private static boolean isDer(byte[] signature) {
            try {
                return ASN1Primitive.fromByteArray(signature) instanceof ASN1Sequence pair
                        && pair.size() == 2
                        && pair.getObjectAt(0) instanceof ASN1Integer r
                        && r.getValue().signum() > 0
                        && pair.getObjectAt(1) instanceof ASN1Integer s
                        && s.getValue().signum() > 0
                        && Arrays.equals(pair.getEncoded("DER"), signature);
            } catch (IOException | IllegalArgumentException _) {
                return false;
            }
        }

        private static Provider provider(Key key) {
            return key.getClass().getName().startsWith("org.bouncycastle.")
                    ? Providers.forSecp256k1("Signature", ENGINE)
                    : Providers.of("Signature", ENGINE);
        }
    }

    /** EdDSA on Curve25519, pure or pre-hashed. Source: RFC 8032. */
    record Ed25519(boolean preHashed) implements Signer {

        @Override
        public int digestBytes() {
            return 64;
        }

        @Override
        public byte[] sign(PrivateKey key, byte[] message, MessageKind kind) {
            try {
                Signature engine = engine();
                engine.initSign(key);
                engine.update(message);
                return engine.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("Ed25519 cannot sign", e);
            }
        }

        @Override
        public boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
            try {
                Signature engine = engine();
                engine.initVerify(key);
                engine.update(message);
                return engine.verify(signature);
            } catch (SignatureException _) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("Ed25519 cannot verify", e);
            }
        }

        private Signature engine() throws GeneralSecurityException {
            String name = preHashed ? "Ed25519ph" : "Ed25519";
            Provider provider = Providers.nativeFor("Signature", name);
            if (provider != null) {
                return Signature.getInstance(name, provider);
            }
            Signature engine = Signature.getInstance("EdDSA");
            engine.setParameter(new EdDSAParameterSpec(preHashed));
            return engine;
        }
    }

    /** Pure, hedged ML-DSA with an empty context, over a message or its mu. Source: FIPS 204. */
    record MlDsa() implements Signer {

        private static final String ENGINE = "ML-DSA";
        private static final String EXTERNAL_MU = "ML-DSA-ExtMu";

        @Override
        public int digestBytes() {
            return 64;
        }

        @Override
        public byte[] sign(PrivateKey key, byte[] message, MessageKind kind) {
            if (kind == MessageKind.EXTERNAL_MU
                    && Providers.nativeFor("Signature", EXTERNAL_MU) == null) {
                return MlDsaMu.sign(key, message);
            }
            try {
                Signature engine = engine(kind);
                engine.initSign(key);
                engine.update(message);
                return engine.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("ML-DSA cannot sign", e);
            }
        }

        @Override
        public boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
            if (kind == MessageKind.EXTERNAL_MU
                    && Providers.nativeFor("Signature", EXTERNAL_MU) == null) {
                return MlDsaMu.verify(key, message, signature);
            }
            try {
                Signature engine = engine(kind);
                engine.initVerify(key);
                engine.update(message);
                return engine.verify(signature);
            } catch (SignatureException _) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("ML-DSA cannot verify", e);
            }
        }

        private static Signature engine(MessageKind kind) throws GeneralSecurityException {
            String name = kind == MessageKind.EXTERNAL_MU ? EXTERNAL_MU : ENGINE;
            return Signature.getInstance(name, Providers.of("Signature", name));
        }
    }

    /** SM2 with SM3 and the default distinguishing ID. Source: GM/T 0003.2. */
    record Sm2Dsa() implements Signer {

        @Override
        public int digestBytes() {
            return Sm2Signature.DIGEST_BYTES;
        }

        @Override
        public byte[] sign(PrivateKey key, byte[] message, MessageKind kind) {
            return Sm2Signature.sign(key, message, kind);
        }

        @Override
        public boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
            return Sm2Signature.verify(key, message, signature, kind);
        }
    }

    /** The power of an RSA key, by the preferred provider, for an encoding of Bouncy Castle's. */
    final class RawRsa implements AsymmetricBlockCipher {

        private static final String CIPHER = "RSA/ECB/NoPadding";

        private final @Nullable PrivateKey privateKey;
        private final @Nullable PublicKey publicKey;
        private final int modulusBytes;
        private @Nullable GeneralSecurityException fault;

        RawRsa(@Nullable PrivateKey privateKey, @Nullable PublicKey publicKey) {
            this.privateKey = privateKey;
            this.publicKey = publicKey;
            this.modulusBytes =
                    privateKey != null
                            ? KeyPairs.modulusBytes(privateKey)
                            : publicKey != null ? KeyPairs.modulusBytes(publicKey) : 0;
        }

        /** A fault of ours must not pass for a wrong signature, as Bouncy Castle has it. */
        void requireNoFault() {
            if (fault != null) {
                throw new IllegalStateException("RSA cannot compute", fault);
            }
        }

        /** Whether this is as long as the modulus, and as a number less. */
        static boolean isInRange(PublicKey key, byte[] signature) {
            BigInteger modulus = KeyPairs.modulus(key);
            return signature.length == (modulus.bitLength() + 7) / 8
                    && new BigInteger(1, signature).compareTo(modulus) < 0;
        }

        /** What the encoding needs to know of the key: its length. */
        static CipherParameters parameters(Key key) {
            return new RSAKeyParameters(
                    false, KeyPairs.modulus(key), BigInteger.valueOf(65_537), true);
        }

        @Override
        public void init(boolean forSigning, CipherParameters parameters) {
            // The key is known already.
        }

        @Override
        public int getInputBlockSize() {
            return modulusBytes;
        }

        @Override
        public int getOutputBlockSize() {
            return modulusBytes;
        }

        @Override
        public byte[] processBlock(byte[] input, int offset, int length) {
            try {
                Cipher cipher = Providers.cipher(CIPHER);
                byte[] padded = new byte[modulusBytes];
                System.arraycopy(input, offset, padded, modulusBytes - length, length);
                if (privateKey != null) {
                    cipher.init(Cipher.DECRYPT_MODE, privateKey);
                } else {
                    cipher.init(Cipher.ENCRYPT_MODE, publicKey);
                }
                return cipher.doFinal(padded);
            } catch (GeneralSecurityException e) {
                fault = e;
                throw new IllegalStateException("RSA cannot compute", e);
            }
        }
    }
}
