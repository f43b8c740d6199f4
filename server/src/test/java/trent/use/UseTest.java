package trent.use;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.name.KeyArn;

/** The operations that put a key to use. Source: AWS KMS API Reference, and recorded replies. */
class UseTest {

    private static final String DRY_RUN =
            "DryRunOperationException: The request would have succeeded, but the DryRun option is set.";
    private static final String INCORRECT_KEY =
            "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.";

    private final House house = new House();
    private final House.Caller caller = house.caller();
    private String key = "";
    private String other = "";

    @BeforeEach
    void makeKeys() {
        key = caller.newKey();
        other = caller.newKey();
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void repliesNameKeyMaterialAndAlgorithm() {
        String arn = caller.arn(key).toString();
        String material = caller.describe(key).currentKeyMaterialId();
        var encrypted = caller.ask(KmsOperation.ENCRYPT, "KeyId", key, "Plaintext", new byte[] {7});
        assertThat(encrypted.keyId()).isEqualTo(arn);
        assertThat(encrypted.encryptionAlgorithm())
                .isEqualTo(EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT);

        var decrypted =
                caller.ask(
                        KmsOperation.DECRYPT,
                        "CiphertextBlob",
                        Objects.requireNonNull(encrypted.ciphertextBlob()).bytes());
        assertThat(decrypted.keyId()).isEqualTo(arn);
        assertThat(decrypted.keyMaterialId()).isEqualTo(material);
        assertThat(decrypted.encryptionAlgorithm())
                .isEqualTo(EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT);
        assertThat(Objects.requireNonNull(decrypted.plaintext()).bytes()).containsExactly(7);

        var moved =
                caller.ask(
                        KmsOperation.RE_ENCRYPT,
                        "CiphertextBlob",
                        Objects.requireNonNull(encrypted.ciphertextBlob()).bytes(),
                        "DestinationKeyId",
                        other,
                        "DestinationEncryptionContext",
                        Map.of("a", "b"));
        assertThat(moved.sourceKeyId()).isEqualTo(arn);
        assertThat(moved.keyId()).isEqualTo(caller.arn(other).toString());
        assertThat(moved.sourceKeyMaterialId()).isEqualTo(material);
        assertThat(moved.destinationKeyMaterialId())
                .isEqualTo(caller.describe(other).currentKeyMaterialId());
        assertThat(moved.sourceEncryptionAlgorithm())
                .isEqualTo(moved.destinationEncryptionAlgorithm());
        assertThat(
                        caller.decrypt(
                                Objects.requireNonNull(moved.ciphertextBlob()).bytes(),
                                Map.of("a", "b")))
                .containsExactly(7);

        var dataKey =
                caller.ask(KmsOperation.GENERATE_DATA_KEY, "KeyId", key, "KeySpec", "AES_128");
        assertThat(dataKey.keyId()).isEqualTo(arn);
        assertThat(dataKey.keyMaterialId()).isEqualTo(material);
        var hidden =
                caller.ask(
                        KmsOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT,
                        "KeyId",
                        key,
                        "KeySpec",
                        "AES_128");
        assertThat(hidden.keyId()).isEqualTo(arn);
        assertThat(hidden.keyMaterialId()).isEqualTo(material);
    }

    /** A number or a spec, not both, not neither; the ciphertext opens to the data key. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            AES_256 |      | 32
            AES_128 |      | 16
                    | 1    | 1
                    | 64   | 64
                    | 1024 | 1024
            AES_256 | 32   | ValidationException: Please specify either number of bytes or key spec.
                    |      | ValidationException: Please specify either number of bytes or key spec.
                    | 0    | ValidationException: 1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1
                    | 1025 | ValidationException: 1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024
            """)
    void dataKeysAreOfTheLengthAskedFor(
            @Nullable String spec, @Nullable Integer bytes, String expected) {
        Map<String, String> context = Map.of("a", "b");
        for (String operation : List.of("GenerateDataKey", "GenerateDataKeyWithoutPlaintext")) {
            String outcome =
                    caller.tried(
                            operation,
                            "KeyId",
                            key,
                            "KeySpec",
                            spec,
                            "NumberOfBytes",
                            bytes,
                            "EncryptionContext",
                            context);
            assertThat(outcome).isEqualTo(expected.contains("Exception") ? expected : House.OK);
        }
        if (expected.contains("Exception")) {
            return;
        }
        var made =
                caller.ask(
                        KmsOperation.GENERATE_DATA_KEY,
                        "KeyId",
                        key,
                        "KeySpec",
                        spec,
                        "NumberOfBytes",
                        bytes,
                        "EncryptionContext",
                        context);
        byte[] plaintext = Objects.requireNonNull(made.plaintext()).bytes();
        assertThat(plaintext).hasSize(Integer.parseInt(expected));
        assertThat(caller.decrypt(Objects.requireNonNull(made.ciphertextBlob()).bytes(), context))
                .isEqualTo(plaintext);
        var hidden =
                caller.ask(
                        KmsOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT,
                        "KeyId",
                        key,
                        "KeySpec",
                        spec,
                        "NumberOfBytes",
                        bytes,
                        "EncryptionContext",
                        context);
        assertThat(caller.decrypt(Objects.requireNonNull(hidden.ciphertextBlob()).bytes(), context))
                .hasSize(plaintext.length)
                .matches(
                        bytesOfIt -> bytesOfIt.length == 1 || !Arrays.equals(bytesOfIt, plaintext));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"NumberOfBytes":1}    | ok
            {"NumberOfBytes":1024} | ok
            {}                     | ValidationException: NumberOfBytes is required.
            {"NumberOfBytes":0}    | ValidationException: 1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1
            {"NumberOfBytes":1025} | ValidationException: 1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024
            {"NumberOfBytes":8,"CustomKeyStoreId":"cks-1234567890abcdef0"} | CustomKeyStoreNotFoundException
            """)
    void randomBytes(String body, String expected) {
        assertThat(caller.triedBody("GenerateRandom", body)).isEqualTo(expected);
    }

    @Test
    void randomBytesAreAsManyAsAskedForAndNeverTheSame() {
        byte[] one =
                Objects.requireNonNull(
                                caller.ask(KmsOperation.GENERATE_RANDOM, "NumberOfBytes", 32)
                                        .plaintext())
                        .bytes();
        byte[] two =
                Objects.requireNonNull(
                                caller.ask(KmsOperation.GENERATE_RANDOM, "NumberOfBytes", 32)
                                        .plaintext())
                        .bytes();
        assertThat(one).hasSize(32).isNotEqualTo(two);
        assertThat(
                        house.user(House.ACCOUNT, House.REGION)
                                .tried("GenerateRandom", "NumberOfBytes", 1))
                .startsWith("AccessDeniedException")
                .contains("kms:GenerateRandom on resource: *");
    }

    @Test
    void aPlaintextHasOneTo4096Bytes() {
        assertThat(caller.tried("Encrypt", "KeyId", key, "Plaintext", new byte[4096]))
                .isEqualTo(House.OK);
        assertThat(caller.tried("Encrypt", "KeyId", key, "Plaintext", new byte[4097]))
                .isEqualTo(
                        "ValidationException: 1 validation error detected: Value at 'plaintext' failed to satisfy constraint:"
                                + " Member must have length less than or equal to 4096");
        assertThat(caller.tried("Encrypt", "KeyId", key, "Plaintext", new byte[0]))
                .contains("greater than or equal to 1");
    }

    /** The ordinary error, or the one that says that it would have been none. */
    @ParameterizedTest
    @CsvSource({
        "Encrypt",
        "Decrypt",
        "ReEncrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext"
    })
    void aDryRunIsCheckedAndDoesNothing(String operation) {
        byte[] blob = caller.encrypt(key);
        Map<String, Object> members = new HashMap<>(Map.of("KeyId", key, "DryRun", true));
        switch (operation) {
            case "Encrypt" -> members.put("Plaintext", new byte[1]);
            case "Decrypt" -> members.put("CiphertextBlob", blob);
            case "ReEncrypt" -> {
                members.put("CiphertextBlob", blob);
                members.put("DestinationKeyId", key);
                members.remove("KeyId");
            }
            default -> members.put("KeySpec", "AES_256");
        }
        assertThat(tried(operation, members)).isEqualTo(DRY_RUN);
        members.put("DryRun", false);
        assertThat(tried(operation, members)).as("false is absent").isEqualTo(House.OK);

        members.put("DryRun", true);
        assertThat(tried(house.user(House.ACCOUNT, House.REGION), operation, members))
                .startsWith("AccessDeniedException");
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        assertThat(tried(operation, members))
                .isEqualTo("DisabledException: " + caller.arn(key) + " is disabled.");
    }

    /** With IGNORE_CIPHERTEXT the key is named instead, and only what may be done is checked. */
    @Test
    void aDryRunMayLeaveTheCiphertextOut() {
        List<String> ignore = List.of("IGNORE_CIPHERTEXT");
        assertThat(caller.tried("Decrypt", "KeyId", key, "DryRun", true, "DryRunModifiers", ignore))
                .isEqualTo(DRY_RUN);
        assertThat(caller.tried("Decrypt", "KeyId", key, "DryRun", true))
                .contains("Value null at 'ciphertextBlob'");
        assertThat(caller.tried("Decrypt", "KeyId", key, "DryRunModifiers", ignore))
                .contains("Value null at 'ciphertextBlob'");
        assertThat(caller.tried("Decrypt", "DryRun", true, "DryRunModifiers", ignore))
                .contains("Value null at 'keyId'");
        assertThat(
                        caller.tried(
                                "ReEncrypt",
                                "SourceKeyId",
                                key,
                                "DestinationKeyId",
                                other,
                                "DryRun",
                                true,
                                "DryRunModifiers",
                                ignore))
                .isEqualTo(DRY_RUN);
        assertThat(
                        caller.tried(
                                "ReEncrypt",
                                "SourceKeyId",
                                key,
                                "DestinationKeyId",
                                House.UNKNOWN_KEY,
                                "DryRun",
                                true,
                                "DryRunModifiers",
                                ignore))
                .isEqualTo(
                        "NotFoundException: Key '"
                                + caller.arn(House.UNKNOWN_KEY)
                                + "' does not exist");
        for (byte[] ignored : List.of(new byte[] {1}, caller.encrypt(other))) {
            assertThat(
                            caller.tried(
                                    "Decrypt",
                                    "KeyId",
                                    key,
                                    "CiphertextBlob",
                                    ignored,
                                    "DryRun",
                                    true,
                                    "DryRunModifiers",
                                    ignore))
                    .isEqualTo(DRY_RUN);
            assertThat(
                            caller.tried(
                                    "ReEncrypt",
                                    "SourceKeyId",
                                    key,
                                    "DestinationKeyId",
                                    other,
                                    "CiphertextBlob",
                                    ignored,
                                    "DryRun",
                                    true,
                                    "DryRunModifiers",
                                    ignore))
                    .isEqualTo(DRY_RUN);
        }
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        assertThat(caller.tried("Decrypt", "KeyId", key, "DryRun", true, "DryRunModifiers", ignore))
                .isEqualTo("DisabledException: " + caller.arn(key) + " is disabled.");
    }

    /** Until there are grants, every token is unknown. */
    @ParameterizedTest
    @CsvSource({
        "DescribeKey",
        "Encrypt",
        "Decrypt",
        "ReEncrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext"
    })
    void unknownGrantTokensAreInvalid(String operation) {
        Map<String, Object> members =
                new HashMap<>(
                        Map.of(
                                "KeyId",
                                key,
                                "Plaintext",
                                new byte[1],
                                "CiphertextBlob",
                                caller.encrypt(key),
                                "DestinationKeyId",
                                key,
                                "NumberOfBytes",
                                8,
                                "GrantTokens",
                                List.of("x")));
        assertThat(tried(operation, members)).isEqualTo("InvalidGrantTokenException");
        members.put("GrantTokens", List.of());
        assertThat(tried(operation, members)).isEqualTo(House.OK);
        members.put(
                "GrantTokens", List.of("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"));
        assertThat(tried(operation, members)).contains("at 'grantTokens'");
    }

    /** Nothing meant for an attested recipient leaves in the clear. */
    @ParameterizedTest
    @CsvSource({"Decrypt", "GenerateDataKey", "GenerateRandom"})
    void recipientsAreRefused(String operation) {
        Map<String, Object> members =
                new HashMap<>(
                        Map.of(
                                "KeyId",
                                key,
                                "CiphertextBlob",
                                caller.encrypt(key),
                                "NumberOfBytes",
                                8));
        members.put("Recipient", Map.of());
        assertThat(tried(operation, members))
                .isEqualTo(
                        "ValidationException: Recipient needs an AttestationDocument and a KeyEncryptionAlgorithm.");
        members.put(
                "Recipient",
                Map.of(
                        "KeyEncryptionAlgorithm",
                        "RSAES_OAEP_SHA_256",
                        "AttestationDocument",
                        "eA=="));
        assertThat(tried(operation, members))
                .isEqualTo(
                        "UnsupportedOperationException: Recipient is not supported: no root for attestation documents is"
                                + " configured.");
    }

    /** Request rules, then usage, then state, then algorithm. */
    @Test
    void checksInAwsOrder() {
        KeyArn mac = house.insertKey(caller, KeySpec.HMAC_256, KeyUsageType.GENERATE_VERIFY_MAC);
        house.setState(mac, KeyState.DISABLED);
        String id = mac.id().value();
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        String rsa = "RSAES_OAEP_SHA_1";

        assertThat(caller.tried("GenerateDataKey", "KeyId", id))
                .isEqualTo(
                        "ValidationException: Please specify either number of bytes or key spec.");
        for (String operation : List.of("GenerateDataKey", "GenerateDataKeyWithoutPlaintext")) {
            assertThat(caller.tried(operation, "KeyId", id, "NumberOfBytes", 1))
                    .isEqualTo(
                            "InvalidKeyUsageException: %s key usage is GENERATE_VERIFY_MAC which is not valid for %s."
                                    .formatted(mac, operation));
        }
        assertThat(
                        caller.tried(
                                "Encrypt",
                                "KeyId",
                                id,
                                "Plaintext",
                                new byte[1],
                                "EncryptionAlgorithm",
                                rsa))
                .isEqualTo(
                        "InvalidKeyUsageException: %s key usage is GENERATE_VERIFY_MAC which is not valid for Encrypt."
                                .formatted(mac));
        assertThat(
                        caller.tried(
                                "Encrypt",
                                "KeyId",
                                key,
                                "Plaintext",
                                new byte[1],
                                "EncryptionAlgorithm",
                                rsa))
                .isEqualTo("DisabledException: " + caller.arn(key) + " is disabled.");
        assertThat(
                        caller.tried(
                                "Encrypt",
                                "KeyId",
                                other,
                                "Plaintext",
                                new byte[1],
                                "EncryptionAlgorithm",
                                rsa))
                .isEqualTo(
                        "InvalidKeyUsageException: Algorithm RSAES_OAEP_SHA_1 is incompatible with key spec"
                                + " SYMMETRIC_DEFAULT.");
        assertThat(
                        caller.tried(
                                "ReEncrypt",
                                "CiphertextBlob",
                                caller.encrypt(other),
                                "DestinationKeyId",
                                id))
                .isEqualTo(
                        "InvalidKeyUsageException: %s key usage is GENERATE_VERIFY_MAC which is not valid for ReEncrypt."
                                .formatted(mac));
    }

    /** The ciphertext, its key, the key that the caller names, state, algorithm. */
    @Test
    void decryptChecksInAwsOrder() {
        byte[] blob = caller.encrypt(key);
        byte[] garbage = new byte[200];
        KeyArn mac = house.insertKey(caller, KeySpec.HMAC_256, KeyUsageType.GENERATE_VERIFY_MAC);
        String rsa = "RSAES_OAEP_SHA_256";
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);

        assertThat(caller.tried("Decrypt", "CiphertextBlob", garbage, "KeyId", House.UNKNOWN_KEY))
                .isEqualTo("InvalidCiphertextException");
        assertThat(
                        caller.tried(
                                "Decrypt",
                                "CiphertextBlob",
                                garbage,
                                "KeyId",
                                key,
                                "EncryptionAlgorithm",
                                rsa))
                .as(
                        "no RSA ciphertext names its key, so the key that the request names is looked at")
                .isEqualTo("DisabledException: " + caller.arn(key) + " is disabled.");
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "KeyId", other))
                .isEqualTo(INCORRECT_KEY);
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "KeyId", mac.toString()))
                .isEqualTo(INCORRECT_KEY);
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "KeyId", House.UNKNOWN_KEY))
                .isEqualTo(
                        "NotFoundException: Key '"
                                + caller.arn(House.UNKNOWN_KEY)
                                + "' does not exist");
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "EncryptionAlgorithm", rsa))
                .isEqualTo("DisabledException: " + caller.arn(key) + " is disabled.");
        caller.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "EncryptionAlgorithm", rsa))
                .isEqualTo(
                        "InvalidKeyUsageException: Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec"
                                + " SYMMETRIC_DEFAULT.");
        assertThat(house.user(House.ACCOUNT, House.REGION).tried("Decrypt", "CiphertextBlob", blob))
                .startsWith("AccessDeniedException")
                .contains("kms:Decrypt on resource: " + caller.arn(key));
    }

    /** The source completely, then the destination; each with a permission of its own. */
    @Test
    void reEncryptChecksTheSourceFirst() {
        byte[] blob = caller.encrypt(key, new byte[] {1}, Map.of("a", "b"));
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", other);
        assertThat(caller.tried("ReEncrypt", "CiphertextBlob", blob, "DestinationKeyId", other))
                .as("the wrong context of the source")
                .isEqualTo("InvalidCiphertextException");
        assertThat(
                        caller.tried(
                                "ReEncrypt",
                                "CiphertextBlob",
                                blob,
                                "SourceKeyId",
                                other,
                                "DestinationKeyId",
                                other))
                .isEqualTo(INCORRECT_KEY);
        assertThat(
                        caller.tried(
                                "ReEncrypt",
                                "CiphertextBlob",
                                blob,
                                "SourceEncryptionContext",
                                Map.of("a", "b"),
                                "DestinationKeyId",
                                other))
                .isEqualTo("DisabledException: " + caller.arn(other) + " is disabled.");
        assertThat(
                        house.user(House.ACCOUNT, House.REGION)
                                .tried(
                                        "ReEncrypt",
                                        "CiphertextBlob",
                                        blob,
                                        "DestinationKeyId",
                                        other))
                .contains("kms:ReEncryptFrom on resource: " + caller.arn(key));
    }

    private String tried(String operation, Map<String, Object> members) {
        return tried(caller, operation, members);
    }

    private static String tried(House.Caller who, String operation, Map<String, Object> members) {
        return who.tried(
                operation,
                members.entrySet().stream()
                        .flatMap(e -> Stream.of(e.getKey(), e.getValue()))
                        .toArray());
    }
}
