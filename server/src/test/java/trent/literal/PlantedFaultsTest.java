package trent.literal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trent.language.Policy;

/**
 * The random cases are rich enough: whichever error is planted into the interpreter, a few thousand
 * of them show it. So they would show the same error in the engine.
 */
class PlantedFaultsTest {

    /** A small part of what the comparisons try with {@code -Dtrent.all=true}. */
    private static final int POLICIES = 10_000;

    private static final int DECISIONS = 10_000;

    /** Always the same: whether the cases are rich enough is no matter of luck. */
    private static final long SEED = Long.getLong("trent.seed", 1);

    static Stream<Fault> faultsOfLanguage() {
        return Stream.of(Fault.values()).filter(Fault::ofLanguage);
    }

    @ParameterizedTest
    @MethodSource("faultsOfLanguage")
    void anErrorInReadingAPolicyIsNoticed(Fault fault) {
        Cases cases = new Cases(new SplittableRandom(SEED));
        int found = 0;
        int tried = 0;
        while (found == 0 && tried < POLICIES) {
            tried++;
            Asked asked = cases.request();
            Policy.Kind kind = cases.kind();
            Case one = new Case(kind, cases.policy(kind, asked), asked);
            for (int i = 0; i < 3; i++) {
                if (!Answer.of(one.literal(fault), one).equals(Answer.of(one.literal(), one))) {
                    found++;
                }
                one = new Case(kind, one.policy(), cases.beside(asked));
            }
        }
        assertThat(found).as("%s, seed %d", fault, SEED).isPositive();
    }

    static Stream<Fault> faultsOfDecision() {
        return Stream.of(Fault.values()).filter(fault -> !fault.ofLanguage());
    }

    @ParameterizedTest
    @MethodSource("faultsOfDecision")
    void anErrorInPuttingPoliciesTogetherIsNoticed(Fault fault) {
        Situations situations = new Situations(new SplittableRandom(SEED));
        boolean found = false;
        int tried = 0;
        while (!found && tried < DECISIONS) {
            tried++;
            Situation situation = situations.next();
            found =
                    !new LiteralDecision(situation, fault)
                            .verdict()
                            .equals(new LiteralDecision(situation, null).verdict());
        }
        assertThat(found).as("%s, seed %d", fault, SEED).isTrue();
    }
}
