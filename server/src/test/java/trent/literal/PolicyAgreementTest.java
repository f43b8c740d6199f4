package trent.literal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.language.PolicySyntaxException.Problem;

/** A compiled policy says of a request what the literal interpreter says of it. */
class PolicyAgreementTest {

    private static final int POLICIES = Boolean.getBoolean("trent.all") ? 350_000 : 6_000;
    private static final int REQUESTS_PER_POLICY = 3;
    private static final int DISAGREEMENTS_SHOWN = 10;
    private static final long SEED = Long.getLong("trent.seed", System.nanoTime());

    /** Cases that were decided wrong once, and those that are worth a name. */
    static Stream<String> cases() throws IOException {
        return lines("policies.txt");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatStandsInTheTableIsDecidedAlike(String line) throws PolicySyntaxException {
        Case one = Case.of(line);
        assertThat(Answer.of(Answer.compiled(one), one))
                .as(line)
                .isEqualTo(Answer.of(one.literal(), one));
    }

    @Test
    void randomPoliciesAreReadAlike() {
        System.out.println("repeat with -Dtrent.seed=" + SEED);
        Cases cases = new Cases(new SplittableRandom(SEED));
        List<String> disagreements = new ArrayList<>();
        Map<Problem, String> refused = new TreeMap<>();
        int refusals = 0;
        int matched = 0;
        for (int i = 0; i < POLICIES && disagreements.size() < DISAGREEMENTS_SHOWN; i++) {
            Asked asked = cases.request();
            Policy.Kind kind = cases.kind();
            Map<String, Object> document = cases.policy(kind, asked);
            Case one = new Case(kind, document, asked);
            Policy policy;
            try {
                policy = Answer.compiled(one);
            } catch (PolicySyntaxException e) {
                refusals++;
                refused.put(e.problem(), one.text());
                continue;
            }
            for (int j = 0; j < REQUESTS_PER_POLICY; j++) {
                Answer expected = Answer.of(one.literal(), one);
                Answer said = Answer.of(policy, one);
                if (!said.equals(expected)) {
                    disagreements.add(one.text() + "\n  expected " + expected + ", was " + said);
                    break;
                }
                if (expected.denies() + expected.allows() != 2 * Policy.NONE) {
                    matched++;
                }
                one = new Case(kind, document, cases.beside(asked));
            }
        }
        assertThat(disagreements).as("seed %d; lines for policies.txt", SEED).isEmpty();
        // The grammar refuses some of them: ForAllValues with a key of one value, for example.
        assertThat(refusals)
                .as("refused of %d, for example %s", POLICIES, refused)
                .isLessThan(POLICIES / 5);
        assertThat(matched)
                .as("requests of which a policy says something")
                .isGreaterThan(POLICIES / 2);
    }

    static Stream<String> lines(String table) throws IOException {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        PolicyAgreementTest.class.getResourceAsStream(table),
                                        table),
                                StandardCharsets.UTF_8))) {
            return reader
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList()
                    .stream();
        }
    }
}
