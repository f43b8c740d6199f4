package trent.use;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.KeyTransRecipientId;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.Hypervisor;
import trent.OpenSsl;
import trent.api.Blob;
import trent.api.KmsOperation;
import trent.call.Attestation;
import trent.call.Attestation.Platform;
import trent.crypto.attestation.EnvelopedData;

/**
 * Answers for an attested environment: they leave only under its key. Source: AWS KMS Developer
 * Guide, "Cryptographic attestation support in AWS KMS", and recorded replies.
 */
class RecipientsTest {

    private static final Hypervisor HYPERVISOR = new Hypervisor(House.START);
    private static final String OAEP = "RSAES_OAEP_SHA_256";

    /**
     * A recorded reply of AWS to a recipient of 2048 bits, up to the key's identifier, and from
     * there to the encrypted key.
     */
    private static final String RECORDED_BEGINNING =
            "308006092a864886f70d010703a0803080020102318201" + "6b308201670201028020";

    private static final String RECORDED_ALGORITHM =
            "303c06092a864886f70d010107302fa00f300d06096086480165030402010500a11c301a06092a864886f70d"
                    + "010108300d0609608648016503040201050004820100";

    /** And from the encrypted key to the IV, and from there to the encrypted data key. */
    private static final String RECORDED_CONTENT =
            "308006092a864886f70d010701301d060960864801650304012a0410";

    private static final String RECORDED_DATA_KEY = "a0800430";
    private static final String RECORDED_END = "00000000000000000000";

    @TempDir private Path folder = Path.of("");

    private House house = new House();
    private House.Caller caller = house.caller();
    private String key = "";

