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
import java.util.Objects;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeneratorTest {

    private static final Path MODEL =
            Path.of(
                    Objects.requireNonNull(System.getProperty("trent.home")),
                    "model",
                    "kms-2014-11-01.json");

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

    @Test
    void noDocumentationOfTheModelIsCopied() throws IOException {
        String sources = String.join("\n", sources().values());
        for (JsonNode documentation :
                new ObjectMapper().readTree(MODEL.toFile()).findValues("documentation")) {
            String text = documentation.textValue().replaceAll("<[^>]*>", "").strip();
            if (text.length() > 40) {
                assertThat(sources).doesNotContain(text.substring(0, 40));
            }
        }
    }

    @Test
    void theSameModelGivesTheSameSources() throws IOException {
        assertThat(sources()).isEqualTo(sources());
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

    private static SortedMap<String, String> sources() throws IOException {
        try (InputStream model = Files.newInputStream(MODEL)) {
            return Generator.sources(model);
        }
    }
}
