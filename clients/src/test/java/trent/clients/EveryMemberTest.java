package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.RawConnection.Reply;

/**
 * Every member of every operation, as AWS's own service model has them, with values that it must
 * not have; all else in the request is sound.
 */
@ExtendWith(Workplace.class)
@TestInstance(Lifecycle.PER_CLASS)
class EveryMemberTest {

    private static final int PIPELINE = 64;

    /** What only a program's insides print. */
    private static final Pattern INSIDES =
            Pattern.compile(
                    "\tat |\\.java\\b|\\b(java|javax|jdk|sun|trent)\\.[a-z]+|\\b(io\\.netty|io\\.vertx|com\\.fasterxml|org\\.sqlite)\\b|SQLITE|Jackson");

    /** By the kind of JSON value; null is no value at all and always right. */
    private static final Map<String, String> SAMPLES =
            Map.of(
                    "STRING_VALUE", "\"x\"",
                    "NUMBER_VALUE", "1",
                    "TRUE_VALUE", "true",
                    "FALSE_VALUE", "false",
                    "list", "[\"x\"]",
                    "object", "{\"a\":\"b\"}");

    private static final List<String> VALUES =
            List.of(
                    "1",
                    "0",
                    "-0",
                    "-1",
                    "1.5",
                    "1e400",
                    "-1e400",
                    "-1e-400",
                    "NaN",
                    "Infinity",
                    "99999999999999999999",
                    "2147483648",
                    "-2147483649",
                    "9223372036854775808",
                    "true",
                    "false",
                    "null",
                    "\"\"",
                    "\"x\"",
                    "\"\\u0000\"",
                    "\"\\ud800\"",
                    "\"\\udc00\\ud800\"",
                    "\"\\uFEFFx\"",
                    "\"ünïcode ☂\"",
                    "\"arn:aws:kms:us-east-2:000000000000:key/\"",
                    "\"arn:\"",
                    "\"alias/\"",
                    "\"' or 1=1 --\"",
                    "\"../../etc/passwd\"",
                    "\"%s%n%x\"",
                    "\"{}\"",
                    "[]",
                    "[[]]",
                    "[1]",
                    "[null]",
                    "[\"x\"]",
                    "[{}]",
                    "[{\"TagKey\":1,\"TagValue\":2}]",
                    "[{\"TagKey\":\"a\"}]",
                    "{}",
                    "{\"a\":1}",
                    "{\"a\":null}",
                    "{\"a\":{}}",
                    "{\"a\":\"b\"}",
                    "{\"\":\"\"}",
                    "{\"a\":\"b\",\"a\":\"c\"}",
                    "{\"\\ud800\":\"\\u0000\"}");

    private final JsonNode model = model();
    private final TrentProcess trent = TrentProcess.dev().start();
    private final Kms kms = trent.kms();

    @AfterAll
    void stop() throws IOException {
        assertThat(trent.stderr() + trent.stdout()).doesNotContain("\tat ", "\\tat ");
        kms.close();
        trent.close();
    }

    private record Request(String operation, String body, String expected) {}

