package trent.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one body may cost while it is read and afterwards, and which texts it may hold. */
class HostileJsonTest {

    private static final long MEBIBYTE = 1 << 20;

    /** A table of names would keep 40 MB of these, for ever. */
    @Test
    void memberNamesAreNotKept() {
        readNames(1); // classes are loaded by now
        long before = heapInUse();
        readNames(15);
        assertThat(heapInUse() - before).isLessThan(10 * MEBIBYTE);
    }

    private static void readNames(int times) {
        for (int i = 0; i < times; i++) {
            String name = i + "n".repeat(900_000);
            Requests.read("ListKeys", "{\"" + name + "\":{\"" + name + "\":1}}");
            Requests.errorText(
                    ValidationException.class,
                    "Encrypt",
                    "{\"KeyId\":\"k\",\"Plaintext\":\"AA==\",\"EncryptionContext\":{\""
                            + name
                            + "\":\"\"}}");
            try (var policy = Json.FACTORY.createParser("{\"" + name + "\":1}")) {
                while (policy.nextToken() != null) {}
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static long heapInUse() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "😀",
                "\\ud83d\\ude00",
                "\\uD83D\\uDE00",
                "\\uD83d\\uDe00",
                "\\ud83D\\ude00",
                "a\\ud83d\\ude00b\\u00e9é"
            })
    void charactersBeyondTheFirstPlaneHaveManySpellings(String spelled) {
        String meant = spelled.startsWith("a") ? "a😀béé" : "😀";
        EncryptRequest request =
                Requests.read(
                        KmsOperation.ENCRYPT,
                        "{\"%1$s\":{\"%1$s\":\"%1$s\"},\"KeyId\":\"k\",\"Plaintext\":\"AA==\",\"EncryptionContext\":{\"%1$s\":\"%1$s\",\"%1$s2\":\"x\"}}"
                                .formatted(spelled));
        assertThat(request.encryptionContext()).isEqualTo(Map.of(meant, meant, meant + "2", "x"));
        assertThat(
                        Requests.read(
                                        KmsOperation.CREATE_KEY,
                                        "{\"Description\":\"" + spelled + "\"}")
                                .description())
                .isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\ud83d",
                "\\ude00",
                "\\uDE00\\uD83D",
                "\\ud83d\\ud83d",
                "\\ud83dx",
                "x\\ude00",
                "\\ud83d\\u0041"
            })
    void halfACharacterIsNoText(String half) {
        for (String body :
                List.of(
                        "{\"KeyId\":\"k\",\"Plaintext\":\"AA==\",\"EncryptionContext\":{\"%s\":\"\"}}",
                        "{\"KeyId\":\"k\",\"Plaintext\":\"AA==\",\"EncryptionContext\":{\"a\":\"%s\"}}",
                        "{\"KeyId\":\"%s\",\"Plaintext\":\"AA==\"}")) {
            assertThat(
                            Requests.errorText(
                                    SerializationException.class, "Encrypt", body.formatted(half)))
                    .isEmpty();
        }
    }

    /** Overlong forms, halves of surrogate pairs, beyond the last character, broken off, stray. */
    @ParameterizedTest
    @CsvSource({
        "c080",
        "c0af",
        "c1bf",
        "e08080",
        "e09fbf",
        "f0808080",
        "f08fbfbf",
        "eda080",
        "edbfbf",
        "eda0bdedb880",
        "f4908080",
        "f8888080",
        "c3",
        "e282",
        "f09f98",
        "80",
        "bf",
        "fe",
        "ff",
        "c328"
    })
    void whatIsNotUtf8IsNoBody(String hex) {
        String bytes = new String(java.util.HexFormat.of().parseHex(hex), ISO_8859_1);
        for (String body :
                List.of(
                        "{\"KeyId\":\"k%s\"}",
                        "{\"%s\":1,\"KeyId\":\"k\"}",
                        "{\"KeyId\":\"k\",\"Unknown\":[\"%s\"]}",
                        "{\"KeyId\":\"k\"}%s")) {
            byte[] malformed = body.formatted(bytes).getBytes(ISO_8859_1);
            assertThatExceptionOfType(SerializationException.class)
                    .as(body)
                    .isThrownBy(
                            () -> KmsOperation.DESCRIBE_KEY.read(malformed, 0, malformed.length));
        }
    }

