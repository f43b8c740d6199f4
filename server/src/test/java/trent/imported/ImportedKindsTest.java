package trent.imported;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.BERSequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.House.Caller;
import trent.api.GetParametersForImportResponse;
import trent.api.KeyState;
import trent.api.KmsOperation;

/**
 * Every kind of key by every way of wrapping, and what must not become a key. Source: AWS KMS
 * Developer Guide, "Importing key material step 3: Encrypt the key material".
 */
@Tag("sqlite") // every kind of key, and their cryptography
class ImportedKindsTest {

    private static final String INCORRECT = "IncorrectKeyMaterialException";
    private static final ASN1ObjectIdentifier ED25519 = new ASN1ObjectIdentifier("1.3.101.112");
    private static final ASN1ObjectIdentifier X25519 = new ASN1ObjectIdentifier("1.3.101.110");
    private static final Provider BC = new BouncyCastleProvider();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Map<Integer, KeyPair> RSA = new ConcurrentHashMap<>();

    private static final House HOUSE = new House();
    private static final Caller CALLER = HOUSE.caller();

    @AfterAll
    static void close() {
        HOUSE.close();
    }

    // ---- GetParametersForImport

    /** By key spec, the wrapping algorithms that go with each wrapping key. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            SYMMETRIC_DEFAULT     | ENCRYPT_DECRYPT     | OAEP     | OAEP     | OAEP
            HMAC_224              | GENERATE_VERIFY_MAC | OAEP     | OAEP     | OAEP
            HMAC_256              | GENERATE_VERIFY_MAC | OAEP     | OAEP     | OAEP
            HMAC_384              | GENERATE_VERIFY_MAC | OAEP     | OAEP     | OAEP
            HMAC_512              | GENERATE_VERIFY_MAC | OAEP     | OAEP     | OAEP
            RSA_2048              | SIGN_VERIFY         | AES      | AES      | AES
            RSA_3072              | ENCRYPT_DECRYPT     | AES      | AES      | AES
            RSA_4096              | SIGN_VERIFY         | AES      | AES      | AES
            ECC_NIST_P256         | SIGN_VERIFY         | OAEP AES | OAEP AES | OAEP AES
            ECC_NIST_P384         | KEY_AGREEMENT       | OAEP AES | OAEP AES | OAEP AES
            ECC_NIST_P521         | SIGN_VERIFY         | AES      | OAEP AES | OAEP AES
            ECC_SECG_P256K1       | SIGN_VERIFY         | OAEP AES | OAEP AES | OAEP AES
            ECC_NIST_EDWARDS25519 | SIGN_VERIFY         | OAEP AES | OAEP AES | OAEP AES
            """)
    void whichWrappingGoesWithWhichKey(
            String spec, String usage, String rsa2048, String rsa3072, String rsa4096) {
        String key = Importing.newKey(CALLER, "KeySpec", spec, "KeyUsage", usage);
        Map<String, String> good =
                Map.of("RSA_2048", rsa2048, "RSA_3072", rsa3072, "RSA_4096", rsa4096);
        for (String wrapping : good.keySet()) {
            for (String algorithm :
                    new String[] {
                        "RSAES_OAEP_SHA_1",
                        "RSAES_OAEP_SHA_256",
                        "RSA_AES_KEY_WRAP_SHA_1",
                        "RSA_AES_KEY_WRAP_SHA_256"
                    }) {
                boolean allowed =
                        Objects.requireNonNull(good.get(wrapping))
                                .contains(algorithm.contains("OAEP") ? "OAEP" : "AES");
                // One that is allowed makes a key pair, which takes long: the imports below do.
                if (!allowed) {
                    assertThat(parameters(key, wrapping, algorithm))
                            .isEqualTo(
                                    "ValidationException: WrappingAlgorithm %s with WrappingKeySpec %s is not compatible with KeySpec %s"
                                            .formatted(algorithm, wrapping, spec));
                } else if (wrapping.equals("RSA_2048")) {
                    assertThat(parameters(key, wrapping, algorithm)).isEqualTo(House.OK);
                }
            }
            assertThat(parameters(key, wrapping, "RSAES_PKCS1_V1_5"))
                    .startsWith("UnsupportedOperationException: ");
        }
        assertThat(parameters(key, "SM2", "SM2PKE"))
                .isEqualTo(
                        "UnsupportedOperationException: WrappingKeySpec SM2 is not supported in this Region");
        assertThat(parameters(key, "RSA_2048", "RSA_512"))
                .startsWith("ValidationException: 1 validation error detected");
    }

    @ParameterizedTest
    @ValueSource(ints = {2048, 3072, 4096})
    void theReply(int bits) throws Exception {
        String key = Importing.newKey(CALLER);
        GetParametersForImportResponse reply =
                CALLER.ask(
                        KmsOperation.GET_PARAMETERS_FOR_IMPORT,
                        "KeyId",
                        key,
                        "WrappingKeySpec",
                        "RSA_" + bits,
                        "WrappingAlgorithm",
                        "RSAES_OAEP_SHA_256");
        assertThat(reply.keyId()).isEqualTo(CALLER.arn(key).toString());
        assertThat(reply.parametersValidTo()).isEqualTo(HOUSE.now().plusSeconds(24 * 3600));
        assertThat(Objects.requireNonNull(reply.importToken()).size()).isLessThanOrEqualTo(6144);
        PublicKey publicKey =
                KeyFactory.getInstance("RSA")
                        .generatePublic(
                                new X509EncodedKeySpec(
                                        Objects.requireNonNull(reply.publicKey()).bytes()));
        assertThat(((RSAPublicKey) publicKey).getModulus().bitLength()).isEqualTo(bits);
    }

    // ---- every kind, wrapped in every way

    static Stream<Arguments> ways() throws Exception {
        Stream.Builder<Arguments> ways = Stream.builder();
        for (String kind :
                new String[] {
                    "SYMMETRIC_DEFAULT",
                    "HMAC_256",
                    "RSA_2048",
                    "ECC_NIST_P256",
                    "ECC_NIST_P384",
                    "ECC_NIST_P521",
                    "ECC_SECG_P256K1",
                    "ECC_NIST_EDWARDS25519"
                }) {
            for (String algorithm :
                    new String[] {
                        "RSAES_OAEP_SHA_1",
                        "RSAES_OAEP_SHA_256",
                        "RSA_AES_KEY_WRAP_SHA_1",
                        "RSA_AES_KEY_WRAP_SHA_256"
                    }) {
                boolean direct = algorithm.contains("OAEP");
                boolean bytes = kind.startsWith("S") || kind.startsWith("H");
                if (direct ? !kind.startsWith("RSA") : !bytes) {
                    String wrapping = direct && kind.endsWith("P521") ? "RSA_3072" : "RSA_2048";
                    ways.add(Arguments.of(kind, wrapping, algorithm));
                }
            }
        }
        ways.add(Arguments.of("RSA_3072", "RSA_3072", "RSA_AES_KEY_WRAP_SHA_256"));
        ways.add(Arguments.of("RSA_4096", "RSA_4096", "RSA_AES_KEY_WRAP_SHA_1"));
        ways.add(Arguments.of("HMAC_512", "RSA_4096", "RSAES_OAEP_SHA_256"));
        return ways.build();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void isImportedAndUsed(String kind, String wrapping, String algorithm) throws Exception {
        String usage =
                switch (kind) {
                    case "SYMMETRIC_DEFAULT" -> "ENCRYPT_DECRYPT";
                    case "HMAC_256", "HMAC_512" -> "GENERATE_VERIFY_MAC";
                    case "ECC_NIST_P384" -> "KEY_AGREEMENT";
                    default -> "SIGN_VERIFY";
                };
        String key = Importing.newKey(CALLER, "KeySpec", kind, "KeyUsage", usage);
        Importing importing = Importing.begin(CALLER, key, wrapping, algorithm);
        assertThat(CALLER.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        byte[] material;
        switch (kind) {
            case "SYMMETRIC_DEFAULT" -> {
                material = random(32);
                assertThat(importing.lasting(material).keyMaterialId()).isNotNull();
                assertThat(CALLER.decrypt(CALLER.encrypt(key), Map.of())).containsExactly(42);
            }
            case "HMAC_256", "HMAC_512" -> {
                material = random(kind.equals("HMAC_256") ? 40 : 128);
                assertThat(importing.lasting(material).keyMaterialId()).isNull();
                requireMac(key, material, kind);
            }
            case "ECC_NIST_P384" -> {
                KeyPair pair = ec("secp384r1");
                material = pair.getPrivate().getEncoded();
                importing.lasting(material);
                requirePublic(key, pair);
                requireAgreement(key, pair);
            }
            default -> {
                KeyPair pair = pair(kind);
                material = pair.getPrivate().getEncoded();
                assertThat(importing.lasting(material).keyMaterialId()).isNull();
                requirePublic(key, pair);
                requireSignature(key, pair, kind);
            }
        }
        assertThat(CALLER.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        assertThat(CALLER.describe(key).currentKeyMaterialId() != null)
                .isEqualTo(kind.equals("SYMMETRIC_DEFAULT"));

        // Once more, and nothing else.
        CALLER.ask(KmsOperation.DELETE_IMPORTED_KEY_MATERIAL, "KeyId", key);
        assertThat(CALLER.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(importing.triedLasting(another(kind, material))).isEqualTo(INCORRECT);
        assertThat(CALLER.describe(key).keyState()).isEqualTo(KeyState.PENDING_IMPORT);
        assertThat(importing.triedLasting(material)).isEqualTo(House.OK);
        assertThat(CALLER.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            HMAC_224 | 27  | no
            HMAC_224 | 28  | ok
            HMAC_256 | 31  | no
            HMAC_256 | 32  | ok
            HMAC_384 | 47  | no
            HMAC_384 | 48  | ok
            HMAC_512 | 63  | no
            HMAC_512 | 64  | ok
            HMAC_224 | 128 | ok
            HMAC_512 | 128 | ok
            HMAC_256 | 129 | no
            HMAC_256 | 0   | no
            """)
    void lengthsOfHmacKeys(String spec, int bytes, String expected) throws Exception {
        String key = Importing.newKey(CALLER, "KeySpec", spec, "KeyUsage", "GENERATE_VERIFY_MAC");
        byte[] material = random(bytes);
        assertThat(Importing.begin(CALLER, key).triedLasting(material))
                .isEqualTo(expected.equals("ok") ? House.OK : INCORRECT);
        if (expected.equals("ok")) {
            requireMac(key, material, spec);
        }
    }

    @Test
    void rsaDecryptsWhatWasEncryptedOutside() throws Exception {
        String key = Importing.newKey(CALLER, "KeySpec", "RSA_2048", "KeyUsage", "ENCRYPT_DECRYPT");
        KeyPair pair = rsa(2048);
        Importing.begin(CALLER, key, "RSA_2048", "RSA_AES_KEY_WRAP_SHA_256")
                .lasting(pair.getPrivate().getEncoded());
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding", "SunJCE");
        cipher.init(Cipher.ENCRYPT_MODE, pair.getPublic());
        byte[] ciphertext = cipher.doFinal(new byte[] {1, 2, 3});
        assertThat(
                        Objects.requireNonNull(
                                        CALLER.ask(
                                                        KmsOperation.DECRYPT,
                                                        "KeyId",
                                                        key,
                                                        "CiphertextBlob",
                                                        ciphertext,
                                                        "EncryptionAlgorithm",
                                                        "RSAES_OAEP_SHA_1")
                                                .plaintext())
                                .bytes())
                .containsExactly(1, 2, 3);
    }

    /** A public key is no secret and stays known; the private key is not used once more. */
    @Test
    void withTheMaterialGoesThePrivateKey() throws Exception {
        String key = signing("ECC_NIST_P256");
        assertThat(CALLER.tried("GetPublicKey", "KeyId", key))
                .isEqualTo(Importing.invalidState(CALLER, key, "pending import"));
        KeyPair pair = ec("secp256r1");
        Importing importing = Importing.begin(CALLER, key);
        importing.lasting(pair.getPrivate().getEncoded());
        requireSignature(key, pair, "ECC_NIST_P256");
        CALLER.ask(KmsOperation.DELETE_IMPORTED_KEY_MATERIAL, "KeyId", key);
        requirePublic(key, pair);
        // Even if the state said otherwise.
        HOUSE.setState(CALLER.arn(key), KeyState.ENABLED);
        assertThat(
                        CALLER.tried(
                                "Sign",
                                "KeyId",
                                key,
                                "Message",
                                new byte[1],
                                "SigningAlgorithm",
                                "ECDSA_SHA_256"))
                .isEqualTo(Importing.invalidState(CALLER, key, "pending import"));
    }

