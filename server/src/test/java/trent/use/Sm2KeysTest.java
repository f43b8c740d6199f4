package trent.use;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.OpenSsl;
import trent.api.Blob;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KeyAgreementAlgorithmSpec;
import trent.api.KeySpec;
import trent.api.KmsOperation;
import trent.api.SigningAlgorithmSpec;
import trent.crypto.Sm2Pke;
import trent.imported.Importing;
import trent.key.KeySpecs;
import trent.key.Sm2Regions;
import trent.name.Region;

/** SM2 keys where they are offered, and OpenSSL on the other side. */
class Sm2KeysTest {

    private static final Region CHINA = new Region("cn-north-1");
    private static final String ELSEWHERE =
            "UnsupportedOperationException: %s SM2 is not supported in this Region";
    private static final byte[] MESSAGE = "a message".getBytes(UTF_8);

    private final House house = new House();
    private final House.Caller caller = house.root(House.ACCOUNT, CHINA);

    @TempDir private Path folder = Path.of("");

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void eachUsageHasItsAlgorithm() {
        var encrypts = caller.describe(newKey("ENCRYPT_DECRYPT"));
        assertThat(encrypts.encryptionAlgorithms()).containsExactly(EncryptionAlgorithmSpec.SM2PKE);
        assertThat(encrypts.keySpec()).isEqualTo(KeySpec.SM2);
        assertThat(encrypts.arn()).startsWith("arn:aws-cn:kms:cn-north-1:");
        var signs = caller.describe(newKey("SIGN_VERIFY"));
        assertThat(signs.signingAlgorithms()).containsExactly(SigningAlgorithmSpec.SM2DSA);
        var agrees = caller.describe(newKey("KEY_AGREEMENT"));
        assertThat(agrees.keyAgreementAlgorithms()).containsExactly(KeyAgreementAlgorithmSpec.ECDH);
    }

    /** Region × settings. */
    @ParameterizedTest
    @CsvSource({
        "cn-north-1,     '',                         true",
        "cn-northwest-1, '',                         true",
        "us-east-2,      '',                         false",
        "us-gov-west-1,  '',                         false",
        "cnx-north-1,    '',                         false",
        "us-east-2,      us-east-2,                  true",
        "us-east-1,      us-east-2,                  false",
        "eu-west-1,      us-east-2 eu-west-1,        true",
        "cn-north-1,     us-east-2,                  true",
        "us-east-2,      all,                        true",
        "my-own,         all,                        true",
    })
    void whereSm2IsOffered(String region, String others, boolean offered) {
        Set<Region> regions = Set.of();
        if (!others.isEmpty() && !others.equals("all")) {
            regions = Set.copyOf(Arrays.stream(others.split(" ", -1)).map(Region::new).toList());
        }
        try (House other = new House(new Sm2Regions(others.equals("all"), regions))) {
            House.Caller there = other.root(House.ACCOUNT, new Region(region));
            assertThat(there.tried("CreateKey", "KeySpec", "SM2", "KeyUsage", "SIGN_VERIFY"))
                    .isEqualTo(offered ? House.OK : ELSEWHERE.formatted("KeySpec"));
            String key = there.newKey();
            for (String operation :
                    List.of("GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext")) {
                assertThat(there.tried(operation, "KeyId", key, "KeyPairSpec", "SM2"))
                        .isEqualTo(offered ? House.OK : ELSEWHERE.formatted("KeyPairSpec"));
            }
        }
    }

    @Test
    void aReplicaGoesOnlyWhereSm2IsOffered() {
        try (House other = new House(new Sm2Regions(false, Set.of(House.REGION)))) {
            House.Caller there = other.caller();
            String key =
                    Objects.requireNonNull(
                                    there.ask(
                                                    KmsOperation.CREATE_KEY,
                                                    "KeySpec",
                                                    "SM2",
                                                    "KeyUsage",
                                                    "SIGN_VERIFY",
                                                    "MultiRegion",
                                                    true)
                                            .keyMetadata())
                            .keyId();
            assertThat(there.tried("ReplicateKey", "KeyId", key, "ReplicaRegion", "eu-west-1"))
                    .isEqualTo(ELSEWHERE.formatted("KeySpec"));
        }
        String key =
                Objects.requireNonNull(
                                caller.ask(
                                                KmsOperation.CREATE_KEY,
                                                "KeySpec",
                                                "SM2",
                                                "KeyUsage",
                                                "SIGN_VERIFY",
                                                "MultiRegion",
                                                true)
                                        .keyMetadata())
                        .keyId();
        byte[] signature = sign(key, MESSAGE, "RAW");
        caller.ask(KmsOperation.REPLICATE_KEY, "KeyId", key, "ReplicaRegion", "cn-northwest-1");
        assertThat(
                        house.root(House.ACCOUNT, new Region("cn-northwest-1"))
                                .tried(
                                        "Verify",
                                        "KeyId",
                                        key,
                                        "Message",
                                        MESSAGE,
                                        "Signature",
                                        signature,
                                        "SigningAlgorithm",
                                        "SM2DSA"))
                .isEqualTo(House.OK);
    }

