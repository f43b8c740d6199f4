package trent.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trent.api.AccessDeniedException;
import trent.api.GrantOperation;
import trent.call.Call;
import trent.call.Principal;
import trent.language.Policy;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.store.Grant;
import trent.store.Key;

/** The worked examples of decisions.txt, by the engine: whether, and in which words. */
class DecisionTableTest {

    private static final String TABLE = "/trent/access/decisions.txt";
    private static final KeyArn MISSING =
            new KeyArn(Scene.REGION, Scene.A, new KeyId("99999999-9999-4999-8999-999999999999"));

    /** What a case says, column by column. */
    record Row(
            String name,
            String keyPolicy,
            String identity,
            String other,
            String caller,
            String checks,
            String result) {

        @Override
        public String toString() {
            return name + ": " + caller + ", " + checks + " -> " + result;
        }
    }

    static Stream<Row> rows() throws IOException {
        String text =
                new String(
                        Objects.requireNonNull(DecisionTableTest.class.getResourceAsStream(TABLE))
                                .readAllBytes(),
                        StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(
                        line -> {
                            String[] columns = line.split("\\|", -1);
                            assertThat(columns).as(line).hasSize(7);
                            return new Row(
                                    columns[0].trim(),
                                    columns[1].trim(),
                                    columns[2].trim(),
                                    columns[3].trim(),
                                    columns[4].trim(),
                                    columns[5].trim(),
                                    columns[6].trim());
                        });
    }

    @Test
    void allFiftyExamplesAreThere() throws IOException {
        List<String> names = rows().map(Row::name).toList();
        for (int i = 1; i <= 50; i++) {
            String number = Integer.toString(i);
            assertThat(names).anyMatch(name -> name.replaceAll("[a-z]", "").equals(number));
        }
        assertThat(names).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theEngineDecidesAsTheExample(Row row) {
        Scene scene = new Scene();
        Principal caller = Objects.requireNonNull(Scene.CALLERS.get(row.caller()));
        Policy keyPolicy =
                switch (row.keyPolicy()) {
                    case "none" -> Policy.NOTHING;
                    default -> policy(row.keyPolicy());
                };
        scene.keyPolicies.put(Scene.K.arn(), keyPolicy);
        String boundary = null;
        for (String other : (row.other() + " ").split(", ", -1)) {
            String[] parts = other.trim().split(" ", 2);
            switch (parts[0]) {
                case "" -> {}
                case "boundary" -> boundary = parts[1];
                case "session" -> scene.sessionPolicies.add(Scene.named(parts[1]));
                case "aliases" -> scene.aliases(Scene.K, parts[1].split(" ", -1));
                case "tags" -> scene.tags.put(Scene.K.arn(), pairs(parts[1]));
                case "K2" ->
                        scene.keyPolicies.put(
                                Scene.K2.arn(),
                                parts[1].equals("none") ? Policy.NOTHING : policy(parts[1]));
                case "grant" -> scene.grants.add(grant(parts[1]));
                default -> throw new IllegalArgumentException(other);
            }
        }
        scene.identity(
                caller,
                row.identity().isEmpty() ? List.of() : List.of(row.identity()),
                boundary,
                Map.of());

        Call call = Scene.call(caller);
        for (String check : row.checks().split(", ", -1)) {
            String problem = check(scene, call, check, keyPolicy);
            if (problem != null) {
                assertThat(problem).isEqualTo(expected(caller, check, row.result()));
                return;
            }
        }
        assertThat("allow").isEqualTo(row.result());
    }

    private static Policy policy(String statements) {
        return Scene.keyPolicy(statements.replace("KP0", Scene.KEY_DEFAULT));
    }

    /** What refuses it; null: nothing. */
    private static @Nullable String check(Scene scene, Call call, String check, Policy newPolicy) {
        String[] words = check.split(" ", -1);
        if (words[0].equals("lockout")) {
            return scene.access.wouldAllow(call, Scene.K, Map.of(), newPolicy)
                            instanceof Decision.Allowed
                    ? null
                    : "lockout";
        }
        Details details = details(words);
        try {
            switch (words[1]) {
                case "K", "K2" -> {
                    Key key = words[1].equals("K") ? Scene.K : Scene.K2;
                    if (words[0].equals("RetireGrant")) {
                        scene.access.requireRetirable(call, scene.grants.getFirst(), key);
                    } else {
                        scene.access.require(call, Scene.action(words[0]), key, details);
                    }
                }
                case "missing" ->
                        throw scene.access.hidden(
                                call, Scene.action(words[0]), details, MISSING, MISSING);
                case "*" -> scene.access.requireAnywhere(call, Scene.action(words[0]), details);
                default ->
                        scene.access.require(
                                call, Scene.action(words[0]), Scene.alias(words[1]), details);
            }
            return null;
        } catch (AccessDeniedException e) {
            return e.getMessage();
        }
    }

    private static Details details(String[] words) {
        Details details = new Details();
        if (List.of("Encrypt", "Decrypt").contains(words[0])) {
            details.with(Detail.ENCRYPTION_ALGORITHM, "SYMMETRIC_DEFAULT");
            details.encryptionContext(Map.of());
        }
        Map<String, Map<String, String>> given = new LinkedHashMap<>();
        for (int i = 2; i + 1 < words.length; i += 2) {
            switch (words[i]) {
                case "by" -> details.with(Detail.REQUEST_ALIAS, words[i + 1]);
                case "with" -> details.encryptionContext(pairs(words[i + 1]));
                default ->
                        given.put(words[i], words[i].equals("of") ? Map.of() : pairs(words[i + 1]));
            }
        }
        if (words[0].equals("CreateGrant")) {
            details.grant(operations(words[3]), given.get("equals"), given.get("subset"));
        }
        return details;
    }

    private static Grant grant(String text) {
        String[] words = text.split(" ", -1);
        String grantee = words[0].replace(":", "");
        Map<String, String> pairs = words.length > 3 ? pairs(words[3]) : null;
        boolean equal = words.length > 2 && words[2].equals("equals");
        return Scene.grant(
                Scene.id(grantee),
                null,
                Scene.A,
                operations(words[1]),
                equal ? pairs : null,
                equal ? null : pairs);
    }

    private static List<GrantOperation> operations(String text) {
        return Stream.of(text.split(",", -1))
                .map(name -> Objects.requireNonNull(GrantOperation.ofWire(name)))
                .toList();
    }

    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : text.split(",", -1)) {
            pairs.put(pair.split("=", -1)[0], pair.split("=", -1)[1]);
        }
        return pairs;
    }