    @ParameterizedTest
    @CsvSource({"ImportType,NEW_KEY_MATERIAL", "KeyMaterialDescription,d", "KeyMaterialId,ID"})
    void membersForSymmetricKeysOnly(String member, String value) throws Exception {
        String key = signing("ECC_NIST_P256");
        assertThat(
                        Importing.begin(CALLER, key)
                                .triedLasting(
                                        ec("secp256r1").getPrivate().getEncoded(),
                                        member,
                                        value.equals("ID") ? "ab".repeat(32) : value))
                .isEqualTo(
                        "ValidationException: "
                                + member
                                + " is supported only with a symmetric encryption KMS key.");
    }

    // ---- what is a key, and what is not

    static Stream<Arguments> rsaKeys() throws Exception {
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) rsa(2048).getPrivate();
        byte[] good = key.getEncoded();
        BigInteger one = BigInteger.ONE;
        BigInteger p = key.getPrimeP();
        BigInteger q = key.getPrimeQ();
        BigInteger e = key.getPublicExponent();
        BigInteger n = key.getModulus();
        BigInteger d = key.getPrivateExponent();
        BigInteger dp = key.getPrimeExponentP();
        BigInteger dq = key.getPrimeExponentQ();
        BigInteger c = key.getCrtCoefficient();
        BigInteger lcm =
                p.subtract(one)
                        .multiply(q.subtract(one))
                        .divide(p.subtract(one).gcd(q.subtract(one)));
        RSAPrivateKey plain = new RSAPrivateKey(n, e, d, p, q, dp, dq, c);
        return Stream.of(
                Arguments.of("as the JDK writes it", House.OK, good),
                Arguments.of(
                        "d modulo the least common multiple",
                        House.OK,
                        rsaInfo(new RSAPrivateKey(n, e, e.modInverse(lcm), p, q, dp, dq, c))),
                Arguments.of(
                        "primes exchanged",
                        House.OK,
                        rsaInfo(new RSAPrivateKey(n, e, d, q, p, dq, dp, p.modInverse(q)))),
                Arguments.of(
                        "BER",
                        House.OK,
                        new BERSequence(
                                        new ASN1Encodable[] {
                                            new ASN1Integer(0),
                                            new BERSequence(
                                                    new ASN1Encodable[] {
                                                        PKCSObjectIdentifiers.rsaEncryption,
                                                        DERNull.INSTANCE
                                                    }),
                                            new DEROctetString(plain)
                                        })
                                .getEncoded()),
                Arguments.of(
                        "with attributes",
                        House.OK,
                        new PrivateKeyInfo(
                                        new AlgorithmIdentifier(
                                                PKCSObjectIdentifiers.rsaEncryption,
                                                DERNull.INSTANCE),
                                        plain,
                                        new DERSet(
                                                new DERSequence(
                                                        new ASN1Encodable[] {
                                                            PKCSObjectIdentifiers
                                                                    .pkcs_9_at_friendlyName,
                                                            new DERSet(new DERUTF8String("x"))
                                                        })))
                                .getEncoded()),
                Arguments.of("e = 65539", House.OK, exponent(BigInteger.valueOf(65539))),
                Arguments.of("e = 3", INCORRECT, exponent(BigInteger.valueOf(3))),
                Arguments.of(
                        "e of 40 bits",
                        INCORRECT,
                        exponent(BigInteger.ONE.shiftLeft(39).nextProbablePrime())),
                Arguments.of("3072 bits", INCORRECT, rsa(3072).getPrivate().getEncoded()),
                Arguments.of("2047 bits", INCORRECT, primes(1024, 1023, 2047)),
                Arguments.of("primes of other lengths", INCORRECT, primes(1536, 512, 2048)),
                Arguments.of("three primes", INCORRECT, threePrimes()),
                Arguments.of("the same prime twice", INCORRECT, samePrimes()),
                Arguments.of("something behind it", INCORRECT, join(good, new byte[] {5, 0})),
                Arguments.of("cut off", INCORRECT, Arrays.copyOf(good, good.length - 1)),
                Arguments.of(
                        "something behind the key in it",
                        INCORRECT,
                        info(
                                new AlgorithmIdentifier(
                                        PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                                join(plain.getEncoded(), new byte[] {5, 0}))),
                Arguments.of("PKCS #1", INCORRECT, plain.getEncoded()),
                Arguments.of("a public key", INCORRECT, rsa(2048).getPublic().getEncoded()),
                Arguments.of("an EC key", INCORRECT, ec("secp256r1").getPrivate().getEncoded()),
                Arguments.of("nothing known", INCORRECT, random(1200)),
                Arguments.of("one byte", INCORRECT, new byte[1]),
                Arguments.of("nested deeply", INCORRECT, nested()),
                Arguments.of(
                        "an exponent for the other prime",
                        INCORRECT,
                        rsaInfo(new RSAPrivateKey(n, e, d, p, q, dq, dp, c))),
                Arguments.of(
                        "another d",
                        INCORRECT,
                        rsaInfo(new RSAPrivateKey(n, e, d.add(one), p, q, dp, dq, c))),
                Arguments.of(
                        "another coefficient",
                        INCORRECT,
                        rsaInfo(new RSAPrivateKey(n, e, d, p, q, dp, dq, c.add(one)))),
                Arguments.of(
                        "another modulus",
                        INCORRECT,
                        rsaInfo(new RSAPrivateKey(n.add(BigInteger.TWO), e, d, p, q, dp, dq, c))),
                Arguments.of(
                        "negative primes",
                        INCORRECT,
                        rsaInfo(new RSAPrivateKey(n, e, d, p.negate(), q.negate(), dp, dq, c))),
                Arguments.of(
                        "for RSASSA-PSS alone",
                        INCORRECT,
                        info(
                                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS),
                                plain.getEncoded())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rsaKeys")
    void whatIsAnRsaKey(String what, String expected, byte[] pkcs8) {
        requireOutcome("RSA_2048", expected, pkcs8);
    }

    static Stream<Arguments> ecKeys() throws Exception {
        X9ECParameters p256 = ECNamedCurveTable.getByOID(SECObjectIdentifiers.secp256r1);
        BigInteger n = p256.getN();
        BigInteger scalar = new BigInteger(250, RANDOM);
        ASN1ObjectIdentifier id = SECObjectIdentifiers.secp256r1;
        DERBitString publicKey = point(p256, scalar);
        byte[] good = ecInfo(id, new ECPrivateKey(256, scalar));
        return Stream.of(
                Arguments.of(
                        "as the JDK writes it",
                        House.OK,
                        ec("secp256r1").getPrivate().getEncoded()),
                Arguments.of("without public key", House.OK, good),
                Arguments.of(
                        "with its public key",
                        House.OK,
                        ecInfo(id, new ECPrivateKey(256, scalar, publicKey, null))),
                Arguments.of(
                        "with its curve named twice",
                        House.OK,
                        ecInfo(id, new ECPrivateKey(256, scalar, publicKey, id))),
                Arguments.of(
                        "the least", House.OK, ecInfo(id, new ECPrivateKey(256, BigInteger.ONE))),
                Arguments.of(
                        "the greatest",
                        House.OK,
                        ecInfo(id, new ECPrivateKey(256, n.subtract(BigInteger.ONE)))),
                Arguments.of("zero", INCORRECT, ecInfo(id, new ECPrivateKey(256, BigInteger.ZERO))),
                Arguments.of("the order", INCORRECT, ecInfo(id, new ECPrivateKey(256, n))),
                Arguments.of(
                        "more than the order",
                        INCORRECT,
                        ecInfo(id, new ECPrivateKey(256, n.add(BigInteger.TWO)))),
                Arguments.of(
                        "with another's public key",
                        INCORRECT,
                        ecInfo(
                                id,
                                new ECPrivateKey(
                                        256,
                                        scalar,
                                        point(p256, scalar.add(BigInteger.ONE)),
                                        null))),
                Arguments.of(
                        "with a public key that is none",
                        INCORRECT,
                        ecInfo(
                                id,
                                new ECPrivateKey(256, scalar, new DERBitString(random(65)), null))),
                Arguments.of(
                        "two curves",
                        INCORRECT,
                        ecInfo(id, new ECPrivateKey(256, scalar, SECObjectIdentifiers.secp256k1))),
                Arguments.of(
                        "a curve spelt out",
                        INCORRECT,
                        ecInfo(p256, new ECPrivateKey(256, scalar))),
                Arguments.of(
                        "no curve",
                        INCORRECT,
                        info(
                                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey),
                                new ECPrivateKey(256, scalar).getEncoded())),
                Arguments.of("of P-384", INCORRECT, ec("secp384r1").getPrivate().getEncoded()),
                Arguments.of(
                        "of secp256k1",
                        INCORRECT,
                        ecInfo(SECObjectIdentifiers.secp256k1, new ECPrivateKey(256, scalar))),
                Arguments.of("something behind it", INCORRECT, join(good, new byte[] {0})),
                Arguments.of("SEC 1", INCORRECT, new ECPrivateKey(256, scalar, id).getEncoded()),
                Arguments.of("an RSA key", INCORRECT, rsa(2048).getPrivate().getEncoded()),
                Arguments.of("nested deeply", INCORRECT, nested()),
                Arguments.of("32 bytes", INCORRECT, random(32)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ecKeys")
    void whatIsAnEcKey(String what, String expected, byte[] pkcs8) {
        requireOutcome("ECC_NIST_P256", expected, pkcs8);
    }

    static Stream<Arguments> edwardsKeys() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] good = pair.getPrivate().getEncoded();
        byte[] seed = Arrays.copyOfRange(good, good.length - 32, good.length);
        byte[] spki = pair.getPublic().getEncoded();
        byte[] point = Arrays.copyOfRange(spki, spki.length - 32, spki.length);
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(ED25519);
        return Stream.of(
                Arguments.of("as the JDK writes it", House.OK, good),
                Arguments.of(
                        "with its public key",
                        House.OK,
                        new PrivateKeyInfo(algorithm, new DEROctetString(seed), null, point)
                                .getEncoded()),
                Arguments.of(
                        "with another's public key",
                        INCORRECT,
                        new PrivateKeyInfo(algorithm, new DEROctetString(seed), null, random(32))
                                .getEncoded()),
                Arguments.of(
                        "31 bytes",
                        INCORRECT,
                        info(algorithm, new DEROctetString(random(31)).getEncoded())),
                Arguments.of(
                        "33 bytes",
                        INCORRECT,
                        info(algorithm, new DEROctetString(random(33)).getEncoded())),
                Arguments.of(
                        "X25519",
                        INCORRECT,
                        info(
                                new AlgorithmIdentifier(X25519),
                                new DEROctetString(seed).getEncoded())),
                Arguments.of(
                        "with parameters",
                        INCORRECT,
                        info(
                                new AlgorithmIdentifier(ED25519, DERNull.INSTANCE),
                                new DEROctetString(seed).getEncoded())),
                Arguments.of("the seed alone", INCORRECT, seed),
                Arguments.of("something behind it", INCORRECT, join(good, new byte[] {0})));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("edwardsKeys")
    void whatIsAnEdwardsKey(String what, String expected, byte[] pkcs8) {
        requireOutcome("ECC_NIST_EDWARDS25519", expected, pkcs8);
    }

    /** However a tool writes a key, it is the same key. */
    @Test
    void anotherEncodingOfTheSameKeyIsTheSameMaterial() throws Exception {
        String key = signing("ECC_NIST_P256");
        Importing importing = Importing.begin(CALLER, key, "RSA_2048", "RSA_AES_KEY_WRAP_SHA_256");
        X9ECParameters p256 = ECNamedCurveTable.getByOID(SECObjectIdentifiers.secp256r1);
        BigInteger scalar = new BigInteger(250, RANDOM);
        importing.lasting(ecInfo(SECObjectIdentifiers.secp256r1, new ECPrivateKey(256, scalar)));
        assertThat(
                        importing.triedLasting(
                                ecInfo(
                                        SECObjectIdentifiers.secp256r1,
                                        new ECPrivateKey(256, scalar, point(p256, scalar), null))))
                .isEqualTo(House.OK);
    }

    /** The two steps, each wrong in some way. */
    @Test
    void whatDoesNotOpen() throws Exception {
        String key = signing("ECC_NIST_P256");
        Importing importing = Importing.begin(CALLER, key, "RSA_2048", "RSA_AES_KEY_WRAP_SHA_256");
        byte[] material = ec("secp256r1").getPrivate().getEncoded();
        byte[] good = importing.wrap(material);
        byte[] altered = good.clone();
        altered[altered.length - 1] ^= 1;
        byte[] firstOnly = Arrays.copyOf(good, 256);
        String invalid = "InvalidCiphertextException";
        assertThat(importing.triedWrapped(altered)).isEqualTo(invalid);
        assertThat(importing.triedWrapped(firstOnly)).isEqualTo(invalid);
        assertThat(importing.triedWrapped(new byte[256])).isEqualTo(invalid);
        assertThat(importing.triedWrapped(new byte[] {1})).isEqualTo(invalid);
        for (int more : new int[] {1, 7, 8, 9, 15, 16, 17, 24, 32}) {
            assertThat(importing.triedWrapped(Arrays.copyOf(firstOnly, 256 + more)))
                    .as("%d bytes behind the AES key", more)
                    .isEqualTo(invalid);
        }
        assertThat(importing.triedWrapped(importing.twoSteps("SHA-1", random(32), material)))
                .isEqualTo(invalid);
        for (int bytes : new int[] {16, 24}) {
            assertThat(
                            importing.triedWrapped(
                                    importing.twoSteps("SHA-256", random(bytes), material)))
                    .as("AES key of %d bytes", bytes)
                    .isEqualTo(invalid);
        }
        assertThat(importing.triedWrapped(importing.oaep("SHA-256", random(32))))
                .isEqualTo(invalid);
        assertThat(importing.triedWrapped(good)).isEqualTo(House.OK);
    }

    // ---- checks

    private static void requireOutcome(String spec, String expected, byte[] pkcs8) {
        String key = signing(spec);
        assertThat(
                        Importing.begin(CALLER, key, "RSA_2048", "RSA_AES_KEY_WRAP_SHA_256")
                                .triedLasting(pkcs8))
                .isEqualTo(expected);
        boolean ok = expected.equals(House.OK);
        assertThat(CALLER.describe(key).keyState())
                .isEqualTo(ok ? KeyState.ENABLED : KeyState.PENDING_IMPORT);
        if (ok) { // and it signs what it verifies
            String algorithm = signingAlgorithm(spec);
            byte[] signature =
                    Objects.requireNonNull(
                                    CALLER.ask(
                                                    KmsOperation.SIGN,
                                                    "KeyId",
                                                    key,
                                                    "Message",
                                                    new byte[] {1},
                                                    "SigningAlgorithm",
                                                    algorithm)
                                            .signature())
                            .bytes();
            assertThat(
                            CALLER.tried(
                                    "Verify",
                                    "KeyId",
                                    key,
                                    "Message",
                                    new byte[] {1},
                                    "Signature",
                                    signature,
                                    "SigningAlgorithm",
                                    algorithm))
                    .isEqualTo(House.OK);
        }
    }

    private static void requireMac(String key, byte[] material, String spec) throws Exception {
        String bits = spec.substring(5);
        Mac mac = Mac.getInstance("HmacSHA" + bits);
        mac.init(new SecretKeySpec(material, "HMAC"));
        assertThat(
                        Objects.requireNonNull(
                                        CALLER.ask(
                                                        KmsOperation.GENERATE_MAC,
                                                        "KeyId",
                                                        key,
                                                        "Message",
                                                        new byte[] {7},
                                                        "MacAlgorithm",
                                                        "HMAC_SHA_" + bits)
                                                .mac())
                                .bytes())
                .isEqualTo(mac.doFinal(new byte[] {7}));
    }

    private static void requirePublic(String key, KeyPair pair) throws Exception {
        byte[] shown =
                Objects.requireNonNull(
                                CALLER.ask(KmsOperation.GET_PUBLIC_KEY, "KeyId", key).publicKey())
                        .bytes();
        assertThat(shown).isEqualTo(pair.getPublic().getEncoded());
    }

    private static void requireSignature(String key, KeyPair pair, String kind) throws Exception {
        String algorithm = signingAlgorithm(kind);
        byte[] signature =
                Objects.requireNonNull(
                                CALLER.ask(
                                                KmsOperation.SIGN,
                                                "KeyId",
                                                key,
                                                "Message",
                                                new byte[] {1, 2},
                                                "SigningAlgorithm",
                                                algorithm)
                                        .signature())
                        .bytes();
        Signature verifier =
                switch (kind) {
                    case "ECC_SECG_P256K1" -> Signature.getInstance("SHA256withECDSA", BC);
                    case "ECC_NIST_P256" -> Signature.getInstance("SHA256withECDSA");
                    case "ECC_NIST_P521" -> Signature.getInstance("SHA512withECDSA");
                    case "ECC_NIST_EDWARDS25519" -> Signature.getInstance("Ed25519");
                    default -> Signature.getInstance("SHA256withRSA");
                };
        verifier.initVerify(pair.getPublic());
        verifier.update(new byte[] {1, 2});
        assertThat(verifier.verify(signature)).isTrue();
    }

    private static void requireAgreement(String key, KeyPair pair) throws Exception {
        KeyPair peer = ec("secp384r1");
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(pair.getPrivate());
        agreement.doPhase(peer.getPublic(), true);
        assertThat(
                        Objects.requireNonNull(
                                        CALLER.ask(
                                                        KmsOperation.DERIVE_SHARED_SECRET,
                                                        "KeyId",
                                                        key,
                                                        "KeyAgreementAlgorithm",
                                                        "ECDH",
                                                        "PublicKey",
                                                        peer.getPublic().getEncoded())
                                                .sharedSecret())
                                .bytes())
                .isEqualTo(agreement.generateSecret());
    }

    private static String parameters(String key, String wrapping, String algorithm) {
        return CALLER.tried(
                "GetParametersForImport",
                "KeyId",
                key,
                "WrappingKeySpec",
                wrapping,
                "WrappingAlgorithm",
                algorithm);
    }

    private static String signing(String spec) {
        return Importing.newKey(CALLER, "KeySpec", spec, "KeyUsage", "SIGN_VERIFY");
    }

    private static String signingAlgorithm(String spec) {
        return switch (spec) {
            case "ECC_NIST_P256", "ECC_SECG_P256K1" -> "ECDSA_SHA_256";
            case "ECC_NIST_P521" -> "ECDSA_SHA_512";
            case "ECC_NIST_EDWARDS25519" -> "ED25519_SHA_512";
            default -> "RSASSA_PKCS1_V1_5_SHA_256";
        };
    }

    // ---- keys

    private static byte[] another(String kind, byte[] material) throws Exception {
        return switch (kind) {
            case "SYMMETRIC_DEFAULT", "HMAC_256", "HMAC_512" -> random(material.length);
            case "RSA_3072", "RSA_4096" -> rsa(2048).getPrivate().getEncoded();
            case "RSA_2048" -> exponent(BigInteger.valueOf(65537));
            case "ECC_NIST_P384" -> ec("secp384r1").getPrivate().getEncoded();
            default -> pair(kind).getPrivate().getEncoded();
        };
    }

    private static KeyPair pair(String kind) throws Exception {
        return switch (kind) {
            case "RSA_2048" -> rsa(2048);
            case "RSA_3072" -> rsa(3072);
            case "RSA_4096" -> rsa(4096);
            case "ECC_NIST_P256" -> ec("secp256r1");
            case "ECC_NIST_P521" -> ec("secp521r1");
            case "ECC_SECG_P256K1" -> {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", BC);
                generator.initialize(new ECGenParameterSpec("secp256k1"));
                yield generator.generateKeyPair();
            }
            case "ECC_NIST_EDWARDS25519" ->
                    KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static KeyPair rsa(int bits) {
        return RSA.computeIfAbsent(
                bits,
                each -> {
                    try {
                        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                        generator.initialize(each);
                        return generator.generateKeyPair();
                    } catch (GeneralSecurityException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static KeyPair ec(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static byte[] exponent(BigInteger e) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(new RSAKeyGenParameterSpec(2048, e));
        PrivateKey key = generator.generateKeyPair().getPrivate();
        assertThat(
                        ((RSAPrivateCrtKey)
                                        KeyFactory.getInstance("RSA")
                                                .generatePrivate(
                                                        new PKCS8EncodedKeySpec(key.getEncoded())))
                                .getPublicExponent())
                .isEqualTo(e);
        return key.getEncoded();
    }

    private static byte[] primes(int pBits, int qBits, int bits) throws IOException {
        BigInteger e = BigInteger.valueOf(65537);
        while (true) {
            BigInteger p = BigInteger.probablePrime(pBits, RANDOM);
            BigInteger q = BigInteger.probablePrime(qBits, RANDOM);
            if (p.multiply(q).bitLength() == bits) {
                return rsaInfo(of(p, q, e));
            }
        }
    }

    private static byte[] samePrimes() throws IOException {
        BigInteger e = BigInteger.valueOf(65537);
        while (true) {
            BigInteger p = BigInteger.probablePrime(1024, RANDOM);
            if (p.multiply(p).bitLength() == 2048) {
                BigInteger dp = e.modInverse(p.subtract(BigInteger.ONE));
                return rsaInfo(
                        new RSAPrivateKey(p.multiply(p), e, dp, p, p, dp, dp, BigInteger.ONE));
            }
        }
    }

    private static RSAPrivateKey of(BigInteger p, BigInteger q, BigInteger e) {
        BigInteger one = BigInteger.ONE;
        BigInteger d = e.modInverse(p.subtract(one).multiply(q.subtract(one)));
        return new RSAPrivateKey(
                p.multiply(q),
                e,
                d,
                p,
                q,
                d.mod(p.subtract(one)),
                d.mod(q.subtract(one)),
                q.modInverse(p));
    }

    /** Source: RFC 8017, appendix A.1.2, version 1. */
    private static byte[] threePrimes() throws IOException {
        BigInteger one = BigInteger.ONE;
        BigInteger e = BigInteger.valueOf(65537);
        while (true) {
            BigInteger p = BigInteger.probablePrime(683, RANDOM);
            BigInteger q = BigInteger.probablePrime(683, RANDOM);
            BigInteger r = BigInteger.probablePrime(683, RANDOM);
            BigInteger n = p.multiply(q).multiply(r);
            if (n.bitLength() != 2048) {
                continue;
            }
            BigInteger d =
                    e.modInverse(
                            p.subtract(one).multiply(q.subtract(one)).multiply(r.subtract(one)));
            ASN1EncodableVector key = new ASN1EncodableVector();
            for (BigInteger number :
                    new BigInteger[] {
                        one,
                        n,
                        e,
                        d,
                        p,
                        q,
                        d.mod(p.subtract(one)),
                        d.mod(q.subtract(one)),
                        q.modInverse(p)
                    }) {
                key.add(new ASN1Integer(number));
            }
            key.add(
                    new DERSequence(
                            new DERSequence(
                                    new ASN1Encodable[] {
                                        new ASN1Integer(r),
                                        new ASN1Integer(d.mod(r.subtract(one))),
                                        new ASN1Integer(p.multiply(q).modInverse(r))
                                    })));
            return info(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                    new DERSequence(key).getEncoded());
        }
    }

    private static byte[] rsaInfo(RSAPrivateKey key) throws IOException {
        return info(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                key.getEncoded());
    }

    private static byte[] ecInfo(ASN1Encodable parameters, ECPrivateKey key) throws IOException {
        return info(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters),
                key.getEncoded());
    }

    private static byte[] info(AlgorithmIdentifier algorithm, byte[] key) throws IOException {
        return new DERSequence(
                        new ASN1Encodable[] {
                            new ASN1Integer(0), algorithm, new DEROctetString(key)
                        })
                .getEncoded("DER");
    }

    private static DERBitString point(X9ECParameters curve, BigInteger scalar) {
        ECPoint point = curve.getG().multiply(scalar).normalize();
        return new DERBitString(point.getEncoded(false));
    }

    /** Sequences of no definite length, one in the other: as many as the request can hold. */
    private static byte[] nested() {
        byte[] nested = new byte[5_500];
        for (int i = 0; i < nested.length; i += 2) {
            nested[i] = 0x30;
            nested[i + 1] = (byte) 0x80;
        }
        return nested;
    }

    private static byte[] join(byte[] one, byte[] other) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(one);
        both.writeBytes(other);
        return both.toByteArray();
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }
}
