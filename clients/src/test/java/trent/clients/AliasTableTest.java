package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.RawConnection.Reply;

/**
 * Each check of aliases through the wire, by the rows of {@code aliases.table}: which check, in
 * which order, in which words.
 */
@ExtendWith(Workplace.class)
@TestInstance(Lifecycle.PER_CLASS)
class AliasTableTest {

    private static final String THEIR_ACCOUNT = "111122223333";
    private static final String OTHER_REGION = "eu-west-1";

    private final TrentProcess trent = TrentProcess.dev().start();
    private final Map<String, Kms> callers = new HashMap<>();

    @AfterAll
    void stop() throws IOException {
        for (Kms caller : callers.values()) {
            caller.close();
        }
        trent.close();
    }

    /**
     * A line of the table. {@code expected} is an error's name or 200; {@code text} its exact text,
     * or what the reply holds.
     */
    private record Row(
            String proves,
            String operation,
            String caller,
            String input,
            String expected,
            String text) {

        static Row of(String line) {
            List<String> cells = Stream.of(line.split("\\|", 5)).map(String::strip).toList();
            if (cells.size() != 5) {
                throw new AssertionError("not five cells: " + line);
            }
            String[] operation = (cells.get(1) + " @").split(" @", -1);
            return new Row(
                    cells.get(0),
                    operation[0],
                    operation[1],
                    cells.get(2),
                    cells.get(3),
                    cells.get(4));
        }
    }

    @TestFactory
    Stream<DynamicContainer> everyRow() {
        Map<String, List<Row>> sections = new LinkedHashMap<>();
        List<Row> section = new ArrayList<>();
        for (String line : Tool.resource("aliases.table").lines().toList()) {
            if (line.startsWith("§")) {
                section = new ArrayList<>();
                sections.put(line, section);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                section.add(Row.of(line));
            }
        }
        Map<String, String> values = prepare();
        return sections.entrySet().stream()
                .map(
                        each ->
                                dynamicContainer(
                                        each.getKey(),
                                        each.getValue().stream()
                                                .map(
                                                        row ->
                                                                dynamicTest(
                                                                        row.proves(),
                                                                        () ->
                                                                                check(
                                                                                        row,
                                                                                        values)))));
    }