    /** The whole sentence, as it is documented. */
    private static String expected(Principal caller, String check, String result) {
        if (result.equals("lockout") || result.equals("allow")) {
            return result;
        }
        String[] words = check.split(" ", -1);
        boolean foreign = result.endsWith("F");
        String on = foreign ? "this resource" : "resource: " + Scene.resource(words[1]);
        String action = "kms:" + words[0];
        String reason =
                switch (result.replace("F", "")) {
                    case "D" ->
                            " because the resource does not exist in this Region, no resource-based policies"
                                    + " allow access, or a resource-based policy explicitly denies access";
                    case "DI" -> because("identity-based policy", action);
                    case "DB" -> because("permissions boundary", action);
                    case "DS" -> because("session policy", action);
                    case "DR" -> because("resource-based policy", action);
                    case "XI" -> " with an explicit deny in an identity-based policy";
                    case "XB" -> " with an explicit deny in a permissions boundary";
                    case "XS" -> " with an explicit deny in a session policy";
                    case "XR" -> " with an explicit deny in a resource-based policy";
                    default -> throw new IllegalArgumentException(result);
                };
        return "User: "
                + caller.arn()
                + " is not authorized to perform: "
                + action
                + " on "
                + on
                + reason;
    }

    private static String because(String noun, String action) {
        return " because no " + noun + " allows the " + action + " action";
    }
}
