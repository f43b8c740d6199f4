package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.clients.Linearizability.Verdict;

/**
 * The judge is judged first: by histories of which everybody sees whether they can be explained,
 * and by small ones at random, of which trying all orders tells.
 */
class LinearizabilityTest {

    private static final String ABSENT = "-";

    /**
     * A history is a list of {@code CALL@BEGIN-END}, the end {@code ?} where no answer came: {@code
     * +a} makes the alias with target a, {@code =a} moves it there, {@code x} deletes it, {@code a}
     * and {@code -} are what a reader is told; {@code !+} is told that it is there already, {@code
     * !x} that it is not there.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    one after the other                       | yes | -@0-1 +a@2-3 a@4-5 =b@6-7 b@8-9 x@10-11 -@12-13
                    a reader beside a change sees either      | yes | +a@0-9 -@1-2 a@3-4
                    and not the old after the new             | no  | +a@0-9 a@1-2 -@3-4
                    two readers may differ while it lasts     | yes | +a@0-9 a@1-8 -@2-7
                    the old after the answer                  | no  | +a@0-1 -@2-3
                    the new before the question               | no  | a@0-1 +a@2-3
                    two make it and one is told it is there   | yes | +a@0-5 !+@1-6
                    two make it and both are told they did    | no  | +a@0-5 +b@1-6
                    both, and somebody deletes it in between  | yes | +a@0-5 +b@1-6 x@2-3
                    told that it is there, and nobody made it | no  | !+@0-1
                    told that it is not there, and it is      | no  | +a@0-1 !x@2-3
                    deleted twice                             | no  | +a@0-1 x@2-5 x@3-6
                    a move of what is not there               | no  | =a@0-1
                    a move and a deletion side by side        | yes | +a@0-1 =b@2-9 x@3-8 -@10-11
                    a move after all has been deleted         | no  | +a@0-1 x@2-3 =b@4-5
                    three moves, and readers in one order     | yes | +a@0-1 =b@2-9 =c@2-9 =d@2-9 c@3-4 b@5-6 d@7-8
                    three moves, and readers in two           | no  | +a@0-1 =b@2-9 =c@2-9 b@3-4 c@5-6 b@7-8
                    an unanswered change that was made        | yes | +a@0-? -@1-2 a@3-4
                    an unanswered change that was not made    | yes | +a@0-? -@1-2 -@3-4
                    unanswered, made late                     | yes | +a@0-? -@1-2 +b@3-4 x@5-6 -@7-8 a@9-10
                    unanswered, made before it was asked      | no  | a@0-1 +a@2-?
                    unanswered, made twice                    | no  | +a@0-? a@1-2 x@3-4 a@5-6
                    two unanswered, made one after the other  | yes | +a@0-? +a@0-? a@1-2 x@3-4 a@5-6
                    two unanswered, and neither explains it   | no  | +a@0-? +b@0-? c@1-2
                    unanswered, and it explains a refusal     | yes | +a@0-? !+@1-2 a@3-4
                    seen, and then unseen                     | no  | +a@0-? a@1-2 -@3-4
                    an unanswered deletion takes it away      | yes | +a@0-1 x@2-? a@3-4 -@5-6
                    it does not take away what is made later  | yes | +a@0-1 x@2-? a@3-4 =b@5-6 b@7-8
                    an end and a beginning at one time overlap | yes | +a@0-1 -@1-2
                    """)
    void histories(String name, String linearizable, String history) {
        List<Operation<String>> operations = new ArrayList<>();
        for (String call : history.split(" ", -1)) {
            String[] parts = call.split("@", 2);
            String[] times = parts[1].split("-", 2);
            long end = times[1].equals("?") ? Operation.NEVER : Long.parseLong(times[1]);
            operations.add(operation(parts[0], Long.parseLong(times[0]), end));
        }
        Verdict found = Linearizability.check(ABSENT, operations);
        assertThat(found instanceof Verdict.Linearizable)
                .as("%s", found)
                .isEqualTo(linearizable.equals("yes"));
        assertThat(inSomeOrder(ABSENT, operations)).isEqualTo(linearizable.equals("yes"));
    }

    /** Small histories of all kinds; most of them cannot be explained, some can. */
    @Test
    void agreesWithTryingAllOrders() {
        List<String> calls = List.of("+a", "+b", "=a", "=b", "x", "a", "b", "-", "!+", "!x");
        int explained = 0;
        int rounds = 20_000;
        for (int seed = 0; seed < rounds; seed++) {
            Random random = new Random(seed);
            List<Operation<String>> history = new ArrayList<>();
            int size = 2 + random.nextInt(5);
            for (int i = 0; i < size; i++) {
                long begin = random.nextInt(12);
                boolean answered = random.nextInt(4) > 0;
                long end = answered ? begin + random.nextInt(8) : Operation.NEVER;
                history.add(operation(calls.get(random.nextInt(calls.size())), begin, end));
            }
            history.removeIf(each -> !each.answered() && each.changesNothing());
            boolean expected = inSomeOrder(ABSENT, history);
            Verdict found = Linearizability.check(ABSENT, history);
            assertThat(found instanceof Verdict.Linearizable)
                    .as("seed %d: %s: %s", seed, history, found)
                    .isEqualTo(expected);
            explained += expected ? 1 : 0;
        }
        assertThat(explained).isBetween(rounds / 20, rounds / 2);
    }