    @Test
    void thePublicKeyIsAnSm2KeyToOpenSsl() {
        OpenSsl openssl = new OpenSsl(folder);
        String key = newKey("SIGN_VERIFY");
        byte[] spki = publicKey(key);
        assertThat(spki).hasSize(91);
        assertThat(HexFormat.of().formatHex(spki))
                .startsWith("3059301306072a8648ce3d020106082a811ccf5501822d03420004"); // …301,
        // uncompressed
        String file = openssl.file("public.der", spki);
        assertThat(
                        new String(
                                openssl.output(
                                        "pkey", "-pubin", "-inform", "DER", "-in", file, "-text",
                                        "-noout"),
                                UTF_8))
                .contains("SM2");
    }

    @Test
    void openSslVerifiesWhatIsSigned() {
        OpenSsl openssl = new OpenSsl(folder);
        String key = newKey("SIGN_VERIFY");
        String spki = openssl.file("public.der", publicKey(key));
        byte[] digest = new byte[32];
        Arrays.fill(digest, (byte) 0xD1);
        String message = openssl.file("message", MESSAGE);
        String signature = openssl.file("signature", sign(key, MESSAGE, "RAW"));
        assertThat(verifiesRaw(openssl, spki, message, signature)).isTrue();
        assertThat(verifiesRaw(openssl, spki, openssl.file("other", digest), signature)).isFalse();
        String ofDigest = openssl.file("signature-of-digest", sign(key, digest, "DIGEST"));
        assertThat(
                        openssl.succeeds(
                                "pkeyutl",
                                "-verify",
                                "-pubin",
                                "-keyform",
                                "DER",
                                "-inkey",
                                spki,
                                "-in",
                                openssl.file("digest", digest),
                                "-sigfile",
                                ofDigest))
                .isTrue();
    }

    /** A data key pair is OpenSSL's signer, and the service's own codes verify. */
    @Test
    void openSslUsesADataKeyPair() {
        OpenSsl openssl = new OpenSsl(folder);
        var pair =
                caller.ask(
                        KmsOperation.GENERATE_DATA_KEY_PAIR,
                        "KeyId",
                        caller.newKey(),
                        "KeyPairSpec",
                        "SM2");
        String privateKey = openssl.file("private.der", bytes(pair.privateKeyPlaintext()));
        String publicKey = openssl.file("public.der", bytes(pair.publicKey()));
        assertThat(
                        openssl.output(
                                "pkey",
                                "-inform",
                                "DER",
                                "-in",
                                privateKey,
                                "-pubout",
                                "-outform",
                                "DER"))
                .isEqualTo(bytes(pair.publicKey()));
        String message = openssl.file("message", MESSAGE);
        String signature =
                openssl.file(
                        "signature",
                        openssl.output(
                                "pkeyutl",
                                "-sign",
                                "-rawin",
                                "-digest",
                                "sm3",
                                "-pkeyopt",
                                "distid:1234567812345678",
                                "-keyform",
                                "DER",
                                "-inkey",
                                privateKey,
                                "-in",
                                message));
        assertThat(verifiesRaw(openssl, publicKey, message, signature)).isTrue();
        assertThat(caller.decrypt(bytes(pair.privateKeyCiphertextBlob()), Map.of()))
                .isEqualTo(bytes(pair.privateKeyPlaintext()));
    }

