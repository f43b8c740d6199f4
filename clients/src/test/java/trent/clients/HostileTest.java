package trent.clients;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.clients.RawConnection.Reply;

/**
 * Input that means harm or makes no sense: an answer of AWS's form or a closed connection, never a
 * fault, never our insides.
 */
@ExtendWith(Workplace.class)
@TestInstance(Lifecycle.PER_CLASS)
class HostileTest {

    /** What only a program's insides print: a frame of a stack, a class, a file of source. */
    private static final Pattern INSIDES =
            Pattern.compile(
                    "\tat |\\.java\\b|\\b(java|javax|jdk|sun|trent)\\.[a-z]+|\\b(io\\.netty|io\\.vertx|com\\.fasterxml|org\\.sqlite)\\b|SQLITE|Jackson");

    private static final int PIPELINE = 64;

    private final TrentProcess trent = TrentProcess.dev().start();
    private final Kms kms = trent.kms();
    private final String key = kms.createKey();

    @AfterAll
    void stop() throws IOException {
        kms.close();
        trent.close();
    }

    @AfterEach
    void isStillServingAndHasLoggedNoFault() {
        assertThat(kms.call("ListKeys", "{}").status()).isEqualTo(200);
        assertThat(trent.stderr() + trent.stdout()).doesNotContain("\tat ", "\\tat ");
    }

