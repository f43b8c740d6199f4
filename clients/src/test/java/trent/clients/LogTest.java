package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.RawConnection.Reply;

/** The log of a whole run, read by a parser: what stands in it, in which form, and what never does. */
@ExtendWith(Workplace.class)
@Timeout(300)
class LogTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String PLAINTEXT = "the treasure is under the old oak";
    private static final String TOKEN = "FwoGZXIvYXdzEOfATOKENTHATNOBODYMUSTSEE";
    private static final String AGENT = "agent \"quoted\" \\back\t{\"level\":\"ERROR\"} é ";
    private static final Pattern RFC_3339 =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    private static final Pattern XML_SECRET =
            Pattern.compile("<SecretAccessKey>([^<]+)</SecretAccessKey>");
    private static final Pattern XML_ID = Pattern.compile("<AccessKeyId>([^<]+)</AccessKeyId>");

    private final List<String> secrets =
            new ArrayList<>(List.of(PLAINTEXT, base64(PLAINTEXT), TOKEN, "Signature="));

    @Test
    void everyLineOfAWholeRunIsFlatJsonAndHoldsNoSecret() throws Exception {
        String log;
        try (TrentProcess trent = TrentProcess.server().with("--log", "requests").start()) {
            String keyArn = work(trent);
            refusals(trent);
            assertThat(trent.stop()).isZero();
            log = trent.stderr();
            List<JsonNode> lines = lines(log);
            requireStarted(lines, trent);
            requireRequests(lines, keyArn);
            requireRefusals(lines);
            JsonNode last = lines.getLast();
            assertThat(last.path("message").asText()).isEqualTo("stopped");
            assertThat(last.path("reason").asText()).isEqualTo("asked to end");
            assertThat(last.path("uptime_seconds").isNumber()).isTrue();
            assertThat(last.path("unfinished_count").asInt()).as(last.toString()).isZero();
        }
        secrets.add(Signer.ROOT.secretAccessKey());
        assertThat(secrets).hasSizeGreaterThan(7).doesNotContain("");
        for (String secret : secrets) {
            assertThat(log).doesNotContain(secret);
        }
    }

    @Test
    void theFormIsChosenAndAWrongOneRefused() {
        try (TrentProcess trent = TrentProcess.dev().with("--log-format", "text").start()) {
            Await.until("started", SOON, () -> trent.stderr().contains(" started "));
            assertThat(trent.stderr().lines())
                    .allSatisfy(
                            line ->
                                    assertThat(line)
                                            .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} [A-Z]+ .*"))
                    .anySatisfy(line -> assertThat(line).contains(" store=memory "));
        }
        try (TrentProcess trent =
                TrentProcess.dev().environment("TRENT_LOG_FORMAT", "json").start()) {
            Await.until("started", SOON, () -> trent.stderr().contains("\"started\""));
        }
        TrentProcess.Ended wrong = TrentProcess.run("dev", "--log-format", "xml");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.stderr()).contains("--log-format takes json or text, not xml.");
    }

    // ---- what is done

    /** Every kind of thing that holds a secret; gives the first key's ARN. */
    private String work(TrentProcess trent) throws IOException {
        try (Kms kms = trent.kms(Signer.ROOT)) {
            String arn = kms.ok("CreateKey", Map.of()).path("KeyMetadata").path("Arn").asText();
            String second = kms.createKey();
            kms.createAlias("alias/log", arn);
            kms.ok("UpdateAlias", Map.of("AliasName", "alias/log", "TargetKeyId", second));
            kms.ok("UpdateAlias", Map.of("AliasName", "alias/log", "TargetKeyId", arn));
            byte[] blob = kms.encrypt("alias/log", PLAINTEXT.getBytes(UTF_8));
            assertThat(kms.decrypt(blob)).isEqualTo(PLAINTEXT.getBytes(UTF_8));
            JsonNode dataKey =
                    kms.ok("GenerateDataKey", Map.of("KeyId", arn, "KeySpec", "AES_256"));
            secrets.add(dataKey.path("Plaintext").asText());
            secrets.add(
                    kms.ok("GenerateRandom", Map.of("NumberOfBytes", 32))
                            .path("Plaintext")
                            .asText());
            assertThat(kms.call("DescribeKey", Map.of("KeyId", "alias/none")).code())
                    .isEqualTo("NotFoundException");
            kms.iam("CreateUser", Map.of("UserName", "alice"));
            Reply made = kms.iam("CreateAccessKey", Map.of("UserName", "alice"));
            secrets.add(found(XML_SECRET, made.body()));
            try (Kms alice =
                    trent.kms(
                            new Signer(
                                    found(XML_ID, made.body()),
                                    found(XML_SECRET, made.body()),
                                    "us-east-2"))) {
                assertThat(alice.call("Encrypt", Map.of("KeyId", arn, "Plaintext", "AAAA")).code())
                        .isEqualTo("AccessDeniedException");
            }
            return arn;
        }
    }

    private void refusals(TrentProcess trent) throws IOException {
        Signer wrong = new Signer(Signer.ROOT.accessKeyId(), "a wrong secret", "us-east-2");
        try (Kms kms = trent.kms(wrong)) {
            assertThat(kms.call("ListKeys", Map.of()).code())
                    .isEqualTo("InvalidSignatureException");
        }
        // Id and secret the wrong way round; and a session token, a strange agent, no signature.
        String swapped = "0123456789abcdefABCDEF0123456789abcdef+x";
        secrets.add(swapped);
        try (Kms kms = trent.kms(new Signer(swapped, "AKIAIOSFODNN7EXAMPLE", "us-east-2"))) {
            assertThat(kms.call("ListKeys", Map.of()).code())
                    .isEqualTo("UnrecognizedClientException");
        }
        String host = "127.0.0.1:" + trent.port();
        String target = "TrentService.ListKeys";
        byte[] body = "{}".getBytes(UTF_8);
        for (String signature :
                List.of(Signer.ROOT.headers(host, target, body, Instant.now()), "")) {
            try (RawConnection connection = trent.connect()) {
                connection.send(
                        ("POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nX-Amz-Target: %s\r\n"
                                        + "User-Agent: %s\r\nX-Amz-Security-Token: %s\r\n%sContent-Length: 2\r\n\r\n{}")
                                .formatted(
                                        host,
                                        Kms.CONTENT_TYPE,
                                        target,
                                        AGENT + "x".repeat(1000),
                                        TOKEN,
                                        signature));
                assertThat(connection.reply().status()).isBetween(400, 403);
            }
        }
    }

    // ---- what is told of it

    private static void requireStarted(List<JsonNode> lines, TrentProcess trent) {
        List<JsonNode> started = ofMessage(lines, "started");
        assertThat(started).hasSize(1);
        JsonNode line = started.getFirst();
        assertThat(line.path("mode").asText()).isEqualTo("server");
        assertThat(line.path("version").asText()).isNotEmpty();
        assertThat(line.path("url").asText()).isEqualTo(trent.url().toString());
        assertThat(line.path("admin_url").asText()).isEqualTo(trent.admin().toString());
        assertThat(line.path("tls").isBoolean()).isTrue();
        assertThat(line.path("store").asText()).isEqualTo("folder");
        assertThat(line.path("store_place").asText()).isEqualTo(trent.data().toString());
        assertThat(line.path("seal_fingerprint").asText()).matches("[0-9a-f]{32}");
        assertThat(line.path("quota_keys").asInt()).isEqualTo(100_000);
        for (String limit :
                List.of("heap_limit_bytes", "callers_limit_bytes", "connections_limit")) {
            assertThat(line.path(limit).asLong()).as(limit).isPositive();
        }
    }

    private static void requireRequests(List<JsonNode> lines, String keyArn) {
        String aliasArn = keyArn.replaceFirst("key/.*", "alias/log");
        JsonNode created = ofMessage(lines, "CreateKey ok").getFirst();
        assertThat(created.path("key").asText()).isEqualTo(keyArn);
        assertThat(created.path("caller").asText()).isEqualTo("arn:aws:iam::000000000000:root");
        assertThat(created.path("account").asText()).isEqualTo("000000000000");
        assertThat(created.path("access_key_id").asText()).isEqualTo(Signer.ROOT.accessKeyId());
        assertThat(created.path("source_address").asText()).isEqualTo("127.0.0.1");
        assertThat(created.path("region").asText()).isEqualTo("us-east-2");
        assertThat(created.path("operation").asText()).isEqualTo("CreateKey");
        assertThat(created.path("service").asText()).isEqualTo("kms");
        assertThat(created.path("request_id").asText()).hasSize(36);
        assertThat(created.path("status").asInt()).isEqualTo(200);
        assertThat(created.path("duration_seconds").asDouble()).isPositive().isLessThan(300);
        assertThat(created.path("request_bytes").asInt()).isEqualTo(2);
        assertThat(created.path("answer_bytes").asInt()).isGreaterThan(100);
        assertThat(created.has("error")).isFalse();

        JsonNode alias = ofMessage(lines, "CreateAlias ok").getFirst();
        assertThat(alias.path("alias").asText()).isEqualTo(aliasArn);
        assertThat(alias.path("key").asText()).isEqualTo(keyArn);
        assertThat(ofMessage(lines, "UpdateAlias ok").getFirst().path("resources").asText())
                .contains(aliasArn, keyArn);
        assertThat(ofMessage(lines, "Decrypt ok").getFirst().path("key").asText())
                .isEqualTo(keyArn);
        JsonNode missing = ofMessage(lines, "DescribeKey NotFoundException").getFirst();
        assertThat(missing.path("error").asText()).isEqualTo("NotFoundException");
        assertThat(missing.path("status").asInt()).isEqualTo(400);
        JsonNode user = ofMessage(lines, "CreateUser ok").getFirst();
        assertThat(user.path("service").asText()).isEqualTo("iam");
        JsonNode denied = ofMessage(lines, "Encrypt AccessDeniedException").getFirst();
        assertThat(denied.path("caller").asText()).endsWith(":user/alice");
    }

    private static void requireRefusals(List<JsonNode> lines) {
        List<JsonNode> refused = ofMessage(lines, "a signature was refused");
        assertThat(refused)
                .extracting(line -> line.path("reason").asText())
                .startsWith("invalid", "unknown_key")
                .endsWith("missing")
                .hasSize(4);
        JsonNode wrong = refused.getFirst();
        assertThat(wrong.path("access_key_id").asText()).isEqualTo(Signer.ROOT.accessKeyId());
        assertThat(wrong.path("operation").asText()).isEqualTo("ListKeys");
        assertThat(wrong.path("source_address").asText()).isEqualTo("127.0.0.1");
        assertThat(refused.get(1).has("access_key_id")).as("it may be a secret").isFalse();
        JsonNode unsigned = refused.getLast();
        assertThat(unsigned.has("access_key_id")).isFalse();
        assertThat(unsigned.path("user_agent").asText())
                .startsWith("agent \"quoted\" \\back")
                .hasSizeLessThan(300);
    }

    private static List<JsonNode> ofMessage(List<JsonNode> lines, String message) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode line : lines) {
            if (line.path("message").asText().equals(message)) {
                found.add(line);
            }
        }
        assertThat(found).as(message).isNotEmpty();
        return found;
    }

    /** Each line an object of its own, flat, with what every line has. */
    private static List<JsonNode> lines(String log) {
        List<JsonNode> lines = new ArrayList<>();
        for (String text : log.split("\n", -1)) {
            if (text.isEmpty()) {
                continue;
            }
            JsonNode line = Json.of(text);
            assertThat(line.isObject()).as(text).isTrue();
            line.forEach(value -> assertThat(value.isValueNode() && !value.isNull()).isTrue());
            line.forEach(value -> assertThat(value.asText()).as(text).isNotEqualTo("null"));
            assertThat(line.path("time").asText()).matches(RFC_3339);
            assertThat(line.path("level").asText()).isIn("DEBUG", "INFO", "WARN", "ERROR");
            assertThat(line.path("message").asText()).isNotEmpty();
            lines.add(line);
        }
        return lines;
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