    @Test
    void whatOpenSslEncryptsIsDecrypted() {
        OpenSsl openssl = new OpenSsl(folder);
        String key = newKey("ENCRYPT_DECRYPT");
        String spki = openssl.file("public.der", publicKey(key));
        for (int length : new int[] {1, 32, 300, 1024}) {
            byte[] plaintext = new byte[length];
            Arrays.fill(plaintext, (byte) length);
            byte[] ciphertext =
                    openssl.output(
                            "pkeyutl",
                            "-encrypt",
                            "-pubin",
                            "-keyform",
                            "DER",
                            "-inkey",
                            spki,
                            "-in",
                            openssl.file("plaintext", plaintext));
            var opened =
                    caller.ask(
                            KmsOperation.DECRYPT,
                            "KeyId",
                            key,
                            "CiphertextBlob",
                            ciphertext,
                            "EncryptionAlgorithm",
                            "SM2PKE");
            assertThat(bytes(opened.plaintext())).isEqualTo(plaintext);
            assertThat(opened.keyMaterialId()).isNull();
        }
    }

    /** The other way round, with a key that OpenSSL made. */
    @Test
    void openSslDecryptsWhatIsEncrypted() throws Exception {
        OpenSsl openssl = new OpenSsl(folder);
        String file = openssl.newKey("private.der", "-algorithm", "SM2");
        byte[] pkcs8 = Files.readAllBytes(Path.of(file));
        var pairs = KeySpecs.of(KeySpec.SM2).pairs();
        byte[] checked = pairs.checked(pkcs8);
        byte[] spki = pairs.publicOf(pairs.privateKey(checked), checked);
        assertThat(spki)
                .isEqualTo(
                        openssl.output(
                                "pkey",
                                "-inform",
                                "DER",
                                "-in",
                                file,
                                "-pubout",
                                "-outform",
                                "DER"));
        byte[] ciphertext = Sm2Pke.encrypt(pairs.publicKey(spki), MESSAGE);
        assertThat(
                        openssl.output(
                                "pkeyutl",
                                "-decrypt",
                                "-keyform",
                                "DER",
                                "-inkey",
                                file,
                                "-in",
                                openssl.file("ciphertext", ciphertext)))
                .isEqualTo(MESSAGE);
    }