    // ---- bodies

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "null",
                "\"x\"",
                "1",
                "true",
                "{\"KeyId\":}",
                "{\"KeyId\"}",
                "{\"KeyId\":\"x\",}",
                "{'KeyId':'x'}",
                "{KeyId:\"x\"}",
                "{\"KeyId\":\"x\"",
                "{\"KeyId\":\"x",
                "{\"KeyId\":\"\\u12\"}",
                "{\"KeyId\":\"\\q\"}",
                "{\"KeyId\":01}",
                "{\"KeyId\":NaN}",
                "{\"KeyId\":\"a\nb\"}",
                "\u0000",
                "{\"a\":1}{\"b\":2}",
                "{} x",
                "/* */ {}"
            })
    void whatIsNotJsonIsASerializationException(String body) {
        Reply reply = kms.call("DescribeKey", body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).isEqualTo("{\"__type\":\"SerializationException\"}");
    }

    @Test
    void aListIsNoBody() {
        assertThat(kms.call("DescribeKey", "[]").body())
                .isEqualTo(
                        "{\"__type\":\"SerializationException\",\"Message\":\"Start of list found where not expected\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            GenerateRandom | {"NumberOfBytes":"x"}                             | STRING_VALUE can not be converted to an Integer
            GenerateRandom | {"NumberOfBytes":true}                            | TRUE_VALUE can not be converted to an Integer
            GenerateRandom | {"NumberOfBytes":false}                           | FALSE_VALUE can not be converted to an Integer
            GenerateRandom | {"NumberOfBytes":[]}                              | Start of list found where not expected
            GenerateRandom | {"NumberOfBytes":{}}                              | Start of structure or map found where not expected.
            DescribeKey    | {"KeyId":1}                                       | NUMBER_VALUE can not be converted to a String
            DescribeKey    | {"KeyId":1.5}                                     | NUMBER_VALUE can not be converted to a String
            DescribeKey    | {"KeyId":true}                                    | TRUE_VALUE can not be converted to a String
            DescribeKey    | {"KeyId":[]}                                      | Start of list found where not expected
            DescribeKey    | {"KeyId":{}}                                      | Start of structure or map found where not expected.
            DescribeKey    | {"KeyId":"x","GrantTokens":"x"}                   | Expected list or null
            DescribeKey    | {"KeyId":"x","GrantTokens":[1]}                   | NUMBER_VALUE can not be converted to a String
            TagResource    | {"KeyId":"x","Tags":1}                            | Expected list or null
            TagResource    | {"KeyId":"x","Tags":["x"]}                        | Expected null
            TagResource    | {"KeyId":"x","Tags":[[]]}                         | Start of list found where not expected
            TagResource    | {"KeyId":"x","Tags":[{"TagKey":1}]}               | NUMBER_VALUE can not be converted to a String
            Encrypt        | {"KeyId":"x","EncryptionContext":"x"}             | Expected null
            Encrypt        | {"KeyId":"x","EncryptionContext":[]}              | Start of list found where not expected
            Encrypt        | {"KeyId":"x","EncryptionContext":{"a":1}}         | NUMBER_VALUE can not be converted to a String
            Encrypt        | {"KeyId":"x","EncryptionContext":{"a":[]}}        | Start of list found where not expected
            CreateAlias    | {"AliasName":1}                                   | NUMBER_VALUE can not be converted to a String
            """)
    void wrongTypesAreNamed(String operation, String body, String text) {
        Reply reply = kms.call(operation, body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(Json.of(reply.body()))
                .isEqualTo(
                        Json.of(
                                Json.text(
                                        Map.of(
                                                "__type",
                                                "SerializationException",
                                                "Message",
                                                text))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "AA=A", "A A A A", "AAAA\\n", "_-_-", "AAAAA", "=", "☂"})
    void whatIsNotBase64IsASerializationException(String blob) {
        Reply reply = kms.call("Decrypt", "{\"CiphertextBlob\":\"" + blob + "\"}");
        assertThat(reply.body()).isEqualTo("{\"__type\":\"SerializationException\"}");
    }

    @Test
    void aFractionIsTruncatedAndAHugeIntegerIsOutOfRange() {
        assertThat(
                        Kms.bytes(
                                Json.of(
                                        kms.call("GenerateRandom", "{\"NumberOfBytes\":1.5}")
                                                .body()),
                                "Plaintext"))
                .hasSize(1);
        assertThat(kms.call("GenerateRandom", "{\"NumberOfBytes\":99999999999}").code())
                .isEqualTo("ValidationException");
    }

    @ParameterizedTest
    @CsvSource({"[,]", "{\"a\":,}"})
    void deepNestingIsAnswered(String open, String close) {
        int depth = 100_000;
        assertHarmless(
                "deep, known",
                kms.call(
                        "DescribeKey",
                        "{\"KeyId\":" + open.repeat(depth) + "1" + close.repeat(depth) + "}"));
        assertHarmless(
                "deep, unknown",
                kms.call(
                        "DescribeKey",
                        "{\"Unknown\":" + open.repeat(depth) + "1" + close.repeat(depth) + "}"));
        assertHarmless(
                "deep, never closed",
                kms.call("DescribeKey", "{\"Unknown\":" + open.repeat(depth)));
        assertHarmless("deep, no object", kms.call("DescribeKey", open.repeat(depth)));
    }

    @ParameterizedTest
    @CsvSource({
        "DescribeKey,KeyId",
        "CreateAlias,AliasName",
        "CreateKey,Description",
        "CreateKey,Policy",
        "ListAliases,Marker",
        "Encrypt,Plaintext",
        "Decrypt,CiphertextBlob",
        "CreateKey,KeySpec",
        "DescribeKey,Unknown"
    })
    void aStringOfAMegabyteIsAnswered(String operation, String member) {
        assertHarmless(
                operation + "." + member,
                kms.call(operation, Map.of(member, "a".repeat(1_000_000))));
    }

    @Test
    void manyMembersManyTagsAndManyContextPairsAreAnswered() {
        StringBuilder members = new StringBuilder("{");
        StringBuilder pairs = new StringBuilder("{");
        for (int i = 0; i < 50_000; i++) {
            members.append("\"m").append(i).append("\":1,");
            pairs.append("\"k").append(i).append("\":\"v\",");
        }
        assertHarmless("many members", kms.call("ListKeys", members + "\"Limit\":1}"));
        String context = pairs + "\"last\":\"v\"}";
        assertHarmless(
                "many pairs",
                kms.call(
                        "Encrypt",
                        "{\"KeyId\":\"%s\",\"Plaintext\":\"AAAA\",\"EncryptionContext\":%s}"
                                .formatted(key, context)));
        String tag = "{\"TagKey\":\"\",\"TagValue\":\"\"},";
        assertHarmless(
                "many tags",
                kms.call(
                        "TagResource",
                        "{\"KeyId\":\"" + key + "\",\"Tags\":[" + tag.repeat(20_000) + "{}]}"));
    }

    @Test
    void bytesThatAreNotUtf8AreAnswered() throws IOException {
        for (int b = 0x80; b < 0x100; b++) {
            byte[] body = ("{\"KeyId\":\"x" + (char) b + "\"}").getBytes(ISO_8859_1);
            assertHarmless("byte " + b, kms.send("DescribeKey", body));
        }
        byte[] overlong = {
            '{', '"', 'K', 'e', 'y', 'I', 'd', '"', ':', '"', (byte) 0xC0, (byte) 0xAF, '"', '}'
        };
        assertHarmless("overlong", kms.send("DescribeKey", overlong));
        byte[] surrogate = {
            '{',
            '"',
            'K',
            'e',
            'y',
            'I',
            'd',
            '"',
            ':',
            '"',
            (byte) 0xED,
            (byte) 0xA0,
            (byte) 0x80,
            '"',
            '}'
        };
        assertHarmless("surrogate in UTF-8", kms.send("DescribeKey", surrogate));
        assertHarmless(
                "UTF-16",
                kms.send(
                        "DescribeKey",
                        "{\"KeyId\":\"x\"}".getBytes(java.nio.charset.StandardCharsets.UTF_16)));
    }

    @Test
    void loneSurrogatesNeverMakeTwoContextsEqual() {
        for (String lone : List.of("\\ud800", "\\udc00", "\\udfff\\ud800")) {
            Reply closed =
                    kms.call(
                            "Encrypt",
                            "{\"KeyId\":\"%s\",\"Plaintext\":\"AAAA\",\"EncryptionContext\":{\"a\":\"%s\"}}"
                                    .formatted(key, lone));
            assertHarmless(lone, closed);
            if (closed.status() == 200) {
                String blob = Json.text(closed.body(), "CiphertextBlob");
                for (String other : List.of("?", "\\ufffd", "\\ud801", "")) {
                    Reply opened =
                            kms.call(
                                    "Decrypt",
                                    "{\"CiphertextBlob\":\"%s\",\"EncryptionContext\":{\"a\":\"%s\"}}"
                                            .formatted(blob, other));
                    assertThat(opened.code()).isEqualTo("InvalidCiphertextException");
                }
            }
        }
    }

    @Test
    void randomBodiesAreAnswered() throws IOException {
        long seed = Long.getLong("trent.seed", System.nanoTime());
        System.out.println("repeat with -Dtrent.seed=" + seed);
        Random random = new Random(seed);
        byte[] sound =
                "{\"KeyId\":\"alias/x\",\"Plaintext\":\"AAAA\",\"EncryptionContext\":{\"a\":\"b\"},\"GrantTokens\":[\"x\"],\"DryRun\":true}"
                        .getBytes(UTF_8);
        List<byte[]> requests = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            byte[] body = sound.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt();
            }
            requests.add(
                    request(
                            "Encrypt",
                            Arrays.copyOf(
                                    body,
                                    random.nextInt(5) == 0
                                            ? random.nextInt(body.length)
                                            : body.length)));
        }
        for (Reply reply : pipelined(requests)) {
            assertHarmless("seed " + seed, reply);
        }
    }

    // ---- ciphertexts

    @Test
    void everyFlippedBitOfACiphertextIsFound() throws IOException {
        byte[] blob = kms.encrypt(key, "attack at dawn".getBytes(UTF_8));
        List<byte[]> requests = new ArrayList<>();
        for (int bit = 0; bit < blob.length * 8; bit++) {
            byte[] flipped = blob.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            requests.add(decrypt(flipped));
        }
        assertAllInvalid("bit", requests);
    }

    @Test
    void everyTruncationAndExtensionOfACiphertextIsFound() throws IOException {
        byte[] blob = kms.encrypt(key, "attack at dawn".getBytes(UTF_8));
        List<byte[]> requests = new ArrayList<>();
        for (int length = 1; length < blob.length; length++) {
            requests.add(decrypt(Arrays.copyOf(blob, length)));
            requests.add(decrypt(Arrays.copyOfRange(blob, blob.length - length, blob.length)));
        }
        for (int more = 1; more < 40; more++) {
            requests.add(decrypt(Arrays.copyOf(blob, blob.length + more)));
        }
        assertAllInvalid("length", requests);
        assertThat(kms.call("Decrypt", "{\"CiphertextBlob\":\"\"}").message())
                .isEqualTo(
                        "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy constraint: "
                                + "Member must have length greater than or equal to 1");
    }

    @Test
    void garbageIsAnInvalidCiphertext() throws IOException {
        Random random = new Random(1);
        byte[] blob = kms.encrypt(key, new byte[100]);
        List<byte[]> requests = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            byte[] garbage = new byte[1 + random.nextInt(6144)];
            random.nextBytes(garbage);
            if (i % 2 == 0) { // begins like one of ours
                System.arraycopy(blob, 0, garbage, 0, Math.min(blob.length / 2, garbage.length));
            }
            requests.add(decrypt(garbage));
        }
        assertAllInvalid("garbage", requests);
    }

    @Test
    void aSpliceOfTwoCiphertextsIsFound() throws IOException {
        byte[] one = kms.encrypt(key, new byte[64]);
        byte[] two = kms.encrypt(key, new byte[64]);
        List<byte[]> requests = new ArrayList<>();
        for (int at = 1; at < one.length; at++) {
            byte[] spliced = one.clone();
            System.arraycopy(two, at, spliced, at, two.length - at);
            if (!Arrays.equals(spliced, one) && !Arrays.equals(spliced, two)) {
                requests.add(decrypt(spliced));
            }
        }
        assertAllInvalid("splice", requests);
    }

    // ---- markers

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "AAAA", "eyJhIjoiYiJ9", "' or 1=1 --", "////", "{\\\"a\\\":1}", "%00"})
    void aMarkerThatIsNotOursIsInvalid(String marker) {
        for (String operation : List.of("ListAliases", "ListKeys")) {
            Reply reply = kms.call(operation, "{\"Marker\":\"" + marker + "\"}");
            assertThat(reply.code()).isEqualTo("InvalidMarkerException");
        }
    }

    // ---- headers

    @Test
    void aThousandHeadersAreRefused() throws IOException {
        assertRefusedOrClosed(
                "X-Many: 1\r\n"
                        .repeat(1_000)
                        .replace("X-Many", "X-Many-Headers-Of-Some-Length-To-Fill-The-Space"));
    }

    @Test
    void aHeaderOf64KibibytesIsRefused() throws IOException {
        assertRefusedOrClosed("X-Long: " + "a".repeat(1 << 16) + "\r\n");
    }

    @Test
    void aRequestLineOf64KibibytesIsRefused() throws IOException {
        try (RawConnection connection = trent.connect()) {
            connection.send(
                    "POST /" + "a".repeat(1 << 16) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(connection.reply().status()).isBetween(400, 499);
        } catch (IOException closed) {
            assertThat(closed).isNotInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: \u0000\r\n",
                "Authorization: AWS4-HMAC-SHA256\r\n",
                "Authorization: AWS4-HMAC-SHA256 Credential=////\r\n",
                "Authorization: AWS4-HMAC-SHA256 Credential=a/b/c/kms/aws4_request, SignedHeaders=, Signature=\r\n",
                "Authorization: AWS4-HMAC-SHA256 Credential=test/20200101/../../kms/aws4_request, SignedHeaders=host, Signature=00\r\n",
                "Authorization: AWS4-HMAC-SHA256 =,=,=,\r\n",
                "X-Amz-Date: 99999999T999999Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/e\r\n"
            })
    void signaturesThatMakeNoSenseAreAnswered(String lines) throws IOException {
        try (RawConnection connection = trent.connect()) {
            connection.send(
                    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nX-Amz-Target: TrentService.ListKeys\r\n%sContent-Length: 2\r\n\r\n{}"
                            .formatted(Kms.CONTENT_TYPE, lines));
            assertHarmless(lines, connection.reply());
        } catch (IOException closed) {
            assertThat(closed).isNotInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    // ----

    private void assertRefusedOrClosed(String headers) throws IOException {
        byte[] body = "{}".getBytes(UTF_8);
        try (RawConnection connection = trent.connect()) {
            connection.send(
                    Kms.request(
                            trent.port(),
                            Signer.TEST,
                            "ListKeys",
                            body,
                            headers + "Content-Length: 2\r\n",
                            body));
            Reply reply = connection.reply();
            assertThat(reply.status()).isBetween(400, 499);
            assertThat(reply.body()).doesNotContainPattern(INSIDES);
        } catch (IOException closed) {
            assertThat(closed).isNotInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    private static void assertHarmless(String what, Reply reply) {
        assertThat(reply.status()).as("%s: %s", what, reply.body()).isBetween(200, 499);
        assertThat(reply.body()).as(what).doesNotContainPattern(INSIDES);
        if (reply.status() == 400 && !reply.body().isEmpty()) { // empty: not even HTTP
            assertThat(reply.code()).as(what).matches("[A-Za-z]+Exception");
        }
    }

    private void assertAllInvalid(String what, List<byte[]> requests) throws IOException {
        List<Reply> replies = pipelined(requests);
        assertThat(replies).hasSameSizeAs(requests);
        for (int i = 0; i < replies.size(); i++) {
            assertThat(replies.get(i).status()).isEqualTo(400);
            assertThat(replies.get(i).body())
                    .as("%s %d", what, i)
                    .isEqualTo("{\"__type\":\"InvalidCiphertextException\"}");
        }
    }

    private byte[] decrypt(byte[] blob) {
        return request(
                "Decrypt",
                ("{\"CiphertextBlob\":\"" + Base64.getEncoder().encodeToString(blob) + "\"}")
                        .getBytes(UTF_8));
    }

    private byte[] request(String operation, byte[] body) {
        return Kms.request(trent.port(), Signer.TEST, operation, body);
    }

    /** All replies, in order, over one connection. */
    private List<Reply> pipelined(List<byte[]> requests) throws IOException {
        List<Reply> replies = new ArrayList<>();
        try (RawConnection connection = trent.connect()) {
            for (int from = 0; from < requests.size(); from += PIPELINE) {
                ByteArrayOutputStream some = new ByteArrayOutputStream();
                List<byte[]> part =
                        requests.subList(from, Math.min(from + PIPELINE, requests.size()));
                part.forEach(some::writeBytes);
                connection.send(some.toByteArray());
                for (int i = 0; i < part.size(); i++) {
                    replies.add(connection.reply());
                }
            }
        }
        return replies;
    }
}
