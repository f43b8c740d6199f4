package trent.literal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trent.language.PolicySyntaxException;
import trent.language.PolicySyntaxException.Problem;

/**
 * What is done with a key is allowed, or refused in these words, by the engine and by the literal
 * interpreter alike: key policy, identity policies, boundary, session policies, grants, condition
 * keys, in one account and across accounts.
 */
class DecisionAgreementTest {

    private static final int DECISIONS = Boolean.getBoolean("trent.all") ? 1_000_000 : 4_000;
    private static final int DISAGREEMENTS_SHOWN = 10;
    private static final long SEED = Long.getLong("trent.seed", System.nanoTime());

    /** Decisions that were wrong once, and those that are worth a name. */
    static Stream<String> situations() throws IOException {
        return PolicyAgreementTest.lines("decisions.txt");
    }

    @ParameterizedTest
    @MethodSource("situations")
    void whatStandsInTheTableIsDecidedAlike(String line) throws IOException, PolicySyntaxException {
        Situation situation = Situation.of(line);
        try (EngineDecision engine = new EngineDecision()) {
            assertThat(agree(engine.sentence(situation), situation)).as(line).isEmpty();
        }
    }

    @Test
    void randomSituationsAreDecidedAlike() throws IOException {
        System.out.println("repeat with -Dtrent.seed=" + SEED);
        Situations situations = new Situations(new SplittableRandom(SEED));
        List<String> disagreements = new ArrayList<>();
        Map<Problem, String> refused = new TreeMap<>();
        int refusals = 0;
        int allowed = 0;
        try (EngineDecision engine = new EngineDecision()) {
            for (int i = 0; i < DECISIONS && disagreements.size() < DISAGREEMENTS_SHOWN; i++) {
                Situation situation = situations.next();
                String sentence;
                try {
                    sentence = engine.sentence(situation);
                } catch (PolicySyntaxException e) {
                    refusals++;
                    refused.put(e.problem(), situation.text());
                    continue;
                }
                String difference = agree(sentence, situation);
                if (!difference.isEmpty()) {
                    disagreements.add(situation.text() + difference);
                }
                allowed += sentence.isEmpty() ? 1 : 0;
            }
        }
        assertThat(disagreements).as("seed %d; lines for decisions.txt", SEED).isEmpty();
        assertThat(refusals)
                .as("policies refused in %d, for example %s", DECISIONS, refused)
                .isLessThan(DECISIONS / 5);
        assertThat(allowed).as("allowed").isBetween(DECISIONS / 10, DECISIONS * 9 / 10);
    }

    /** Empty if they agree. */
    private static String agree(String sentence, Situation situation) {
        LiteralDecision literal = new LiteralDecision(situation, null);
        String expected = literal.sentence();
        // The specification has no words for a federated user without session policy, whose
        // identity part is neither missing nor a session policy's matter.
        boolean alike =
                literal.federatedWithoutSessionPolicy()
                        ? sentence.isEmpty() == expected.isEmpty()
                        : sentence.equals(expected);
        return alike
                ? ""
                : "\n  expected %s\n  was      %s"
                        .formatted(
                                expected.isEmpty() ? "allowed" : expected,
                                sentence.isEmpty() ? "allowed" : sentence);
    }
}
