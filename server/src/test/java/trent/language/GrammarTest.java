package trent.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.Golden;
import trent.language.Policy.Kind;

/** What is a policy of which kind, and what of it is not. */
class GrammarTest {

    private static final String ANY =
            """
            {"Version":"2012-10-17","Id":"i","Statement":[{"Sid":"S","Effect":"Deny","NotPrincipal":{"AWS":["111122223333",\
            "arn:aws:iam::111122223333:role/app"],"Federated":"idp.example.com"},"Action":["kms:*"],"NotResource":\
            "arn:aws:kms:*:1:key/${aws:username, 'x'}","Condition":{"ForAnyValue:StringLikeIfExists":{"a":["b*",true,1.5]},\
            "IpAddress":{"c":"10.0.0.0/8"},"DateLessThan":{"d":"2026-01-02T03:04:05Z"},"NumericEquals":{"e":"1e3"}}}]}""";

    @Test
    void whatEachKindMayHave() {
        Golden table = Golden.of("language/grammar.txt");
        StringBuilder actual = new StringBuilder();
        boolean statement = false;
        for (String line : table.text().lines().toList()) {
            if (!line.contains("|") || line.contains("| KEY |")) {
                statement = line.contains("| KEY |") ? !line.startsWith("Document") : statement;
                actual.append(line).append('\n');
                continue;
            }
            String written = line.substring(0, line.indexOf('|'));
            boolean part = statement;
            actual.append(
                    Arrays.stream(new Kind[] {Kind.KEY, Kind.IDENTITY, Kind.MANAGED, Kind.TRUST})
                            .map(kind -> problem(kind, written.strip(), part))
                            .collect(Collectors.joining(" | ", written + "| ", "\n")));
        }
        table.check(actual.toString());
    }

    private static String problem(Kind kind, String written, boolean part) {
        String text =
                part
                        ? "{\"Version\":\"2012-10-17\",\"Statement\":"
                                + statement(kind, written)
                                + "}"
                        : written.replaceAll("\\bS\\b(?!\")", statement(kind, ""));
        try {
            Policy.compile(text, kind, Asked.VOCABULARY, Policies.IDS::get);
            return "ok";
        } catch (PolicySyntaxException e) {
            return (e.problem() + " " + e.text()).strip();
        }
    }

    /** What the kind wants, with these elements instead; {@code -} takes one away. */
    private static String statement(Kind kind, String change) {
        Map<String, String> elements = new LinkedHashMap<>();
        elements.put("Effect", "\"Allow\"");
        if (kind == Kind.KEY || kind == Kind.TRUST) {
            elements.put("Principal", "{\"AWS\":\"111122223333\"}");
        }
        elements.put("Action", "\"kms:Decrypt\"");
        if (kind != Kind.TRUST) {
            elements.put("Resource", "\"*\"");
        }
        String added = change;
        if (change.startsWith("-")) {
            int end = change.indexOf('"', 2) + 1;
            elements.remove(change.substring(2, end - 1));
            added = change.substring(Math.min(change.length(), end + 1));
        }
        if (!added.isEmpty()) {
            elements.remove(added.substring(1, added.indexOf('"', 1)));
        }
        return elements.entrySet().stream()
                .map(element -> '"' + element.getKey() + "\":" + element.getValue())
                .collect(Collectors.joining(",", "{", (added.isEmpty() ? "" : "," + added) + "}"));
    }

    @Test
    void aSidIsUniqueExceptInAKeyPolicy() {
        String two =
                "{\"Statement\":[{\"Sid\":\"a\",\"Effect\":\"Allow\",%s},{\"Sid\":\"a\",\"Effect\":\"Deny\",%s}]}";
        String identity = "\"Action\":\"*\",\"Resource\":\"*\"";
        String key = "\"Principal\":\"*\"," + identity;
        assertThat(problem(Kind.IDENTITY, two.formatted(identity, identity), false))
                .isEqualTo("SID_TWICE a");
        assertThat(problem(Kind.KEY, two.formatted(key, key), false)).isEqualTo("ok");
    }

    @Test
    void nestingIsBounded() {
        String deep = "[".repeat(100_000);
        assertThat(problem(Kind.KEY, deep, false)).isEqualTo("NOT_JSON");
        assertThat(problem(Kind.KEY, "{\"a\":" + "[".repeat(33) + "]".repeat(33) + "}", false))
                .isEqualTo("NOT_JSON");
        assertThat(problem(Kind.KEY, "{\"a\":" + "[".repeat(32) + "]".repeat(32) + "}", false))
                .isEqualTo("SYNTAX a");
    }

    /** As it is written in JSON; in Java's text each backslash stands twice. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            \\u0041                   |
            \\uD83D\\uDE00             |
            \\uD83d\\ude00\\uD83D\\uDE00 |
            \\\\u0000                 |
            \\\\\\u0000               | \\u0000
            a\\u0000b                 | \\u0000
            \\"\\u0000                | \\u0000
            \\uD83D                   | \\uD83D
            \\uD83Dx                  | \\uD83D
            \\uD83D\\u0041            | \\uD83D
            \\uD83D\\\\uDE00          | \\uD83D
            \\uDE00\\uD83D            | \\uDE00
            \\uD83D\\uD83D\\uDE00      | \\uD83D
            """)
    void escapesStandForText(String escapes, @Nullable String wrong) throws PolicySyntaxException {
        String policy =
                "{\"Version\":\"2012-10-17\",\"Statement\":"
                        + statement(Kind.KEY, "\"Sid\":\"" + escapes + "\"")
                        + "}";
        Policy _ = Policy.compile(policy, Kind.KEY, Asked.VOCABULARY, Policies.IDS::get);
        PolicySyntaxException thrown =
                catchThrowableOfType(
                        PolicySyntaxException.class, () -> Policy.requireTexts(policy));
        assertThat(thrown == null ? null : thrown.text()).isEqualTo(wrong);
    }

    @Test
    void theTextThatIsChangedIsAPolicy() {
        assertThat(problem(Kind.KEY, ANY, false)).isEqualTo("ok");
    }

    /** Whatever is changed in a text, it is a policy or it is none; nothing else is thrown. */
    @Property(tries = 5_000)
    void noTextBreaksTheReader(
            @ForAll @IntRange(max = 700) int at,
            @ForAll @IntRange(max = 40) int cut,
            @ForAll("pieces") String piece,
            @ForAll Kind kind) {
        int from = Math.min(at, ANY.length());
        String text =
                ANY.substring(0, from) + piece + ANY.substring(Math.min(ANY.length(), from + cut));
        Asked asked =
                new Asked().with("a", "bcd").with("c", "10.1.1.1").with("d", "2025").with("e", "1");
        try {
            Policy policy = Policy.compile(text, kind, Asked.VOCABULARY, Policies.IDS::get);
            int denied = policy.denies(asked);
            assertThat(denied == Policy.NONE || policy.why(denied, asked) == null).isTrue();
            assertThat(policy.bytes()).isPositive();
        } catch (PolicySyntaxException e) {
            assertThat(e.problem()).isNotNull();
        }
    }

    @Provide
    static Arbitrary<String> pieces() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "",
                        "${",
                        "}",
                        "${*}",
                        ", '",
                        "'}",
                        "\"",
                        "[",
                        "]",
                        "{",
                        ":",
                        ",",
                        "\\u0000",
                        "\\uFDD0",
                        "\\uD83D",
                        "null",
                        "-1e999999999",
                        "arn:",
                        "*",
                        "?",
                        "::",
                        "/129"),
                Arbitraries.strings().ofMaxLength(5));
    }
}
