package trent.crypto.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import trent.api.KeySpec;
import trent.api.SigningAlgorithmSpec;
import trent.crypto.KeyPairs;
import trent.crypto.MessageKind;
import trent.crypto.ProviderChoice;
import trent.crypto.Providers;
import trent.key.KeySpecs;

/** Signatures of the native provider, of the JDK and of Bouncy Castle are each other's. */
public class SignersTest {

    private static final BouncyCastleProvider BOUNCY_CASTLE = new BouncyCastleProvider();
    private static final Map<String, KeyPair> PAIRS = new ConcurrentHashMap<>();
    private static final byte[] MESSAGE = "the message".getBytes(UTF_8);

    @AfterEach
    void back() {
        ProviderChoice.NATIVE.choose();
    }

    /** Source: RFC 8032, section 7.3. */
    @ParameterizedTest
    @EnumSource
    void ed25519phAsInTheRfc(ProviderChoice choice) throws IOException {
        choice.choose();
        HexFormat hex = HexFormat.of();
        KeyPairs pairs = KeySpecs.of(KeySpec.ECC_NIST_EDWARDS25519).pairs();
        AlgorithmIdentifier ed25519 =
                new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.101.112"));
        byte[] secret =
                hex.parseHex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42");
        byte[] point =
                hex.parseHex("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
        byte[] signature =
                hex.parseHex(
                        "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
                                + "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406");
        PrivateKey privateKey =
                pairs.privateKey(
                        new PrivateKeyInfo(ed25519, new DEROctetString(secret)).getEncoded("DER"));
        PublicKey publicKey =
                pairs.publicKey(new SubjectPublicKeyInfo(ed25519, point).getEncoded("DER"));
        byte[] abc = "abc".getBytes(UTF_8);

        Signer signer = Signer.of(SigningAlgorithmSpec.ED25519_PH_SHA_512);

        assertThat(signer.sign(privateKey, abc, MessageKind.DIGEST)).isEqualTo(signature);
        assertThat(signer.verify(publicKey, abc, signature, MessageKind.DIGEST)).isTrue();
        assertThat(
                        Signer.of(SigningAlgorithmSpec.ED25519_SHA_512)
                                .verify(publicKey, abc, signature, MessageKind.RAW))
                .isFalse();
    }

    /** A key spec with one of its algorithms. */
    public record Use(KeySpec spec, SigningAlgorithmSpec algorithm) {}

    public static List<Use> everyAlgorithm() {
        List<Use> all = new ArrayList<>();
        for (KeySpec rsa : List.of(KeySpec.RSA_2048, KeySpec.RSA_3072, KeySpec.RSA_4096)) {
            for (SigningAlgorithmSpec algorithm : SigningAlgorithmSpec.values()) {
                if (algorithm.name().startsWith("RSASSA")) {
                    all.add(new Use(rsa, algorithm));
                }
            }
        }
        all.add(new Use(KeySpec.ECC_NIST_P256, SigningAlgorithmSpec.ECDSA_SHA_256));
        all.add(new Use(KeySpec.ECC_NIST_P384, SigningAlgorithmSpec.ECDSA_SHA_384));
        all.add(new Use(KeySpec.ECC_NIST_P521, SigningAlgorithmSpec.ECDSA_SHA_512));
        all.add(new Use(KeySpec.ECC_SECG_P256K1, SigningAlgorithmSpec.ECDSA_SHA_256));
        all.add(new Use(KeySpec.ECC_NIST_EDWARDS25519, SigningAlgorithmSpec.ED25519_SHA_512));
        all.add(new Use(KeySpec.ECC_NIST_EDWARDS25519, SigningAlgorithmSpec.ED25519_PH_SHA_512));
        for (KeySpec spec : List.of(KeySpec.ML_DSA_44, KeySpec.ML_DSA_65, KeySpec.ML_DSA_87)) {
            all.add(new Use(spec, SigningAlgorithmSpec.ML_DSA_SHAKE_256));
        }
        return all;
    }

    /**
     * A store moves between machines: what was made one way is used the other. The native provider
     * comes up after the server and never goes: a key object from before is used after.
     */
    @ParameterizedTest
    @MethodSource("everyAlgorithm")
    void bothSetupsReadEachOthersKeysAndSignatures(Use use) throws GeneralSecurityException {
        SigningAlgorithmSpec algorithm = use.algorithm();
        Signer signer = Signer.of(algorithm);
        KeyPairs pairs = KeySpecs.of(use.spec()).pairs();
        for (ProviderChoice maker : ProviderChoice.values()) {
            maker.choose();
            KeyPair pair = pair(use.spec());
            byte[] pkcs8 = pairs.encodePrivate(pair.getPrivate());
            byte[] spki = pairs.encodePublic(pair.getPublic());
            PublicKey keptPublic = pairs.publicKey(spki);
            PrivateKey keptPrivate = pairs.privateKey(pkcs8);
            List<byte[]> signatures = new ArrayList<>();
            for (ProviderChoice other : ProviderChoice.values()) {
                other.choose();
                List<PrivateKey> keys = new ArrayList<>(List.of(pairs.privateKey(pkcs8)));
                if (maker == ProviderChoice.FALLBACK) {
                    keys.add(keptPrivate);
                }
                for (PrivateKey key : keys) {
                    for (MessageKind kind : kinds(algorithm)) {
                        signatures.add(signer.sign(key, input(kind, algorithm, spki), kind));
                    }
                }
            }
            for (ProviderChoice other : ProviderChoice.values()) {
                other.choose();
                List<PublicKey> keys = new ArrayList<>(List.of(pairs.publicKey(spki)));
                if (maker == ProviderChoice.FALLBACK) {
                    keys.add(keptPublic);
                }
                for (PublicKey key : keys) {
                    for (byte[] signature : signatures) {
                        for (MessageKind kind : kinds(algorithm)) {
                            byte[] input = input(kind, algorithm, spki);
                            assertThat(signer.verify(key, input, signature, kind))
                                    .as("made %s, verified %s, %s", maker, other, kind)
                                    .isTrue();
                            input[5] ^= 1;
                            assertThat(signer.verify(key, input, signature, kind)).isFalse();
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ML_DSA_44", "ML_DSA_65", "ML_DSA_87"})
    void mlDsaIsTheOtherProvidersMlDsa(KeySpec spec) throws GeneralSecurityException {
        Signer signer = Signer.of(SigningAlgorithmSpec.ML_DSA_SHAKE_256);
        KeyPairs pairs = KeySpecs.of(spec).pairs();
        KeyPair pair = pairs.generate();
        byte[] pkcs8 = pairs.encodePrivate(pair.getPrivate());
        byte[] spki = pairs.encodePublic(pair.getPublic());
        KeyFactory theirs = KeyFactory.getInstance("ML-DSA", BOUNCY_CASTLE);
        PrivateKey theirPrivate = theirs.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        PublicKey theirPublic = theirs.generatePublic(new X509EncodedKeySpec(spki));
        for (ProviderChoice choice : ProviderChoice.values()) {
            choice.choose();
            for (MessageKind kind : List.of(MessageKind.RAW, MessageKind.EXTERNAL_MU)) {
                byte[] input = input(kind, SigningAlgorithmSpec.ML_DSA_SHAKE_256, spki);
                Signature verifier = Signature.getInstance("ML-DSA", BOUNCY_CASTLE);
                verifier.initVerify(theirPublic);
                verifier.update(MESSAGE);
                assertThat(verifier.verify(signer.sign(pairs.privateKey(pkcs8), input, kind)))
                        .as("%s %s", choice, kind)
                        .isTrue();

                Signature maker = Signature.getInstance("ML-DSA", BOUNCY_CASTLE);
                maker.initSign(theirPrivate);
                maker.update(MESSAGE);
                assertThat(signer.verify(pairs.publicKey(spki), input, maker.sign(), kind))
                        .as("%s %s", choice, kind)
                        .isTrue();
            }
        }
    }

    /** A pair made by the providers chosen now; RSA takes its time, so each is made once. */
    public static KeyPair pair(KeySpec spec) {
        return PAIRS.computeIfAbsent(
                spec + (Providers.isNative() ? " native" : " fallback"),
                _ -> KeySpecs.of(spec).pairs().generate());
    }

    public static List<MessageKind> kinds(SigningAlgorithmSpec algorithm) {
        return switch (algorithm) {
            case ED25519_SHA_512 -> List.of(MessageKind.RAW);
            case ED25519_PH_SHA_512 -> List.of(MessageKind.DIGEST);
            case ML_DSA_SHAKE_256 -> List.of(MessageKind.RAW, MessageKind.EXTERNAL_MU);
            default -> List.of(MessageKind.RAW, MessageKind.DIGEST);
        };
    }

    /** The message, its digest or its mu. */
    public static byte[] input(MessageKind kind, SigningAlgorithmSpec algorithm, byte[] spki)
            throws GeneralSecurityException {
        return switch (kind) {
            case RAW -> MESSAGE.clone();
            case DIGEST -> {
                int bits = Signer.of(algorithm).digestBytes() * 8;
                yield MessageDigest.getInstance("SHA-" + bits).digest(MESSAGE);
            }
            case EXTERNAL_MU -> mu(spki);
        };
    }

    /** Source: FIPS 204, section 6.2, with the empty context of section 5.2. */
    private static byte[] mu(byte[] spki) {
        byte[] key = SubjectPublicKeyInfo.getInstance(spki).getPublicKeyData().getOctets();
        return shake(shake(key), new byte[] {0, 0}, MESSAGE);
    }

    private static byte[] shake(byte[]... parts) {
        SHAKEDigest shake = new SHAKEDigest(256);
        for (byte[] part : parts) {
            shake.update(part, 0, part.length);
        }
        byte[] hash = new byte[64];
        shake.doFinal(hash, 0, hash.length);
        return hash;
    }
}
