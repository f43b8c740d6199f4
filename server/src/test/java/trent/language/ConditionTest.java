package trent.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import trent.Golden;
import trent.language.Policy.Kind;

/** Conditions, by the table of them. */
class ConditionTest {

    private static final String SEPARATOR = "\\s*\\|\\s*";

    @Test
    void operators() {
        Golden table = Golden.of("language/conditions.txt");
        table.check(
                table.text()
                        .lines()
                        .map(line -> line.contains("|") && !line.startsWith("#") ? row(line) : line)
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    private static String row(String line) {
        String[] columns = line.strip().split(SEPARATOR, -1);
        boolean multi = columns[0].endsWith(" (m)");
        String operator = columns[0].replace(" (m)", "");
        String key = multi ? "m:k" : "k";
        boolean holds = holds("Allow", operator, key, columns[1], columns[2]);
        return line.substring(0, line.lastIndexOf('|') + 1) + " " + holds;
    }

    private static boolean holds(
            String effect, String operator, String key, String values, String request) {
        Asked asked = new Asked();
        switch (request) {
            case "-" -> {}
            case "( )" -> asked.with(key);
            case "?" -> asked.withUnknown(key);
            default -> asked.with(key, request.split(", ", -1));
        }
        Policy policy =
                Policies.of(
                        Kind.IDENTITY,
                        """
                        {"Version":"2012-10-17","Statement":{"Effect":"%s","Action":"*","Resource":"*",
                         "Condition":{"%s":{"%s":[%s]}}}}"""
                                .formatted(effect, operator, key, quoted(values)));
        boolean holds =
                (effect.equals("Allow") ? policy.allows(asked) : policy.denies(asked))
                        != Policy.NONE;
        assertThat(policy.why(0, asked) == null).isEqualTo(holds);
        return holds;
    }

    private static String quoted(String values) {
        return Arrays.stream(values.split(", ", -1))
                .map(value -> '"' + value + '"')
                .collect(Collectors.joining(","));
    }

    /** What cannot be told, or is two things at once, is never a reason to let pass. */
    @Test
    void inADenyDoubtIsAReasonToMatch() {
        for (String operator : List.of("StringEquals", "StringNotEquals", "StringEqualsIfExists")) {
            assertThat(holds("Deny", operator, "k", "a", "?")).as(operator).isTrue();
            assertThat(holds("Deny", operator, "k", "a", "a, b")).as(operator).isTrue();
        }
        assertThat(holds("Deny", "Null", "k", "true", "?")).isTrue();
        assertThat(holds("Deny", "StringEquals", "k", "c", "a, b")).isFalse();
    }
}