    @Test
    void theBodyIsOnlyItsPartOfTheArray() {
        byte[] bytes = "\u00ff{\"KeyId\":\"é\"}\u00ff".getBytes(UTF_8);
        String text =
                Requests.errorText(ValidationException.class, "DescribeKey", "{\"KeyId\":\"é\"}");
        assertThatExceptionOfType(ValidationException.class)
                .isThrownBy(() -> KmsOperation.DESCRIBE_KEY.read(bytes, 2, bytes.length - 4))
                .withMessage(text);
    }

    @Test
    void aMapIsKeptAsLongAsAContextMayBe() {
        // 8 for the pair, 1 for its key
        assertThat(context("{\"a\":\"" + "v".repeat(JsonIn.MAX_MAP_CHARACTERS - 9) + "\"}"))
                .hasSize(1);
        assertTooLong("{\"a\":\"" + "v".repeat(JsonIn.MAX_MAP_CHARACTERS - 8) + "\"}");
        StringBuilder pairs = new StringBuilder("{\"0\":\"\"");
        for (int i = 1; i < 105_000; i++) {
            pairs.append(",\"").append(i).append("\":\"\"");
        }
        assertTooLong(pairs.append('}').toString());
    }

    /** Of a key that is given often the last value counts, and only that. */
    @Test
    void whatIsReplacedInAMapDoesNotCount() {
        String value = "v".repeat(JsonIn.MAX_MAP_CHARACTERS / 2);
        assertThat(context("{" + "\"a\":\"%s\",".formatted(value).repeat(100) + "\"a\":\"\"}"))
                .isEqualTo(Map.of("a", ""));
    }

    /** What is broken is told first, however long it is. */
    @Test
    void afterAMapThatIsTooLongTheBodyIsReadToItsEnd() {
        String map = "{\"a\":\"" + "v".repeat(10_000) + "\"}";
        String body = "{\"KeyId\":\"k\",\"Plaintext\":\"AA==\",\"EncryptionContext\":" + map;
        Requests.errorText(SerializationException.class, "Encrypt", body);
        Requests.errorText(SerializationException.class, "Encrypt", body + ",\"DryRun\":1}");
    }

    private static Map<String, String> context(String map) {
        return Requests.read(
                        KmsOperation.ENCRYPT,
                        "{\"KeyId\":\"k\",\"Plaintext\":\"AA==\",\"EncryptionContext\":"
                                + map
                                + "}")
                .encryptionContext();
    }

    private static void assertTooLong(String map) {
        assertThatExceptionOfType(ValidationException.class)
                .isThrownBy(() -> context(map))
                .withMessage(
                        "The encryption context is longer than 8192 bytes in its canonical form.");
    }

    @Test
    void aListHasItsMost() {
        String tag = "{\"TagKey\":\"k\",\"TagValue\":\"v\"},";
        String key = "\"k\",";
        int most = JsonIn.MAX_LIST_ELEMENTS;
        assertThat(
                        Requests.read(
                                        KmsOperation.TAG_RESOURCE,
                                        tags(
                                                tag.repeat(most - 1)
                                                        + "{\"TagKey\":\"k\",\"TagValue\":\"\"}"))
                                .tags())
                .hasSize(most);
        String text = "A list must not have more than 1000 elements.";
        assertThat(
                        Requests.errorText(
                                ValidationException.class,
                                "TagResource",
                                tags(tag.repeat(most) + "{\"TagKey\":\"k\",\"TagValue\":\"\"}")))
                .isEqualTo(text);
        assertThat(
                        Requests.errorText(
                                ValidationException.class,
                                "UntagResource",
                                "{\"KeyId\":\"k\",\"TagKeys\":[" + key.repeat(200_000) + "\"k\"]}"))
                .isEqualTo(text);
    }

