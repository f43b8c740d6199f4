package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** Each event is one line, which is one flat JSON object, whatever the event holds. */
class JsonLinesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonLines lines = new JsonLines();
    private final Logger logger = new LoggerContext().getLogger("trent.test");

    @Test
    void fieldsKeepTheirTypesAndWhatThereIsNotIsLeftOut() throws IOException {
        LoggingEvent event = event("{} of {}", null, 1, 2);
        event.setInstant(Instant.parse("2026-01-02T03:04:05.006789Z"));
        event.setKeyValuePairs(
                List.of(
                        new KeyValuePair("number", 42L),
                        new KeyValuePair("share", 0.25),
                        new KeyValuePair("truth", true),
                        new KeyValuePair("nothing", null),
                        new KeyValuePair("not_finite", Double.NaN),
                        new KeyValuePair("list", List.of("a", "b"))));
        String line = new String(lines.encode(event), UTF_8);
        assertThat(line)
                .isEqualTo(
                        "{\"time\":\"2026-01-02T03:04:05.006Z\",\"level\":\"WARN\",\"logger\":\"trent.test\","
                                + "\"message\":\"1 of 2\",\"number\":42,\"share\":0.25,\"truth\":true,"
                                + "\"not_finite\":\"NaN\",\"list\":\"[a, b]\"}\n");
        requireFlat(line);
    }

    @Test
    void aStackTraceIsOneField() throws IOException {
        IllegalStateException fault =
                new IllegalStateException("first\nsecond", new IOException("\"quoted\""));
        JsonNode read = requireFlat(line(event("failed", fault)));
        assertThat(read.path("exception").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(read.path("stack_trace").asText())
                .contains("first\nsecond", "Caused by: ", "\"quoted\"", "aStackTraceIsOneField");
    }

    @Test
    void aFieldIsNeverTakenForOneOfOurs() throws IOException {
        LoggingEvent event = event("m", null);
        event.setKeyValuePairs(
                List.of(
                        new KeyValuePair("message", "theirs"),
                        new KeyValuePair("twice", 1),
                        new KeyValuePair("twice", 2)));
        JsonNode read = requireFlat(line(event));
        assertThat(read.path("message").asText()).isEqualTo("m");
        assertThat(read.path("message_").asText()).isEqualTo("theirs");
        assertThat(read.path("twice").asInt()).isEqualTo(1);
    }

    @Test
    void halfOfASurrogatePairIsReplaced() throws IOException {
        assertThat(requireFlat(line(event("a\ud800b\udc00c\ud83d\ude00", null))).path("message"))
                .hasToString("\"a\ufffdb\ufffdc\ud83d\ude00\"");
    }

    /** What a caller sends can neither end its line nor begin another, nor steer a terminal. */
    @Property(tries = 500)
    void anyTextIsOneLine(@ForAll String text, @ForAll char odd) throws IOException {
        LoggingEvent event = event("said", null);
        event.setKeyValuePairs(List.of(new KeyValuePair("text", text + odd + '\n')));
        String line = line(event);
        assertThat(line.chars().filter(c -> JsonLines.isControl((char) c)).count()).isEqualTo(1);
        JsonNode read = requireFlat(line);
        String whole =
                new String((text + odd + '\n').getBytes(UTF_8), UTF_8)
                        .replace('?', '\ufffd'); // as Java replaces half a pair
        assertThat(read.path("text").asText().replace('?', '\ufffd')).isEqualTo(whole);

        byte[] people = new TextLines().encode(event);
        assertThat(new String(people, UTF_8).chars().filter(c -> c == '\n').count()).isEqualTo(1);
        assertThat(new String(people, UTF_8).chars())
                .noneMatch(c -> c != '\n' && c != '\t' && JsonLines.isControl((char) c.intValue()));
    }

    /** One object, in one line, and nothing in it is an object, an array or null. */
    static JsonNode requireFlat(String line) throws IOException {
        assertThat(line).endsWith("}\n");
        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        JsonNode read = JSON.readTree(line);
        assertThat(read.isObject()).isTrue();
        read.forEach(value -> assertThat(value.isValueNode() && !value.isNull()).isTrue());
        assertThat(Instant.parse(read.path("time").asText())).isNotNull();
        return read;
    }

    private String line(LoggingEvent event) {
        return new String(lines.encode(event), UTF_8);
    }

    private LoggingEvent event(String message, @Nullable Throwable thrown, Object... arguments) {
        return new LoggingEvent(
                JsonLinesTest.class.getName(), logger, Level.WARN, message, thrown, arguments);
    }
}
