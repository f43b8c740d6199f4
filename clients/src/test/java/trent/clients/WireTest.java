package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.clients.RawConnection.Reply;

/** HTTP as it stands on the wire, over raw sockets. */
@ExtendWith(Workplace.class)
@TestInstance(Lifecycle.PER_CLASS)
class WireTest {

    private static final byte[] NO_MEMBERS = "{}".getBytes(UTF_8);
    private static final int MIB = 1 << 20;
    private static final int IDLE_CONNECTIONS = 10_000;
    private static final long MEMORY_BYTES = 512L * MIB;

    private final TrentProcess trent = TrentProcess.dev().start();
    private final Kms kms = trent.kms();

    @AfterAll
    void stop() throws IOException {
        kms.close();
        trent.close();
    }

    /** Whatever a test did, the next caller is served. */
    @AfterEach
    void isStillServing() {
        assertThat(ask("ListKeys", "{}").status()).isEqualTo(200);
    }

    // ---- replies

    @Test
    void headerNamesHaveCapitalsOnSuccess() {
        assertHeaders(ask("ListKeys", "{}"));
        assertHeaders(
                ask(
                        "CreateAlias",
                        Json.text(
                                Map.of(
                                        "AliasName",
                                        "alias/Headers",
                                        "TargetKeyId",
                                        kms.createKey()))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            DescribeKey | {"KeyId":"nonsense"} | NotFoundException
            DescribeKey | {}                   | ValidationException
            DescribeKey | {"KeyId":1}          | SerializationException
            DescribeKey | {                    | SerializationException
            Decrypt     | {"CiphertextBlob":"AAAA"} | InvalidCiphertextException
            Nothing     | {}                   | UnknownOperationException
            """)
    void headerNamesHaveCapitalsOnErrors(String operation, String body, String code) {
        Reply reply = ask(operation, body);
        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(400);
        assertHeaders(reply);
    }

    @Test
    void operationsWithoutOutputHaveAnEmptyBodyOfLengthZero() {
        String key = kms.createKey();
        assertEmpty("CreateAlias", Map.of("AliasName", "alias/Empty", "TargetKeyId", key));
        assertEmpty("UpdateAlias", Map.of("AliasName", "alias/Empty", "TargetKeyId", key));
        assertEmpty("DeleteAlias", Map.of("AliasName", "alias/Empty"));
        assertEmpty("DisableKey", Map.of("KeyId", key));
        assertEmpty("EnableKey", Map.of("KeyId", key));
        assertEmpty("UpdateKeyDescription", Map.of("KeyId", key, "Description", "x"));
        assertEmpty(
                "TagResource",
                Map.of("KeyId", key, "Tags", List.of(Map.of("TagKey", "a", "TagValue", "b"))));
        assertEmpty("UntagResource", Map.of("KeyId", key, "TagKeys", List.of("a")));
        String policy = kms.ok("GetKeyPolicy", Map.of("KeyId", key)).path("Policy").asText();
        assertEmpty("PutKeyPolicy", Map.of("KeyId", key, "Policy", policy));
    }

    @Test
    void requestIdsAreRandomUuidsAndNeverTheSame() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            String id = ask(i % 2 == 0 ? "ListKeys" : "Nothing", "{}").requestId();
            assertThat(UUID.fromString(id).version()).isEqualTo(4);
            ids.add(id);
        }
        assertThat(ids).hasSize(50);
    }

    @Test
    void theDateIsRight() {
        String date = ask("ListKeys", "{}").header("Date").orElseThrow();
        ZonedDateTime told = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME);
        assertThat(Duration.between(told, ZonedDateTime.now(told.getZone())).abs())
                .isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void timestampsAreSecondsWithAFraction() {
        String body = ask("CreateKey", "{}").body();
        assertThat(body).containsPattern("\"CreationDate\":\\d{10}(\\.\\d{1,3})?[,}]");
    }

    // ---- connections

    @Test
    void aConnectionIsKeptAndReused() throws IOException {
        try (RawConnection connection = trent.connect()) {
            for (int i = 0; i < 20; i++) {
                connection.send(request("ListKeys", NO_MEMBERS));
                assertThat(connection.reply().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aConnectionIsClosedWhenAsked() throws IOException {
        try (RawConnection connection = trent.connect()) {
            connection.send(
                    framed(
                            "ListKeys",
                            NO_MEMBERS,
                            "Connection: close\r\nContent-Length: 2\r\n",
                            NO_MEMBERS));
            assertThat(connection.reply().status()).isEqualTo(200);
            assertThat(connection.closed()).isTrue();
        }
    }

    @Test
    void fiftyPipelinedRequestsAreAnsweredInOrder() throws IOException {
        String key = kms.createKey();
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        for (int i = 0; i < 25; i++) {
            String name = "alias/Pipelined" + i;
            requests.writeBytes(
                    request(
                            "CreateAlias",
                            Json.text(Map.of("AliasName", name, "TargetKeyId", key))
                                    .getBytes(UTF_8)));
            requests.writeBytes(
                    request(
                            "DescribeKey",
                            Json.text(Map.of("KeyId", "nonsense" + i)).getBytes(UTF_8)));
        }
        try (RawConnection connection = trent.connect()) {
            connection.send(requests.toByteArray());
            for (int i = 0; i < 25; i++) {
                Reply created = connection.reply();
                assertThat(created.status()).as(created.body()).isEqualTo(200);
                assertThat(created.body()).isEmpty();
                assertThat(connection.reply().message())
                        .isEqualTo("Invalid keyId 'nonsense" + i + "'");
            }
        }
        assertThat(kms.ok("ListAliases", Map.of("KeyId", key)).path("Aliases")).hasSize(25);
    }

    @Test
    void aPipelinedReadSeesTheWriteBeforeIt() throws IOException {
        String key = kms.createKey();
        try (RawConnection connection = trent.connect()) {
            for (int i = 0; i < 10; i++) {
                String name = "alias/InOrder" + i;
                ByteArrayOutputStream both = new ByteArrayOutputStream();
                both.writeBytes(
                        request(
                                "CreateAlias",
                                Json.text(Map.of("AliasName", name, "TargetKeyId", key))
                                        .getBytes(UTF_8)));
                both.writeBytes(
                        request("DescribeKey", Json.text(Map.of("KeyId", name)).getBytes(UTF_8)));
                connection.send(both.toByteArray());
                assertThat(connection.reply().status()).isEqualTo(200);
                assertThat(connection.reply().body()).contains(key);
            }
        }
    }

    @Test
    void aChunkedBodyIsRead() throws IOException {
        byte[] body = "{\"NumberOfBytes\":3}".getBytes(UTF_8);
        String chunked =
                "5\r\n"
                        + new String(body, 0, 5, UTF_8)
                        + "\r\n"
                        + Integer.toHexString(body.length - 5)
                        + ";extension=1\r\n"
                        + new String(body, 5, body.length - 5, UTF_8)
                        + "\r\n0\r\nTrailer: ignored\r\n\r\n";
        try (RawConnection connection = trent.connect()) {
            for (int i = 0; i < 2; i++) {
                connection.send(
                        framed(
                                "GenerateRandom",
                                body,
                                "Transfer-Encoding: chunked\r\n",
                                chunked.getBytes(UTF_8)));
                Reply reply = connection.reply();
                assertThat(reply.status()).as(reply.body()).isEqualTo(200);
                assertThat(Kms.bytes(Json.of(reply.body()), "Plaintext")).hasSize(3);
            }
        }
    }

    @Test
    void aBodyOfAMillionChunksIsReadInTime() throws IOException {
        byte[] body = new byte[1_000_000];
        Arrays.fill(body, (byte) ' ');
        body[0] = '{';
        body[body.length - 1] = '}';
        ByteArrayOutputStream chunks = new ByteArrayOutputStream(6 * body.length);
        for (byte each : body) {
            chunks.writeBytes(new byte[] {'1', '\r', '\n', each, '\r', '\n'});
        }
        chunks.writeBytes("0\r\n\r\n".getBytes(UTF_8));
        try (RawConnection connection = trent.connect()) {
            connection.send(
                    framed(
                            "ListKeys",
                            body,
                            "Transfer-Encoding: chunked\r\n",
                            chunks.toByteArray()));
            assertThat(connection.reply().status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatAsksIsToldToContinue() throws IOException {
        try (RawConnection connection = trent.connect()) {
            connection.send(
                    framed(
                            "ListKeys",
                            NO_MEMBERS,
                            "Expect: 100-continue\r\nContent-Length: 2\r\n",
                            new byte[0]));
            assertThat(connection.reply().status()).isEqualTo(100);
            connection.send(NO_MEMBERS);
            assertThat(connection.reply().status()).isEqualTo(200);
        }
    }

    @Test
    void httpOneZeroIsAnsweredAndClosed() throws IOException {
        byte[] request =
                new String(request("ListKeys", NO_MEMBERS), UTF_8)
                        .replace("HTTP/1.1", "HTTP/1.0")
                        .getBytes(UTF_8);
        try (RawConnection connection = trent.connect()) {
            connection.send(request);
            assertThat(connection.reply().status()).isEqualTo(200);
            assertThat(connection.closed()).isTrue();
        }
    }

    @Test
    void aBodyInManySmallPiecesIsRead() throws IOException {
        byte[] request = request("ListKeys", NO_MEMBERS);
        try (RawConnection connection = trent.connect()) {
            for (byte b : request) {
                connection.send(new byte[] {b});
            }
            assertThat(connection.reply().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ''                        | 400
            Host: a;Host: b           | 400
            Host: a;Host: a           | 400
            Host: a;Expect: rubbish   | 417
            """)
    void oneHostAndNoUnknownExpectation(String lines, int status) throws IOException {
        try (RawConnection connection = trent.connect()) {
            connection.send(
                    "POST / HTTP/1.1\r\n"
                            + (lines.isEmpty() ? "" : lines.replace(";", "\r\n") + "\r\n")
                            + "Content-Length: 0\r\n\r\n");
            assertThat(connection.reply().status()).isEqualTo(status);
            assertThat(connection.closed()).isTrue();
        }
    }

    // ---- what is not a request to this service

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
    void anotherMethodThanPostIsNotFound(String method) throws IOException {
        try (RawConnection connection = trent.connect()) {
            connection.send(
                    method + " / HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n");
            Reply reply = method.equals("HEAD") ? null : connection.reply();
            assertThat(reply == null ? 404 : reply.status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type: application/x-amz-json-1.0\r\n",
                "Content-Type: text/plain\r\n"
            })
    void anotherContentTypeIsNotFound(String line) throws IOException {
        Reply reply = edited("Content-Type: application/x-amz-json-1.1\r\n", line);
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.body()).isEqualTo("<UnknownOperationException/>");
        assertThat(reply.headerNames()).contains("Content-Length", "Date", "x-amzn-RequestId");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "X-Amz-Target: ListKeys\r\n",
                "X-Amz-Target: TrentService.Listkeys\r\n",
                "X-Amz-Target: trentservice.ListKeys\r\n",
                "X-Amz-Target: TrentService.\r\n",
                "X-Amz-Target: TrentService.ListKeys.\r\n",
                "X-Amz-Target: DynamoDB_20120810.ListTables\r\n"
            })
    void anotherTargetIsAnUnknownOperation(String line) throws IOException {
        Reply reply = edited("X-Amz-Target: TrentService.ListKeys\r\n", line);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).isEqualTo("{\"__type\":\"UnknownOperationException\"}");
        assertHeaders(reply);
    }

    @Test
    void thePathIsNotUsedForDispatch() throws IOException {
        String request =
                new String(request("ListKeys", NO_MEMBERS), UTF_8)
                        .replace("POST / ", "POST /any/where ");
        try (RawConnection connection = trent.connect()) {
            connection.send(request);
            assertThat(connection.reply().code()).isIn("200", "InvalidSignatureException");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "POST /\r\n\r\n",
                "POST / HTTP/9.9\r\n\r\n",
                "\u0000\u0001\u0002\r\n\r\n",
                "POST / HTTP/1.1\r\nno colon\r\n\r\n",
                ": \r\n\r\n"
            })
    void aMalformedRequestIsRefusedAndClosed(String bytes) throws IOException {
        try (RawConnection connection = trent.connect()) {
            connection.send(bytes);
            refusedOrClosed(connection);
        }
    }

    // ---- size

    @Test
    void aBodyOfAMebibyteIsRead() {
        byte[] body = ("{\"Unknown\":\"" + "x".repeat(MIB - 14) + "\"}").getBytes(UTF_8);
        assertThat(body).hasSize(MIB);
        assertThat(ask("ListKeys", new String(body, UTF_8)).status()).isEqualTo(200);
    }

    @Test
    void aLargerBodyIsTooLarge() throws IOException {
        try (RawConnection connection = trent.connect()) {
            connection.send(
                    framed(
                            "ListKeys",
                            NO_MEMBERS,
                            "Content-Length: " + (MIB + 1) + "\r\n",
                            new byte[0]));
            assertThat(connection.reply().status()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tenMebibytesAreRefusedHoweverTheyAreSent(boolean chunked) throws IOException {
        byte[] piece = new byte[1 << 16];
        String framing =
                chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + 10 * MIB + "\r\n";
        try (RawConnection connection = trent.connect()) {
            connection.send(framed("ListKeys", NO_MEMBERS, framing, new byte[0]));
            for (int i = 0; i < 160; i++) {
                if (chunked) {
                    connection.send("10000\r\n");
                }
                connection.send(piece);
                if (chunked) {
                    connection.send("\r\n");
                }
            }
            assertThat(connection.reply().status()).isEqualTo(413);
        } catch (IOException cut) {
            assertThat(cut)
                    .as("cut off while it sends")
                    .hasMessageMatching("(?is).*(reset|pipe|abort|closed).*");
        }
        assertThat(residentBytes(trent.pid())).isLessThan(MEMORY_BYTES);
    }

    // ---- two requests that another server in between would see as one, or the other way round

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\r\nContent-Length: 3\r\n",
                "Content-Length: 2, 3\r\n",
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: identity, chunked, chunked\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Content-Length: -2\r\n",
                "Content-Length: +2\r\n",
                "Content-Length: 0x2\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length : 2\r\n",
                "Content-Length: 2\r\n Transfer-Encoding: chunked\r\n"
            })
    void ambiguousFramingIsRefusedAndClosed(String framing) throws IOException {
        byte[] smuggled = request("ListKeys", NO_MEMBERS);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(framed("ListKeys", NO_MEMBERS, framing, "0\r\n\r\n".getBytes(UTF_8)));
        bytes.writeBytes(smuggled);
        try (RawConnection connection = trent.connect()) {
            connection.send(bytes.toByteArray());
            refusedOrClosed(connection);
        }
    }

    // ---- the long ones

    @Test
    @Tag("slow")
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void aClientThatSendsAByteNowAndThenIsCutOff() throws IOException {
        byte[] request = request("ListKeys", NO_MEMBERS);
        try (RawConnection slow = trent.connect()) {
            slow.patience(
                    Duration.ofMillis(
                            500)); // a byte each half second: the request would take minutes
            long start = System.nanoTime();
            int sent = 0;
            boolean cut = false;
            while (!cut
                    && sent < request.length
                    && System.nanoTime() - start < Duration.ofSeconds(90).toNanos()) {
                try {
                    slow.send(new byte[] {request[sent++]});
                } catch (IOException closed) {
                    cut = true;
                }
                cut |= !slow.silent();
            }
            assertThat(cut).as("cut off within 90 s, after %d bytes", sent).isTrue();
        }
    }

    @Test
    @Tag("slow")
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void tenThousandIdleConnectionsDisturbNobody() throws IOException {
        assumeTrue(
                openFilesAllowed() > IDLE_CONNECTIONS + 1_000,
                "the limit of open files is too low: run `ulimit -n 20000` first");
        List<RawConnection> idle = new ArrayList<>();
        try {
            for (int i = 0; i < IDLE_CONNECTIONS; i++) {
                idle.add(trent.connect());
            }
            for (int i = 0; i < 100; i++) {
                assertThat(ask("ListKeys", "{}").status()).isEqualTo(200);
            }
            long resident = residentBytes(trent.pid());
            System.out.printf(
                    "%d idle connections: %d MiB resident%n", IDLE_CONNECTIONS, resident / MIB);
            assertThat(resident).isLessThan(MEMORY_BYTES);
        } finally {
            for (RawConnection connection : idle) {
                connection.close();
            }
        }
    }

    // ----

    private static void assertHeaders(Reply reply) {
        assertThat(reply.headerNames())
                .contains("Content-Length", "Content-Type", "Date", "x-amzn-RequestId")
                .doesNotHaveDuplicates()
                .allMatch(
                        name ->
                                name.startsWith("x-amzn-")
                                        || Character.isUpperCase(name.charAt(0)));
        assertThat(reply.header("Content-Type")).hasValue("application/x-amz-json-1.1");
    }

    private void assertEmpty(String operation, Map<String, ?> members) {
        Reply reply = ask(operation, Json.text(members));
        assertThat(reply.status()).as("%s: %s", operation, reply.body()).isEqualTo(200);
        assertThat(reply.header("Content-Length")).as(operation).hasValue("0");
        assertHeaders(reply);
    }

    private static void refusedOrClosed(RawConnection connection) {
        Reply reply = null;
        try {
            reply = connection.reply();
        } catch (IOException closedWithoutAReply) {
            assertThat(closedWithoutAReply).isNotInstanceOf(java.net.SocketTimeoutException.class);
        }
        if (reply != null) {
            assertThat(reply.status())
                    .as(reply.body())
                    .isIn(400, 501); // 501: a version of HTTP that nobody speaks
            assertThat(connection.closed()).as("closed").isTrue();
        }
    }

    /** A valid request for ListKeys in which one line is replaced. */
    private Reply edited(String line, String by) throws IOException {
        String request = new String(request("ListKeys", NO_MEMBERS), UTF_8);
        assertThat(request).contains(line);
        try (RawConnection connection = trent.connect()) {
            connection.send(request.replace(line, by));
            return connection.reply();
        }
    }

    private Reply ask(String operation, String body) {
        return kms.call(operation, body);
    }

    private byte[] request(String operation, byte[] body) {
        return Kms.request(trent.port(), Signer.TEST, operation, body);
    }

    private byte[] framed(String operation, byte[] body, String framing, byte[] framed) {
        return Kms.request(trent.port(), Signer.TEST, operation, body, framing, framed);
    }

    private String host() {
        return "127.0.0.1:" + trent.port();
    }

    private static long openFilesAllowed() throws IOException {
        @Nullable String limit =
                Files.readAllLines(Path.of("/proc/self/limits")).stream()
                        .filter(line -> line.startsWith("Max open files"))
                        .findFirst()
                        .orElse(null);
        return limit == null ? 0 : Long.parseLong(limit.split("\\s+", -1)[3]);
    }

    private static long residentBytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[1]) * 1024)
                .findFirst()
                .orElse(0);
    }
}
