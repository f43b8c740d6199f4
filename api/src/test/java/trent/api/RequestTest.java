package trent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestTest {

    @Test
    void everyMemberIsRead() {
        DecryptRequest request =
                Requests.read(
                        KmsOperation.DECRYPT,
                        """
                {"Unknown":{"a":[1,{"b":null}]}, "DryRunModifiers":["IGNORE_CIPHERTEXT"], "DryRun":true,
                 "Recipient":{"KeyEncryptionAlgorithm":"RSAES_OAEP_SHA_256","AttestationDocument":"QUI="},
                 "EncryptionAlgorithm":"SYMMETRIC_DEFAULT", "KeyId":"alias/a", "GrantTokens":["t",null,"u"],
                 "EncryptionContext":{"z":"1","a":"2","n":null,"z":"3"}, "CiphertextBlob":"QUJD"}
                """);
        assertThat(request)
                .isEqualTo(
                        DecryptRequest.builder()
                                .ciphertextBlob(new Blob(new byte[] {'A', 'B', 'C'}))
                                .encryptionContext(Map.of("z", "3", "a", "2"))
                                .grantTokens(List.of("t", "u"))
                                .keyId("alias/a")
                                .encryptionAlgorithm(EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT)
                                .recipient(
                                        new RecipientInfo(
                                                KeyEncryptionMechanism.RSAES_OAEP_SHA_256,
                                                new Blob(new byte[] {'A', 'B'})))
                                .dryRun(true)
                                .dryRunModifiers(List.of(DryRunModifierType.IGNORE_CIPHERTEXT))
                                .build());
    }

    @Test
    void whatIsAbsentIsFalseEmptyOrNull() {
        CreateKeyRequest request = Requests.read(KmsOperation.CREATE_KEY, "{\"Tags\":null}");
        assertThat(request).isEqualTo(CreateKeyRequest.builder().build());
        assertThat(request.tags()).isEmpty();
        assertThat(request.multiRegion()).isFalse();
        assertThat(request.keySpec()).isNull();
    }

    @Test
    void anEmptyConstraintIsNotAnAbsentOne() {
        GrantConstraints constraints =
                Requests.read(
                                KmsOperation.CREATE_GRANT,
                                """
                {"KeyId":"k","GranteePrincipal":"p","Operations":[],"Constraints":{"EncryptionContextEquals":{}}}
                """)
                        .constraints();
        assertThat(constraints).isEqualTo(new GrantConstraints(null, Map.of()));
    }

    @Test
    void aDryRunMayIgnoreTheCiphertext() {
        String dryRun = "\"DryRun\":true,\"DryRunModifiers\":[\"IGNORE_CIPHERTEXT\"]";
        assertThat(
                        Requests.read(KmsOperation.DECRYPT, "{\"KeyId\":\"k\"," + dryRun + "}")
                                .ciphertextBlob())
                .isNull();
        assertThat(
                        Requests.read(
                                        KmsOperation.RE_ENCRYPT,
                                        "{\"SourceKeyId\":\"k\",\"DestinationKeyId\":\"d\","
                                                + dryRun
                                                + "}")
                                .ciphertextBlob())
                .isNull();
    }

    @Test
    void symmetricDefaultPassesAsASigningAlgorithm() {
        assertThat(
                        Requests.read(
                                        KmsOperation.SIGN,
                                        "{\"KeyId\":\"k\",\"Message\":\"QQ==\",\"SigningAlgorithm\":\"SYMMETRIC_DEFAULT\"}")
                                .signingAlgorithm())
                .isEqualTo(SigningAlgorithmSpec.SYMMETRIC_DEFAULT);
    }

    @Test
    void aFractionIsTruncated() {
        assertThat(Requests.read(KmsOperation.LIST_KEYS, "{\"Limit\":1.5}").limit()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
            0,                     1970-01-01T00:00:00Z
            1593622000,            2020-07-01T16:46:40Z
            1593622000.191,        2020-07-01T16:46:40.191Z
            1.593622E9,            2020-07-01T16:46:40Z
            -0.5,                  1969-12-31T23:59:59.500Z
            9223372036854775807,   +292278994-08-17T07:12:55.807Z
            -9223372036854775808,  -292275055-05-16T16:47:04.192Z
            99999999999999999999,  +292278994-08-17T07:12:55.807Z
            1e300,                 +292278994-08-17T07:12:55.807Z
            -1e300,                -292275055-05-16T16:47:04.192Z
            """)
    void aTimestampIsReadToTheMillisecond(String seconds, Instant expected) {
        Instant read =
                Requests.read(
                                KmsOperation.IMPORT_KEY_MATERIAL,
                                "{\"KeyId\":\"k\",\"ImportToken\":\"QQ==\",\"EncryptedKeyMaterial\":\"QQ==\",\"ValidTo\":"
                                        + seconds
                                        + "}")
                        .validTo();
        assertThat(read).isEqualTo(expected);
    }

    @Test
    void theBodyMayLieWithinALargerArray() {
        byte[] bytes = "xx{\"Limit\":7}yy".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        assertThat(KmsOperation.LIST_KEYS.read(bytes, 2, bytes.length - 4).limit()).isEqualTo(7);
    }

    @Test
    void aBuilderWantsWhatIsRequired() {
        assertThatNullPointerException()
                .isThrownBy(() -> EncryptRequest.builder().keyId("k").build())
                .withMessage("plaintext");
    }

    @Test
    void secretsDoNotPrintThemselves() {
        assertThat(
                        Requests.read(
                                        KmsOperation.ENCRYPT,
                                        "{\"KeyId\":\"k\",\"Plaintext\":\"aHVudGVyMg==\"}")
                                .toString())
                .contains("plaintext=Blob[7 bytes]")
                .doesNotContain("hunter");
        assertThat(
                        CreateCustomKeyStoreRequest.builder()
                                .customKeyStoreName("store")
                                .keyStorePassword("hunter2")
                                .xksProxyAuthenticationCredential(
                                        new XksProxyAuthenticationCredentialType(
                                                "hunter3", "hunter4"))
                                .build()
                                .toString())
                .contains("customKeyStoreName=store", "keyStorePassword=***", "accessKeyId=***")
                .doesNotContain("hunter");
    }
}