    @Test
    void aliasesArePagedEachOnce() {
        Kms kms = caller("555566668888"); // an account of its own, since all its aliases are listed
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String key = kms.createKey();
            for (int j = 0; j < 45; j++) {
                made.add("alias/paged/" + i + "/" + j);
                kms.createAlias(made.getLast(), key);
            }
        }
        List<String> listed = new ArrayList<>();
        Map<String, Object> request = new HashMap<>(Map.of("Limit", 20));
        boolean more = true;
        while (more) {
            JsonNode page = kms.ok("ListAliases", request);
            page.path("Aliases").forEach(alias -> listed.add(alias.path("AliasName").asText()));
            more = page.path("Truncated").asBoolean();
            assertThat(page.has("NextMarker")).isEqualTo(more);
            request.put("Marker", page.path("NextMarker").asText());
        }
        listed.removeIf(name -> name.startsWith("alias/aws/")); // listed too, and nobody's
        assertThat(listed).containsExactlyInAnyOrderElementsOf(made);
    }

    @Test
    void datesTellCreationAndLatestAssociation() {
        Kms kms = caller("555566667777");
        String first = kms.createKey();
        String second = kms.createKey();
        kms.createAlias("alias/Dated", first);
        JsonNode created = onlyAlias(kms, first);
        assertThat(created.path("LastUpdatedDate")).isEqualTo(created.path("CreationDate"));

        double createdAt = created.path("CreationDate").asDouble();
        Await.until(
                "a later millisecond",
                java.time.Duration.ofSeconds(5),
                () -> System.currentTimeMillis() / 1000.0 > createdAt + 0.01);
        kms.ok("UpdateAlias", Map.of("AliasName", "alias/Dated", "TargetKeyId", second));
        JsonNode moved = onlyAlias(kms, second);
        assertThat(moved.path("CreationDate")).isEqualTo(created.path("CreationDate"));
        assertThat(moved.path("LastUpdatedDate").asDouble()).isGreaterThan(createdAt);

        kms.ok("DeleteAlias", Map.of("AliasName", "alias/Dated"));
        kms.createAlias("alias/Dated", first);
        assertThat(onlyAlias(kms, first).path("CreationDate").asDouble()).isGreaterThan(createdAt);
    }

    private static JsonNode onlyAlias(Kms kms, String key) {
        JsonNode aliases = kms.ok("ListAliases", Map.of("KeyId", key)).path("Aliases");
        assertThat(aliases).hasSize(1);
        return aliases.path(0);
    }

    private void check(Row row, Map<String, String> values) {
        Reply reply = caller(row.caller()).call(row.operation(), filled(row.input(), values));
        assertThat(reply.code()).as("%s: %s", row.proves(), reply.body()).isEqualTo(row.expected());
        String text = filled(row.text(), values);
        if (reply.status() == 200) {
            if (row.operation().endsWith("Alias")) {
                assertThat(reply.body()).as(row.proves()).isEmpty();
            }
            if (!text.isEmpty()) {
                assertHolds(
                        row.proves() + ": " + reply.body(), Json.of(reply.body()), Json.of(text));
            }
        } else if (!text.equals("*")) {
            assertThat(reply.message()).as(row.proves()).isEqualTo(text);
        }
    }

    /** Every member that is expected is there; others may be too, except in lists. */
    private static void assertHolds(String what, JsonNode actual, JsonNode expected) {
        if (expected.isObject()) {
            for (Map.Entry<String, JsonNode> member : expected.properties()) {
                if (member.getKey().startsWith("#")) {
                    assertThat(actual.path(member.getKey().substring(1)))
                            .as(what)
                            .hasSize(member.getValue().asInt());
                } else {
                    assertHolds(what, actual.path(member.getKey()), member.getValue());
                }
            }
        } else if (expected.isArray()) {
            assertThat(actual).as(what).hasSize(expected.size());
            for (int i = 0; i < expected.size(); i++) {
                assertHolds(what, actual.path(i), expected.path(i));
            }
        } else {
            assertThat(actual).as(what).isEqualTo(expected);
        }
    }

    private static String filled(String text, Map<String, String> values) {
        String filled = text;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("${" + value.getKey() + "}", value.getValue());
        }
        if (filled.contains("${")) {
            throw new AssertionError("no value for something in " + filled);
        }
        return filled;
    }

    private Map<String, String> prepare() {
        Kms kms = caller("");
        Map<String, String> values = new HashMap<>();
        for (String name :
                List.of("key", "other", "disabled", "pending", "full", "fullPending", "lonely")) {
            values.put(name, kms.createKey());
        }
        values.put("missing", UUID.randomUUID().toString());
        values.put("us", "arn:aws:kms:us-east-2:000000000000");
        values.put("name256", "alias/" + "a".repeat(250));
        values.put("name257", "alias/" + "a".repeat(251));
        values.put(
                "foreign",
                "arn:aws:kms:us-east-2:%s:key/%s"
                        .formatted(THEIR_ACCOUNT, caller(THEIR_ACCOUNT).createKey()));
        values.put(
                "nobodys",
                "arn:aws:kms:us-east-2:%s:key/%s".formatted(THEIR_ACCOUNT, UUID.randomUUID()));
        values.put(
                "ireland",
                "arn:aws:kms:eu-west-1:000000000000:key/" + caller(OTHER_REGION).createKey());
        kms.createAlias("alias/Taken", filled("${key}", values));
        kms.createAlias("alias/OnPending", filled("${pending}", values));
        for (int i = 0; i < 50; i++) {
            kms.createAlias("alias/full/" + i, filled("${full}", values));
            kms.createAlias("alias/fullPending/" + i, filled("${fullPending}", values));
        }
        kms.ok("DisableKey", Map.of("KeyId", filled("${disabled}", values)));
        kms.ok("ScheduleKeyDeletion", Map.of("KeyId", filled("${pending}", values)));
        kms.ok("ScheduleKeyDeletion", Map.of("KeyId", filled("${fullPending}", values)));
        values.put(
                "blob",
                kms.ok(
                                "Encrypt",
                                Map.of("KeyId", filled("${key}", values), "Plaintext", new byte[3]))
                        .path("CiphertextBlob")
                        .asText());
        return values;
    }

    /**
     * Nothing for ourselves, 12 digits for the root of that account, else ourselves in that Region.
     */
    private Kms caller(String who) {
        return callers.computeIfAbsent(
                who,
                _ ->
                        trent.kms(
                                who.isEmpty()
                                        ? Signer.TEST
                                        : who.matches("\\d{12}")
                                                ? Signer.ofAccount(who)
                                                : Signer.TEST.in(who)));
    }
}
