package trent.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerTest {

    @Test
    void whatIsAbsentIsLeftOut() throws IOException {
        KeyMetadata metadata =
                KeyMetadata.builder()
                        .awsAccountId("111122223333")
                        .keyId("1234abcd")
                        .creationDate(Instant.ofEpochMilli(1593622000191L))
                        .keySpec(KeySpec.SYMMETRIC_DEFAULT)
                        .keyState(KeyState.PENDING_DELETION)
                        .encryptionAlgorithms(List.of(EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT))
                        .multiRegion(false)
                        .build();
        assertThat(written(KmsOperation.CREATE_KEY, new CreateKeyResponse(metadata)))
                .isEqualTo(
                        """
                {"KeyMetadata":{"AWSAccountId":"111122223333","KeyId":"1234abcd","CreationDate":1593622000.191,\
                "Enabled":false,"KeyState":"PendingDeletion","KeySpec":"SYMMETRIC_DEFAULT",\
                "EncryptionAlgorithms":["SYMMETRIC_DEFAULT"],"MultiRegion":false}}""");
    }

    @Test
    void structuresAndMapsNest() throws IOException {
        GrantListEntry grant =
                GrantListEntry.builder()
                        .operations(
                                List.of(
                                        GrantOperation.CREATE_GRANT,
                                        GrantOperation.RE_ENCRYPT_FROM))
                        .constraints(new GrantConstraints(Map.of("a", "b"), null))
                        .build();
        ListGrantsResponse grants = new ListGrantsResponse(List.of(grant), null, false);
        assertThat(written(KmsOperation.LIST_GRANTS, grants))
                .isEqualTo(
                        """
                {"Grants":[{"Operations":["CreateGrant","ReEncryptFrom"],\
                "Constraints":{"EncryptionContextSubset":{"a":"b"}}}],"Truncated":false}""");
    }

    @Test
    void aBlobIsBase64WithItsPadding() throws IOException {
        SignResponse answer = new SignResponse(null, new Blob(new byte[] {-1, -2, -3, -4}), null);
        assertThat(written(KmsOperation.SIGN, answer)).isEqualTo("{\"Signature\":\"//79/A==\"}");
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
            0,              0.000
            1,              0.001
            -1,             -0.001
            1593622000000,  1593622000.000
            1593622000190,  1593622000.190
            99999999999999, 99999999999.999
            """)
    void aTimestampIsADecimalWithoutExponent(long millis, String text) throws IOException {
        ScheduleKeyDeletionResponse answer =
                ScheduleKeyDeletionResponse.builder()
                        .deletionDate(Instant.ofEpochMilli(millis))
                        .build();
        assertThat(written(KmsOperation.SCHEDULE_KEY_DELETION, answer))
                .isEqualTo("{\"DeletionDate\":" + text + "}");
    }

    @Test
    void anEmptyAnswerIsNotAMissingOne() throws IOException {
        assertThat(KmsOperation.CREATE_ALIAS.hasOutput()).isFalse();
        assertThat(written(KmsOperation.CREATE_ALIAS, Empty.EMPTY)).isEmpty();
        assertThat(KmsOperation.DELETE_CUSTOM_KEY_STORE.hasOutput()).isTrue();
        assertThat(
                        written(
                                KmsOperation.DELETE_CUSTOM_KEY_STORE,
                                new DeleteCustomKeyStoreResponse()))
                .isEqualTo("{}");
    }

    @Test
    void anErrorIsItsNameAndItsText() throws IOException {
        assertThat(written(new NotFoundException("Key 'k' does not exist")))
                .isEqualTo(
                        "{\"__type\":\"NotFoundException\",\"message\":\"Key 'k' does not exist\"}");
        assertThat(written(new InvalidCiphertextException()))
                .isEqualTo("{\"__type\":\"InvalidCiphertextException\"}");
        assertThat(written(new AccessDeniedException("no")))
                .isEqualTo("{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}");
        assertThat(written(new SerializationException("no")))
                .isEqualTo("{\"__type\":\"SerializationException\",\"Message\":\"no\"}");
    }

    @Test
    void anErrorHasItsStatusAndNoStackTrace() {
        assertThat(new NotFoundException().httpStatus()).isEqualTo(400);
        assertThat(new KMSInternalException().httpStatus()).isEqualTo(500);
        assertThat(new DependencyTimeoutException().httpStatus()).isEqualTo(500);
        assertThat(new KeyUnavailableException().httpStatus()).isEqualTo(500);
        assertThat(new InternalFailure().httpStatus()).isEqualTo(500);
        assertThat(new ServiceUnavailable().httpStatus()).isEqualTo(503);
        assertThat(new NotFoundException().getStackTrace()).isEmpty();
    }

    @Test
    void blobsAreEqualByContent() {
        Blob blob = new Blob(new byte[] {1, 2});
        assertThat(blob)
                .isEqualTo(new Blob(new byte[] {1, 2}))
                .hasSameHashCodeAs(new Blob(new byte[] {1, 2}));
        assertThat(blob).isNotEqualTo(new Blob(new byte[] {1, 3})).hasToString("Blob[2 bytes]");
    }

    private static <O> String written(KmsOperation<?, O> operation, O output) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
            operation.write(output, json);
        }
        return bytes.toString(UTF_8);
    }

    private static String written(ServiceException error) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
            error.write(json);
        }
        return bytes.toString(UTF_8);
    }
}
