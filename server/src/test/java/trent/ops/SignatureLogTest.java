package trent.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.Charset;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import trent.audit.AuditRecord;
import trent.audit.Sender;

/** Refused signatures are told of, not too often, and without what was signed with. */
class SignatureLogTest {

    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private final Logger logger = (Logger) LoggerFactory.getLogger(SignatureLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long now;
    private final SignatureLog log = new SignatureLog(() -> now);

    @BeforeEach
    void hear() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void end() {
        logger.detachAppender(lines);
    }

    @Test
    void aRefusedSignatureIsToldOfWithWhoSentIt() {
        log.add(record("InvalidSignatureException", null, "AKIAIOSFODNN7EXAMPLE", "x".repeat(999)));
        Map<String, Object> fields = fields(0);
        assertThat(fields)
                .containsEntry("error", "InvalidSignatureException")
                .containsEntry("reason", "invalid")
                .containsEntry("access_key_id", "AKIAIOSFODNN7EXAMPLE")
                .containsEntry("source_address", "192.0.2.7")
                .containsEntry("request_id", "an id");
        assertThat(String.valueOf(fields.get("user_agent"))).hasSize(257).endsWith("…");
    }

    /** A header reaches us as one character a byte. */
    @ParameterizedTest
    @CsvSource({
        "'Zoë ☂ 𝛑', 'Zoë ☂ 𝛑', UTF-8",
        "Zoë, Zoë, ISO-8859-1",
        "curl/8.5.0, curl/8.5.0, US-ASCII"
    })
    void aUserAgentIsShownAsItWasWritten(String written, String shown, String charset) {
        byte[] sent = written.getBytes(Charset.forName(charset));
        log.add(record("ExpiredTokenException", null, "a", new String(sent, ISO_8859_1)));
        assertThat(fields(0)).containsEntry("user_agent", shown);
    }

    @Test
    void aUserAgentIsNotCutWithinACharacter() {
        String written = "x".repeat(Sent.MAX_USER_AGENT - 1) + "𝛑";
        String sent = new String(written.getBytes(UTF_8), ISO_8859_1);
        log.add(record("ExpiredTokenException", null, "a", sent));
        assertThat(fields(0))
                .containsEntry("user_agent", "x".repeat(Sent.MAX_USER_AGENT - 1) + "…");
    }

    @Test
    void whatElseFailsIsNot() {
        log.add(record(null, "arn:aws:iam::111122223333:root", "AKIAIOSFODNN7EXAMPLE", null));
        log.add(record("AccessDeniedException", "arn:aws:iam::111122223333:user/a", "a", null));
        log.add(record("UnknownOperationException", null, null, null));
        assertThat(lines.list).isEmpty();
    }

    /** Id and secret the wrong way round: the commonest mistake of all. */
    @Test
    void aSecretInThePlaceOfAnIdIsNotShown() {
        log.add(record("UnrecognizedClientException", null, SECRET, null));
        assertThat(fields(0)).containsEntry("reason", "unknown_key");
        assertThat(lines.list.getFirst().getKeyValuePairs().toString()).doesNotContain("wJalr");
    }

    @Test
    void whatIsTooMuchIsCountedAndToldAfterwards() {
        for (int i = 0; i < 1000; i++) {
            log.add(record("ExpiredTokenException", null, "a", null));
        }
        assertThat(lines.list).hasSize(SignatureLog.LINES);
        now += Duration.ofSeconds(SignatureLog.WINDOW_SECONDS).toNanos();
        log.tellWhatWasLeftOut();
        assertThat(lines.list).hasSize(SignatureLog.LINES + 1);
        assertThat(fields(SignatureLog.LINES))
                .containsEntry("left_out", 1000L - SignatureLog.LINES);

        log.tellWhatWasLeftOut();
        log.close();
        assertThat(lines.list).as("once").hasSize(SignatureLog.LINES + 1);
        log.add(record("ExpiredTokenException", null, "a", null));
        assertThat(lines.list).as("told of again").hasSize(SignatureLog.LINES + 2);
    }

    @Test
    void theEndTellsWhatIsUntold() {
        for (int i = 0; i <= SignatureLog.LINES; i++) {
            log.add(record("MissingAuthenticationTokenException", null, null, null));
        }
        log.close();
        assertThat(fields(SignatureLog.LINES)).containsEntry("left_out", 1L);
    }

    private Map<String, Object> fields(int line) {
        Map<String, Object> fields = new TreeMap<>();
        for (KeyValuePair each : lines.list.get(line).getKeyValuePairs()) {
            if (each.value != null) {
                fields.put(each.key, each.value);
            }
        }
        return fields;
    }

    static AuditRecord record(
            @Nullable String error,
            @Nullable String caller,
            @Nullable String accessKeyId,
            @Nullable String userAgent) {
        return new AuditRecord(
                Instant.EPOCH,
                "an id",
                "Encrypt",
                caller,
                null,
                null,
                new Sender() {
                    @Override
                    public String sourceIp() {
                        return "192.0.2.7";
                    }

                    @Override
                    public @Nullable String userAgent() {
                        return userAgent;
                    }

                    @Override
                    public @Nullable String accessKeyId() {
                        return accessKeyId;
                    }

                    @Override
                    public int bodyBytes() {
                        return 0;
                    }
                },
                List.of(),
                error == null ? 200 : 400,
                error,
                100,
                0);
    }
}
