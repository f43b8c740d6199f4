package trent.generator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class GeneratorTest {

    private static final Path MODELS =
            Path.of(Objects.requireNonNull(System.getProperty("trent.home")), "model");

    static final List<Service> SERVICES = List.of(Service.KMS, Service.IAM, Service.STS);

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
            KeyId,              keyId,              keyId,              KEY_ID
            AWSAccountId,       awsAccountId,       aWSAccountId,       AWS_ACCOUNT_ID
            CloudHsmClusterId,  cloudHsmClusterId,  cloudHsmClusterId,  CLOUD_HSM_CLUSTER_ID
            ReEncryptFrom,      reEncryptFrom,      reEncryptFrom,      RE_ENCRYPT_FROM
            """)
    void namesAsJavaWritesThem(String name, String component, String path, String constant) {
        assertThat(Names.lowerFirst(name)).isEqualTo(path);
        assertThat(Names.constant(name)).isEqualTo(constant);
        assertThat(Names.lowerCamel(name)).isEqualTo(component);
    }

    @Test
    void aWordInCapitalsStaysAsItIs() {
        assertThat(Names.constant("ECC_SECG_P256K1")).isEqualTo("ECC_SECG_P256K1");
    }

    @Test
    void aLiteralEscapesWhatJavaWouldRead() {
        assertThat(Names.literal("[\\u0020-\\u00FF]\"")).isEqualTo("\"[\\\\u0020-\\\\u00FF]\\\"\"");
    }

    @ParameterizedTest
    @FieldSource("SERVICES")
    void noDocumentationOfTheModelIsCopied(Service service) throws IOException {
        String sources = String.join("\n", sources(service).values());
        for (JsonNode documentation :
                new ObjectMapper()
                        .readTree(MODELS.resolve(service.modelFile()).toFile())
                        .findValues("documentation")) {
            String text = documentation.textValue().replaceAll("<[^>]*>", "").strip();
            if (text.length() > 40) {
                assertThat(sources).doesNotContain(text.substring(0, 40));
            }
        }
    }

    @ParameterizedTest
    @FieldSource("SERVICES")
    void theSameModelGivesTheSameSources(Service service) throws IOException {
        assertThat(sources(service)).isEqualTo(sources(service));
    }

    @Test
    void aRecordedFactThatFitsNothingStopsTheBuild() throws IOException {
        JsonNode recorded =
                new ObjectMapper()
                        .readTree(
                                """
                {"accepted": [{"shape": "NoSuchShape", "value": "X"}]}""");
        JsonNode model =
                new ObjectMapper().readTree("{\"operations\": {}, \"shapes\": {}}".getBytes(UTF_8));
        assertThatIllegalStateException()
                .isThrownBy(() -> new Model(model, recorded))
                .withMessageContaining("NoSuchShape");
    }

    @Test
    void anOperationThatTheModelLacksStopsTheBuild() throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode facts =
                json.readTree(
                        """
                {"operations": [{"what": "users", "names": ["CreateUsr"]}]}""");
        JsonNode model = json.readTree("{\"operations\": {}, \"shapes\": {}}".getBytes(UTF_8));
        assertThatIllegalStateException()
                .isThrownBy(() -> new Model(model, facts))
                .withMessageContaining("CreateUsr");
    }

    private static SortedMap<String, String> sources(Service service) throws IOException {
        try (InputStream model = Files.newInputStream(MODELS.resolve(service.modelFile()))) {
            return Generator.sources(service, model);
        }
    }
}