    @BeforeEach
    void believe() {
        house.close();
        house = new House(Hypervisor.roots(folder, HYPERVISOR.root().certificate()));
        caller = house.caller();
        key = caller.newKey();
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void decryptAnswersTheEnvironmentOnly() throws Exception {
        byte[] ciphertext = caller.encrypt(key, new byte[] {1, 2, 3}, Map.of("a", "b"));
        var answer =
                caller.ask(
                        KmsOperation.DECRYPT,
                        "CiphertextBlob",
                        ciphertext,
                        "EncryptionContext",
                        Map.of("a", "b"),
                        "Recipient",
                        recipient());
        assertThat(answer.plaintext()).isNull();
        assertThat(answer.keyMaterialId()).isNull();
        assertThat(answer.keyId()).isEqualTo(caller.arn(key).toString());
        assertThat(answer.encryptionAlgorithm()).isNotNull();
        assertThat(opened(answer.ciphertextForRecipient())).containsExactly(1, 2, 3);
    }

    @Test
    void generateDataKeyAnswersTheEnvironmentOnly() throws Exception {
        var answer =
                caller.ask(
                        KmsOperation.GENERATE_DATA_KEY,
                        "KeyId",
                        key,
                        "KeySpec",
                        "AES_256",
                        "Recipient",
                        recipient());
        assertThat(answer.plaintext()).isNull();
        assertThat(answer.keyMaterialId()).isNull();
        assertThat(opened(answer.ciphertextForRecipient()))
                .hasSize(32)
                .isEqualTo(caller.decrypt(bytes(answer.ciphertextBlob()), Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA_2048", "ECC_NIST_P256"})
    void generateDataKeyPairAnswersTheEnvironmentOnly(String spec) throws Exception {
        var answer =
                caller.ask(
                        KmsOperation.GENERATE_DATA_KEY_PAIR,
                        "KeyId",
                        key,
                        "KeyPairSpec",
                        spec,
                        "Recipient",
                        recipient());
        assertThat(answer.privateKeyPlaintext()).isNull();
        assertThat(answer.keyMaterialId()).isNull();
        assertThat(answer.publicKey()).isNotNull();
        assertThat(opened(answer.ciphertextForRecipient()))
                .isEqualTo(caller.decrypt(bytes(answer.privateKeyCiphertextBlob()), Map.of()));
    }

    @Test
    void generateRandomAnswersTheEnvironmentOnly() throws Exception {
        var answer =
                caller.ask(
                        KmsOperation.GENERATE_RANDOM,
                        "NumberOfBytes",
                        1024,
                        "Recipient",
                        recipient());
        assertThat(answer.plaintext()).isNull();
        assertThat(opened(answer.ciphertextForRecipient())).hasSize(1024);
    }

    @Test
    void deriveSharedSecretAnswersTheEnvironmentOnly() throws Exception {
        String mine = newAgreementKey();
        byte[] peer =
                bytes(
                        caller.ask(KmsOperation.GET_PUBLIC_KEY, "KeyId", newAgreementKey())
                                .publicKey());
        var clear =
                caller.ask(
                        KmsOperation.DERIVE_SHARED_SECRET,
                        "KeyId",
                        mine,
                        "KeyAgreementAlgorithm",
                        "ECDH",
                        "PublicKey",
                        peer);
        assertThat(clear.ciphertextForRecipient()).isNull();
        var answer =
                caller.ask(
                        KmsOperation.DERIVE_SHARED_SECRET,
                        "KeyId",
                        mine,
                        "KeyAgreementAlgorithm",
                        "ECDH",
                        "PublicKey",
                        peer,
                        "Recipient",
                        recipient());
        assertThat(answer.sharedSecret()).isNull();
        assertThat(answer.keyOrigin()).isNotNull();
        assertThat(opened(answer.ciphertextForRecipient())).isEqualTo(bytes(clear.sharedSecret()));
    }

    /** Byte for byte, but for what is random. */
    @Test
    void theEnvelopeIsTheOneThatAwsSends() throws Exception {
        byte[] spki = HYPERVISOR.recipient().getPublic().getEncoded();
        String sent =
                HexFormat.of()
                        .formatHex(
                                EnvelopedData.seal(
                                        HYPERVISOR.recipient().getPublic(), new byte[32]));
        String identifier =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(spki));
        String beginning = RECORDED_BEGINNING + identifier + RECORDED_ALGORITHM;
        assertThat(sent).startsWith(beginning);
        String rest = sent.substring(beginning.length() + 2 * 256);
        assertThat(rest).startsWith(RECORDED_CONTENT);
        rest = rest.substring(RECORDED_CONTENT.length() + 2 * 16);
        assertThat(rest).startsWith(RECORDED_DATA_KEY);
        assertThat(rest.substring(RECORDED_DATA_KEY.length() + 2 * 48)).isEqualTo(RECORDED_END);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 32, 1024, 4096})
    void everyLengthOpens(int length) throws Exception {
        byte[] content = Hypervisor.filled(length, length);
        KeyPair recipient = HYPERVISOR.recipient();
        byte[] sealed = EnvelopedData.seal(recipient.getPublic(), content);
        assertThat(opened(new Blob(sealed))).isEqualTo(content);
        assertThat(sealed.length).isLessThan(6144); // the most that a client's model lets through
        assertThat(EnvelopedData.seal(recipient.getPublic(), content)).isNotEqualTo(sealed);
    }

    @Test
    void openSslOpensTheEnvelope() {
        OpenSsl openssl = new OpenSsl(folder);
        for (KeyPair recipient :
                List.of(
                        HYPERVISOR.recipient(),
                        Hypervisor.newRsaKey(3072),
                        Hypervisor.newRsaKey(4096))) {
            byte[] content = Hypervisor.filled(33, 7);
            String sealed =
                    openssl.file("sealed", EnvelopedData.seal(recipient.getPublic(), content));
            String privateKey = openssl.file("recipient.der", recipient.getPrivate().getEncoded());
            assertThat(
                            openssl.output(
                                    "cms",
                                    "-decrypt",
                                    "-inform",
                                    "DER",
                                    "-binary",
                                    "-in",
                                    sealed,
                                    "-keyform",
                                    "DER",
                                    "-inkey",
                                    privateKey))
                    .isEqualTo(content);
        }
    }

    @Test
    void theCallKnowsWhatIsAttested() {
        caller.ask(KmsOperation.GENERATE_RANDOM, "NumberOfBytes", 1);
        assertThat(caller.call().attestation()).isNull();
        caller.ask(KmsOperation.GENERATE_RANDOM, "NumberOfBytes", 1, "Recipient", recipient());
        Attestation attested = Objects.requireNonNull(caller.call().attestation());
        assertThat(attested.platform()).isEqualTo(Platform.NITRO_ENCLAVE);
        assertThat(attested.imageSha384()).isEqualTo(HexFormat.of().formatHex(Hypervisor.IMAGE));
        assertThat(attested.registers().keySet()).containsExactly(0, 1, 4);
        assertThat(new Attestation(Platform.NITRO_TPM, attested.registers()).imageSha384())
                .isNull();
    }

    /** A document that proves nothing gets nothing, whatever else is right. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Decrypt",
                "DeriveSharedSecret",
                "GenerateDataKey",
                "GenerateDataKeyPair",
                "GenerateRandom"
            })
    void anInvalidDocumentIsRefused(String operation) {
        Map<String, Object> members = members(operation);
        assertThat(tried(operation, members)).isEqualTo(House.OK);
        members.put("Recipient", Map.of());
        assertThat(tried(operation, members))
                .isEqualTo(
                        "ValidationException: Recipient needs an AttestationDocument and a KeyEncryptionAlgorithm.");
        members.put("Recipient", recipient(new byte[] {1}));
        assertThat(tried(operation, members))
                .isEqualTo(
                        "ValidationException: Invalid attestation document: it is no COSE_Sign1.");
        members.put(
                "Recipient",
                recipient(HYPERVISOR.document(f -> f.put("certificate", new byte[0]))));
        assertThat(tried(operation, members))
                .isEqualTo(
                        "ValidationException: Invalid attestation document: its certificate is missing or invalid.");
        assertThat(caller.call().attestation()).isNull();
        members.put("Recipient", recipient());
        assertThat(tried(operation, members)).isEqualTo(House.OK);
        house.advance(Duration.ofMinutes(5).plusMillis(1));
        assertThat(tried(operation, members))
                .isEqualTo(
                        "ValidationException: Invalid attestation document: it was not made within the last 5 minutes.");
        members.put("Recipient", recipient(new Hypervisor(house.now()).document()));
        assertThat(tried(operation, members))
                .isEqualTo(
                        "ValidationException: Invalid attestation document: its certificates do not link it to a"
                                + " configured root, or are not valid now.");
    }

    @Test
    void aDocumentMayBeLong() {
        Map<String, Object> members = members("GenerateRandom");
        members.put("Recipient", recipient(new byte[262_144]));
        assertThat(tried("GenerateRandom", members))
                .isEqualTo(
                        "ValidationException: Invalid attestation document: it is no COSE_Sign1.");
        members.put("Recipient", recipient(new byte[262_145]));
        assertThat(tried("GenerateRandom", members))
                .contains("Member must have length less than or equal to 262144");
    }

    @Test
    void aDryRunIsForNobody() {
        Map<String, Object> members = members("GenerateDataKey");
        members.put("Recipient", recipient());
        members.put("DryRun", true);
        assertThat(tried("GenerateDataKey", members)).startsWith("DryRunOperationException");
    }

    private Map<String, Object> members(String operation) {
        Map<String, Object> members = new HashMap<>();
        if (operation.equals("Decrypt")) {
            members.put("CiphertextBlob", caller.encrypt(key));
        } else if (operation.equals("DeriveSharedSecret")) {
            members.put("KeyId", newAgreementKey());
            members.put("KeyAgreementAlgorithm", "ECDH");
            members.put(
                    "PublicKey",
                    bytes(
                            caller.ask(KmsOperation.GET_PUBLIC_KEY, "KeyId", newAgreementKey())
                                    .publicKey()));
        } else if (!operation.equals("GenerateRandom")) {
            members.put("KeyId", key);
        }
        if (operation.equals("GenerateDataKeyPair")) {
            members.put("KeyPairSpec", "ECC_NIST_P256");
        } else if (operation.startsWith("Generate")) {
            members.put("NumberOfBytes", 16);
        }
        return members;
    }

    private String tried(String operation, Map<String, Object> members) {
        @Nullable Object[] flat =
                members.entrySet().stream()
                        .<@Nullable Object>mapMulti(
                                (entry, to) -> {
                                    to.accept(entry.getKey());
                                    to.accept(entry.getValue());
                                })
                        .toArray();
        return caller.tried(operation, flat);
    }

    private String newAgreementKey() {
        return Objects.requireNonNull(
                        caller.ask(
                                        KmsOperation.CREATE_KEY,
                                        "KeySpec",
                                        "ECC_NIST_P384",
                                        "KeyUsage",
                                        "KEY_AGREEMENT")
                                .keyMetadata())
                .keyId();
    }

    private static Map<String, Object> recipient() {
        return recipient(HYPERVISOR.document());
    }

    private static Map<String, Object> recipient(byte[] document) {
        return Map.of(
                "KeyEncryptionAlgorithm",
                OAEP,
                "AttestationDocument",
                Base64.getEncoder().encodeToString(document));
    }

    /** By Bouncy Castle's other half and the JDK's RSA. */
    private static byte[] opened(@Nullable Blob sealed) throws Exception {
        CMSEnvelopedData envelope = new CMSEnvelopedData(bytes(sealed));
        assertThat(envelope.getRecipientInfos().getRecipients()).hasSize(1);
        RecipientInformation recipient =
                envelope.getRecipientInfos().getRecipients().iterator().next();
        assertThat(recipient.getRID()).isInstanceOf(KeyTransRecipientId.class);
        return recipient.getContent(
                new JceKeyTransEnvelopedRecipient(HYPERVISOR.recipient().getPrivate()));
    }

    private static byte[] bytes(@Nullable Blob blob) {
        return Objects.requireNonNull(blob).bytes();
    }
}