    /** Long histories of a register that is one: as many callers as the cluster's tests have. */
    @Test
    void findsTheOrderOfALongHistory() {
        for (int seed = 0; seed < 20; seed++) {
            Verdict found = Linearizability.check(ABSENT, simulated(seed, 16, 50));
            assertThat(found).as("seed %d", seed).isInstanceOf(Verdict.Linearizable.class);
        }
    }

    /** One answer out of thousands is given late: the state of a moment before it was asked for. */
    @Test
    void findsOneStaleAnswerInALongHistory() {
        int stale = 0;
        for (int seed = 0; seed < 20; seed++) {
            List<Operation<String>> history = new ArrayList<>(simulated(seed, 4, 200));
            long end = history.stream().mapToLong(Operation::invoked).max().orElseThrow();
            long quiet = end + 10_000; // after all answered ones
            history.add(operation("+a", quiet, Operation.NEVER));
            history.add(operation("=z", quiet, quiet + 1));
            history.add(operation("z", quiet + 2, quiet + 3));
            history.add(operation("=y", quiet + 4, quiet + 5));
            history.add(operation("z", quiet + 6, quiet + 7));
            Verdict found = Linearizability.check(ABSENT, history);
            if (found instanceof Verdict.Violated(String why)) {
                assertThat(why).contains("=y", ": z");
                stale++;
            }
        }
        assertThat(stale).isEqualTo(20);
    }

    /**
     * Callers who take turns in an order of chance. Each call takes effect at a moment of its own,
     * begins up to 40 before it and ends up to 40 after it.
     *
     * @param lostOneIn so many changes, one on average is never answered
     */
    private static List<Operation<String>> simulated(int seed, int callers, int lostOneIn) {
        Random random = new Random(seed);
        List<Operation<String>> history = new ArrayList<>();
        long[] free = LongStream.generate(() -> 0).limit(callers).toArray();
        String state = ABSENT;
        for (long now = 0; history.size() < 5_000; now += 1 + random.nextInt(5)) {
            int caller = random.nextInt(callers);
            if (free[caller] > now) {
                continue;
            }
            boolean there = !state.equals(ABSENT);
            String target = String.valueOf((char) ('a' + random.nextInt(3)));
            String call =
                    switch (random.nextInt(6)) {
                        case 0 -> there ? "!+" : "+" + target;
                        case 1 -> there ? "=" + target : "!x";
                        case 2 -> there ? "x" : "!x";
                        default -> state;
                    };
            long begin = Math.max(free[caller], now - random.nextInt(40));
            long end = now + random.nextInt(40);
            free[caller] = end + 1;
            Operation<String> operation = operation(call, begin, end);
            if (!operation.changesNothing() && random.nextInt(lostOneIn) == 0) {
                // Its answer is lost; half of these were not made.
                operation = operation(call, begin, Operation.NEVER);
                if (random.nextBoolean()) {
                    history.add(operation);
                    continue;
                }
            }
            history.add(operation);
            String after = operation.effect().on(state);
            if (after == null) {
                throw new AssertionError(call + " on " + state);
            }
            state = after;
        }
        return history;
    }

    private static Operation<String> operation(String call, long begin, long end) {
        String argument = call.substring(1);
        Operation.Effect<String> effect =
                switch (call.charAt(0)) {
                    case '+' -> state -> state.equals(ABSENT) ? argument : null;
                    case '=' -> state -> state.equals(ABSENT) ? null : argument;
                    case 'x' -> state -> state.equals(ABSENT) ? null : ABSENT;
                    case '!' ->
                            state -> state.equals(ABSENT) == argument.equals("x") ? state : null;
                    default -> state -> state.equals(call) ? state : null;
                };
        boolean changesNothing = "+=x".indexOf(call.charAt(0)) < 0;
        return end == Operation.NEVER
                ? Operation.unknown(call, "test", begin, effect)
                : new Operation<>(call, "test", begin, end, changesNothing, effect);
    }

    /** The definition, word by word: some order explains all, with or without each unanswered. */
    private static <S> boolean inSomeOrder(S state, List<Operation<S>> left) {
        if (left.stream().noneMatch(Operation::answered)) {
            return true;
        }
        for (Operation<S> next : left) {
            if (left.stream().anyMatch(other -> other.returned() < next.invoked())) {
                continue;
            }
            S after = next.effect().on(state);
            List<Operation<S>> rest = new ArrayList<>(left);
            rest.remove(next); // one of equals is as good as another
            if (after != null && inSomeOrder(after, rest)) {
                return true;
            }
        }
        return false;
    }
}