    private static String tags(String tags) {
        return "{\"KeyId\":\"k\",\"Tags\":[" + tags + "]}";
    }

    /** All that the model allows, however it is spelled, is let in. */
    @Test
    void aPolicyMayBeSpelledAtSixTimesItsLength() {
        String policy = "\\u0020".repeat(131_072);
        assertThat(
                        Requests.read(
                                        KmsOperation.PUT_KEY_POLICY,
                                        "{\"KeyId\":\"k\",\"Policy\":\"" + policy + "\"}")
                                .policy())
                .hasSize(131_072);
    }

    /** The model's own list of what a request may hold, each text with U+0000 in it. */
    @TestFactory
    Stream<DynamicTest> noTextMayHoldU0000() {
        List<DynamicTest> rows = new ArrayList<>();
        ModelSamples.MODEL
                .path("operations")
                .properties()
                .forEach(
                        operation -> {
                            String name = operation.getKey();
                            JsonNode body = ModelSamples.fullTree(name);
                            Map<String, JsonNode> withNull = new HashMap<>();
                            spoil(body, body, "", withNull);
                            withNull.forEach(
                                    (path, spoilt) ->
                                            rows.add(
                                                    dynamicTest(
                                                            name + path,
                                                            () -> assertRefused(name, spoilt))));
                        });
        assertThat(rows).hasSizeGreaterThan(100);
        return rows.stream();
    }

    private static void assertRefused(String operation, JsonNode body) {
        assertThat(Requests.errorText(ValidationException.class, operation, body.toString()))
                .startsWith("1 validation error detected: Value");
    }

    @Test
    void u0000IsTakenInContextsAndConstraints() {
        assertThat(context("{\"\\u0000\":\"a\\u0000\"}")).isEqualTo(Map.of("\0", "a\0"));
        assertThat(
                        Requests.read(
                                        KmsOperation.CREATE_GRANT,
                                        "{\"KeyId\":\"k\",\"GranteePrincipal\":\"p\",\"Operations\":[],\"Constraints\":{\"EncryptionContextSubset\":{\"\\u0000\":\"\\u0000\"}}}")
                                .constraints())
                .isEqualTo(new GrantConstraints(Map.of("\0", "\0"), null));
    }

    private static final Set<String> MAPS =
            Set.of(
                    "EncryptionContext",
                    "SourceEncryptionContext",
                    "DestinationEncryptionContext",
                    "EncryptionContextSubset",
                    "EncryptionContextEquals");

    /** One copy of the whole body for each text in {@code here}, that text ending in U+0000. */
    private static void spoil(
            JsonNode whole, JsonNode here, String path, Map<String, JsonNode> into) {
        if (here instanceof ObjectNode object) {
            object.properties()
                    .forEach(
                            member -> {
                                if (!MAPS.contains(member.getKey())) {
                                    spoil(
                                            whole,
                                            member.getValue(),
                                            path + "/" + member.getKey(),
                                            into);
                                }
                            });
        } else if (here instanceof ArrayNode array) {
            spoil(whole, array.get(0), path + "/0", into);
        } else if (here.isTextual()) {
            JsonNode copy = whole.deepCopy();
            int slash = path.lastIndexOf('/');
            String last = path.substring(slash + 1);
            JsonNode parent = copy.at(path.substring(0, slash));
            String right = here.textValue();
            String text = right.substring(0, right.length() - 1) + "\0"; // as long as before
            if (parent instanceof ObjectNode object) {
                object.put(last, text);
            } else {
                ((ArrayNode) parent).set(0, text);
            }
            into.put(path, copy);
        }
    }
}