    @Test
    void aValueOfAnotherJsonTypeIsNamedAndNothingIsChanged() throws IOException {
        String key = kms.createKey();
        kms.createAlias("alias/held", key);
        kms.ok("TagResource", Map.of("KeyId", key, "Tags", List.of(tag())));
        List<Request> requests = new ArrayList<>();
        for (String operation : operations()) {
            JsonNode input = shape(input(operation));
            ObjectNode sound = sound(input, key);
            for (Map.Entry<String, JsonNode> member : input.path("members").properties()) {
                wrongTypes(shape(member.getValue()))
                        .forEach(
                                (value, text) ->
                                        requests.add(
                                                new Request(
                                                        operation,
                                                        with(sound, member.getKey(), value),
                                                        text)));
            }
        }
        assertThat(requests).hasSizeGreaterThan(800);
        String before = state();
        List<Reply> replies = pipelined(requests);
        for (int i = 0; i < replies.size(); i++) {
            Request request = requests.get(i);
            String what = request.operation() + " " + request.body();
            assertThat(replies.get(i).status()).as(what).isEqualTo(400);
            assertThat(Json.of(replies.get(i).body()))
                    .as(what)
                    .isEqualTo(
                            Json.of(
                                    Json.text(
                                            Map.of(
                                                    "__type",
                                                    "SerializationException",
                                                    "Message",
                                                    request.expected()))));
        }
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void everyValueInEveryMemberIsAnsweredInAwsForm() throws IOException {
        String key = kms.createKey();
        List<Request> requests = new ArrayList<>();
        for (String operation : operations()) {
            JsonNode input = shape(input(operation));
            ObjectNode sound = sound(input, key);
            for (Map.Entry<String, JsonNode> member : input.path("members").properties()) {
                for (String value : VALUES) {
                    requests.add(new Request(operation, with(sound, member.getKey(), value), ""));
                }
            }
        }
        List<Reply> replies = pipelined(requests);
        for (int i = 0; i < replies.size(); i++) {
            Reply reply = replies.get(i);
            String what = requests.get(i).operation() + " " + requests.get(i).body();
            assertThat(reply.status()).as("%s: %s", what, reply.body()).isIn(200, 400);
            assertThat(reply.body()).as(what).doesNotContainPattern(INSIDES);
            assertThat(reply.header("x-amzn-RequestId")).as(what).isPresent();
            assertThat(reply.header("Content-Type")).as(what).hasValue(Kms.CONTENT_TYPE);
            assertThat(reply.code()).as(what).matches("200|[A-Za-z]+Exception");
        }
    }

    // ----

    /** Each sample that cannot be read as this shape, and AWS's words for it. */
    private static Map<String, String> wrongTypes(JsonNode shape) {
        String list = "Start of list found where not expected";
        String object = "Start of structure or map found where not expected.";
        String type = shape.path("type").asText();
        Map<String, String> wrong = new LinkedHashMap<>();
        SAMPLES.forEach(
                (kind, value) -> {
                    String text =
                            switch (type) {
                                case "list" ->
                                        switch (kind) {
                                            case "list" -> "";
                                            case "object" -> object;
                                            default -> "Expected list or null";
                                        };
                                case "map", "structure" ->
                                        switch (kind) {
                                            case "object" -> "";
                                            case "list" -> list;
                                            default -> "Expected null";
                                        };
                                default ->
                                        switch (kind) {
                                            case "list" -> list;
                                            case "object" -> object;
                                            default ->
                                                    reads(type, kind)
                                                            ? ""
                                                            : kind
                                                                    + " can not be converted to "
                                                                    + words(type);
                                        };
                            };
                    if (!text.isEmpty()) {
                        wrong.put(value, text);
                    }
                });
        return wrong;
    }

    private static boolean reads(String type, String kind) {
        return switch (type) {
            case "integer", "timestamp" -> kind.equals("NUMBER_VALUE");
            case "boolean" -> kind.equals("TRUE_VALUE") || kind.equals("FALSE_VALUE");
            default -> kind.equals("STRING_VALUE");
        };
    }

    private static String words(String type) {
        return switch (type) {
            case "integer" -> "an Integer";
            case "boolean" -> "a Boolean";
            case "timestamp" -> "milliseconds since epoch";
            default -> "a String";
        };
    }

    /** The request with one member's value as given; it comes last, after all that is sound. */
    private static String with(ObjectNode sound, String member, String value) {
        ObjectNode rest = sound.deepCopy();
        rest.remove(member);
        String text = rest.toString();
        return text.substring(0, text.length() - 1)
                + (rest.isEmpty() ? "" : ",")
                + "\"%s\":%s}".formatted(member, value);
    }

    private ObjectNode sound(JsonNode structure, String key) {
        ObjectNode sound = JsonNodeFactory.instance.objectNode();
        for (JsonNode member : structure.path("required")) {
            JsonNode reference = structure.path("members").path(member.asText());
            sound.set(member.asText(), sample(reference, key));
        }
        return sound;
    }

    private JsonNode sample(JsonNode reference, String key) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        String name = reference.path("shape").asText();
        JsonNode shape = shape(reference);
        return switch (shape.path("type").asText()) {
            case "string" ->
                    json.textNode(
                            switch (name) {
                                case "KeyIdType" -> key;
                                case "AliasNameType" -> "alias/other";
                                case "PrincipalIdType" -> "arn:aws:iam::000000000000:root";
                                case "RegionType" -> "eu-west-1";
                                default ->
                                        shape.has("enum")
                                                ? shape.path("enum").path(0).asText()
                                                : "a".repeat(shape.path("min").asInt(1));
                            });
            case "integer" -> json.numberNode(shape.path("min").asInt(1));
            case "boolean" -> json.booleanNode(false);
            case "blob" -> json.textNode("AAAA");
            case "list" -> {
                ArrayNode list = json.arrayNode();
                yield list.add(sample(shape.path("member"), key));
            }
            case "map" -> json.objectNode().put("a", "b");
            default -> sound(shape, key);
        };
    }

    /** All that the reading operations show. */
    private String state() {
        StringBuilder state = new StringBuilder(kms.ok("ListAliases", Map.of()).toString());
        for (JsonNode listed : kms.ok("ListKeys", Map.of("Limit", 1000)).path("Keys")) {
            Map<String, String> one = Map.of("KeyId", listed.path("KeyId").asText());
            for (String operation :
                    List.of(
                            "DescribeKey",
                            "ListGrants",
                            "ListResourceTags",
                            "GetKeyPolicy",
                            "GetKeyRotationStatus",
                            "GetKeyLastUsage")) {
                state.append('\n').append(kms.ok(operation, one));
            }
        }
        return state.toString();
    }

    private static Map<String, String> tag() {
        return Map.of("TagKey", "a", "TagValue", "b");
    }

    private List<String> operations() {
        List<String> names = new ArrayList<>();
        model.path("operations").fieldNames().forEachRemaining(names::add);
        return names;
    }

    private JsonNode input(String operation) {
        return model.path("operations").path(operation).path("input");
    }

    private JsonNode shape(JsonNode reference) {
        return model.path("shapes").path(reference.path("shape").asText());
    }

    private static JsonNode model() {
        try {
            return Json.of(
                    Files.readString(
                            TrentProcess.home().resolve("model").resolve("kms-2014-11-01.json")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** All replies, in order, over one connection. */
    private List<Reply> pipelined(List<Request> requests) throws IOException {
        List<Reply> replies = new ArrayList<>();
        try (RawConnection connection = trent.connect()) {
            for (int from = 0; from < requests.size(); from += PIPELINE) {
                ByteArrayOutputStream some = new ByteArrayOutputStream();
                List<Request> part =
                        requests.subList(from, Math.min(from + PIPELINE, requests.size()));
                for (Request request : part) {
                    some.writeBytes(
                            Kms.request(
                                    trent.port(),
                                    Signer.TEST,
                                    request.operation(),
                                    request.body().getBytes(UTF_8)));
                }
                connection.send(some.toByteArray());
                for (int i = 0; i < part.size(); i++) {
                    replies.add(connection.reply());
                }
            }
        }
        return replies;
    }
}