    /** A key that OpenSSL made and wrapped: what OpenSSL signs with it, the service verifies. */
    @ParameterizedTest
    @CsvSource({
        "SM2,      SM2PKE",
        "RSA_3072, RSAES_OAEP_SHA_256",
    })
    void openSslImportsItsKeyAndSigns(String wrappingSpec, String algorithm) throws Exception {
        OpenSsl openssl = new OpenSsl(folder);
        String file = openssl.newKey("private.der", "-algorithm", "SM2");
        String key = Importing.newKey(caller, "KeySpec", "SM2", "KeyUsage", "SIGN_VERIFY");
        var parameters =
                caller.ask(
                        KmsOperation.GET_PARAMETERS_FOR_IMPORT,
                        "KeyId",
                        key,
                        "WrappingKeySpec",
                        wrappingSpec,
                        "WrappingAlgorithm",
                        algorithm);
        String wrapping = openssl.file("wrapping.der", bytes(parameters.publicKey()));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "pkeyutl",
                                "-encrypt",
                                "-pubin",
                                "-keyform",
                                "DER",
                                "-inkey",
                                wrapping,
                                "-in",
                                file));
        if (algorithm.startsWith("RSAES_OAEP")) {
            command.addAll(
                    List.of(
                            "-pkeyopt",
                            "rsa_padding_mode:oaep",
                            "-pkeyopt",
                            "rsa_oaep_md:sha256",
                            "-pkeyopt",
                            "rsa_mgf1_md:sha256"));
        }
        caller.ask(
                KmsOperation.IMPORT_KEY_MATERIAL,
                "KeyId",
                key,
                "ImportToken",
                bytes(parameters.importToken()),
                "EncryptedKeyMaterial",
                openssl.output(command.toArray(String[]::new)),
                "ExpirationModel",
                "KEY_MATERIAL_DOES_NOT_EXPIRE");
        byte[] signature =
                openssl.output(
                        "pkeyutl",
                        "-sign",
                        "-rawin",
                        "-digest",
                        "sm3",
                        "-pkeyopt",
                        "distid:1234567812345678",
                        "-keyform",
                        "DER",
                        "-inkey",
                        file,
                        "-in",
                        openssl.file("message", MESSAGE));
        assertThat(verifies(key, signature)).isEqualTo(House.OK);
        signature[signature.length - 1] ^= 1;
        assertThat(verifies(key, signature)).isEqualTo("KMSInvalidSignatureException");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            SYMMETRIC_DEFAULT | ENCRYPT_DECRYPT     | SM2      | SM2PKE                   | ok
            RSA_2048          | SIGN_VERIFY         | SM2      | SM2PKE                   | ok
            ECC_NIST_P521     | SIGN_VERIFY         | SM2      | SM2PKE                   | ok
            SM2               | SIGN_VERIFY         | SM2      | SM2PKE                   | ok
            SM2               | SIGN_VERIFY         | RSA_2048 | RSA_AES_KEY_WRAP_SHA_256 | ValidationException: WrappingAlgorithm RSA_AES_KEY_WRAP_SHA_256 with WrappingKeySpec RSA_2048 is not compatible with KeySpec SM2
            SM2               | SIGN_VERIFY         | RSA_2048 | SM2PKE                   | ValidationException: WrappingAlgorithm SM2PKE is not compatible with WrappingKeySpec RSA_2048
            HMAC_256          | GENERATE_VERIFY_MAC | SM2      | RSAES_OAEP_SHA_256       | ValidationException: WrappingAlgorithm RSAES_OAEP_SHA_256 is not compatible with WrappingKeySpec SM2
            """)
    void whatAnSm2KeyWraps(
            String spec, String usage, String wrappingSpec, String algorithm, String expected) {
        String key = Importing.newKey(caller, "KeySpec", spec, "KeyUsage", usage);
        assertThat(
                        caller.tried(
                                "GetParametersForImport",
                                "KeyId",
                                key,
                                "WrappingKeySpec",
                                wrappingSpec,
                                "WrappingAlgorithm",
                                algorithm))
                .isEqualTo(expected);
    }

    @Test
    void encryptionHasItsLimitsAndItsErrors() {
        String key = newKey("ENCRYPT_DECRYPT");
        byte[] ciphertext =
                bytes(
                        caller.ask(
                                        KmsOperation.ENCRYPT,
                                        "KeyId",
                                        key,
                                        "Plaintext",
                                        new byte[1024],
                                        "EncryptionAlgorithm",
                                        "SM2PKE")
                                .ciphertextBlob());
        assertThat(encrypts(key, 1025, "SM2PKE"))
                .isEqualTo(
                        "ValidationException: Algorithm SM2PKE and key spec SM2 cannot encrypt data larger than 1024"
                                + " bytes.");
        assertThat(encrypts(key, 1, null))
                .isEqualTo(
                        "InvalidKeyUsageException: Algorithm SYMMETRIC_DEFAULT is incompatible with key spec SM2.");
        assertThat(encrypts(key, 1, "RSAES_OAEP_SHA_256"))
                .isEqualTo(
                        "InvalidKeyUsageException: Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SM2.");
        assertThat(decrypts(key, ciphertext)).isEqualTo(House.OK);
        assertThat(decrypts(newKey("ENCRYPT_DECRYPT"), ciphertext))
                .isEqualTo("InvalidCiphertextException");
        ciphertext[ciphertext.length - 1] ^= 1;
        assertThat(decrypts(key, ciphertext)).isEqualTo("InvalidCiphertextException");
        assertThat(decrypts(key, new byte[] {1})).isEqualTo("InvalidCiphertextException");
        assertThat(decrypts(newKey("SIGN_VERIFY"), ciphertext))
                .startsWith("InvalidKeyUsageException: arn:aws-cn:kms:cn-north-1:");
        assertThat(
                        caller.tried(
                                "Encrypt",
                                "KeyId",
                                key,
                                "Plaintext",
                                new byte[1],
                                "EncryptionAlgorithm",
                                "SM2PKE",
                                "EncryptionContext",
                                Map.of("a", "b")))
                .startsWith("ValidationException: EncryptionContext");
    }

    @Test
    void reEncryptMovesToAndFromSm2() {
        String key = newKey("ENCRYPT_DECRYPT");
        String symmetric = caller.newKey();
        var moved =
                caller.ask(
                        KmsOperation.RE_ENCRYPT,
                        "CiphertextBlob",
                        caller.encrypt(symmetric),
                        "DestinationKeyId",
                        key,
                        "DestinationEncryptionAlgorithm",
                        "SM2PKE");
        assertThat(moved.destinationKeyMaterialId()).isNull();
        var back =
                caller.ask(
                        KmsOperation.RE_ENCRYPT,
                        "CiphertextBlob",
                        bytes(moved.ciphertextBlob()),
                        "SourceKeyId",
                        key,
                        "SourceEncryptionAlgorithm",
                        "SM2PKE",
                        "DestinationKeyId",
                        symmetric);
        assertThat(caller.decrypt(bytes(back.ciphertextBlob()), Map.of())).containsExactly(42);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            DIGEST      | 31 | SM2DSA            | ValidationException: Digest is invalid length for algorithm SM2DSA.
            DIGEST      | 33 | SM2DSA            | ValidationException: Digest is invalid length for algorithm SM2DSA.
            DIGEST      | 32 | SM2DSA            | ok
            RAW         | 1  | SM2DSA            | ok
            RAW         | 32 | ECDSA_SHA_256     | InvalidKeyUsageException: Algorithm ECDSA_SHA_256 is incompatible with key spec SM2.
            EXTERNAL_MU | 64 | SM2DSA            | ValidationException: Message type EXTERNAL_MU is incompatible with key spec SM2.
            """)
    void signingHasItsLimits(String type, int length, String algorithm, String expected) {
        assertThat(
                        caller.tried(
                                "Sign",
                                "KeyId",
                                newKey("SIGN_VERIFY"),
                                "Message",
                                new byte[length],
                                "MessageType",
                                type,
                                "SigningAlgorithm",
                                algorithm))
                .isEqualTo(expected);
    }

    @Test
    void aForeignSignatureIsInvalid() {
        String key = newKey("SIGN_VERIFY");
        byte[] signature = sign(key, MESSAGE, "RAW");
        assertThat(verifies(key, signature)).isEqualTo(House.OK);
        assertThat(verifies(newKey("SIGN_VERIFY"), signature))
                .isEqualTo("KMSInvalidSignatureException");
        assertThat(verifies(key, new byte[] {1})).isEqualTo("KMSInvalidSignatureException");
    }

    @Test
    void sharedSecretsAreThoseOfThePeer() {
        String mine = newKey("KEY_AGREEMENT");
        String yours = newKey("KEY_AGREEMENT");
        byte[] secret = agree(mine, publicKey(yours));
        assertThat(secret).hasSize(32).isEqualTo(agree(yours, publicKey(mine)));
        assertThat(
                        caller.tried(
                                "DeriveSharedSecret",
                                "KeyId",
                                mine,
                                "KeyAgreementAlgorithm",
                                "ECDH",
                                "PublicKey",
                                new byte[91]))
                .isEqualTo("ValidationException: ");
    }

    private byte[] agree(String key, byte[] peer) {
        return bytes(
                caller.ask(
                                KmsOperation.DERIVE_SHARED_SECRET,
                                "KeyId",
                                key,
                                "KeyAgreementAlgorithm",
                                "ECDH",
                                "PublicKey",
                                peer)
                        .sharedSecret());
    }

    private String newKey(String usage) {
        return Objects.requireNonNull(
                        caller.ask(KmsOperation.CREATE_KEY, "KeySpec", "SM2", "KeyUsage", usage)
                                .keyMetadata())
                .keyId();
    }

    private byte[] publicKey(String key) {
        return bytes(caller.ask(KmsOperation.GET_PUBLIC_KEY, "KeyId", key).publicKey());
    }

    private byte[] sign(String key, byte[] message, String type) {
        return bytes(
                caller.ask(
                                KmsOperation.SIGN,
                                "KeyId",
                                key,
                                "Message",
                                message,
                                "MessageType",
                                type,
                                "SigningAlgorithm",
                                "SM2DSA")
                        .signature());
    }

    private String verifies(String key, byte[] signature) {
        return caller.tried(
                "Verify",
                "KeyId",
                key,
                "Message",
                MESSAGE,
                "Signature",
                signature,
                "SigningAlgorithm",
                "SM2DSA");
    }

    private static boolean verifiesRaw(
            OpenSsl openssl, String spki, String message, String signature) {
        return openssl.succeeds(
                "pkeyutl",
                "-verify",
                "-rawin",
                "-digest",
                "sm3",
                "-pkeyopt",
                "distid:1234567812345678",
                "-pubin",
                "-keyform",
                "DER",
                "-inkey",
                spki,
                "-in",
                message,
                "-sigfile",
                signature);
    }

    private String encrypts(String key, int length, @Nullable String algorithm) {
        return caller.tried(
                "Encrypt",
                "KeyId",
                key,
                "Plaintext",
                new byte[length],
                "EncryptionAlgorithm",
                algorithm);
    }

    private String decrypts(String key, byte[] ciphertext) {
        return caller.tried(
                "Decrypt",
                "KeyId",
                key,
                "CiphertextBlob",
                ciphertext,
                "EncryptionAlgorithm",
                "SM2PKE");
    }

    private static byte[] bytes(@Nullable Blob blob) {
        return Objects.requireNonNull(blob).bytes();
    }
}
