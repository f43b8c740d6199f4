package trent.clients;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trent.clients.Linearizability.Verdict;
import trent.clients.Operation.Effect;

/** One object that callers race on, and all that they were told of it. */
final class Track<S> {

    private static final String VIOLATED = " is not linearizable. ";

    private final String name;
    private final S initial;
    private final Queue<String> unexpected;
    private final Queue<Operation<S>> history = new ConcurrentLinkedQueue<>();

    /** {@code unexpected} takes the answers that nobody should get. */
    Track(String name, S initial, Queue<String> unexpected) {
        this.name = name;
        this.initial = initial;
        this.unexpected = unexpected;
    }

    /**
     * What a caller was told of a change.
     *
     * @param refusals by the error's name: when it is refused so
     */
    void change(Told told, String what, Effect<S> effect, Map<String, Predicate<S>> refusals) {
        switch (told.code()) {
            case Told.OK ->
                    history.add(
                            Operation.change(
                                    what, told.by(), told.invoked(), told.returned(), effect));
            case Told.UNKNOWN ->
                    history.add(Operation.unknown(what, told.by(), told.invoked(), effect));
            case Told.NOT_MADE -> {}
            default -> answer(told, what, refusals);
        }
    }

    /**
     * What a caller was told who changed nothing.
     *
     * @param answers by {@code 200} or the error's name: when this is the answer
     */
    void read(Told told, String what, Map<String, Predicate<S>> answers) {
        if (told.answered()) {
            answer(told, what, answers);
        }
    }

    private void answer(Told told, String what, Map<String, Predicate<S>> answers) {
        Predicate<S> when = answers.get(told.code());
        if (when == null) {
            unexpected.add(
                    "%s: %s on %s: %s %s"
                            .formatted(told.by(), what, name, told.code(), told.body()));
            return;
        }
        history.add(
                Operation.read(
                        what + ": " + told.code(),
                        told.by(),
                        told.invoked(),
                        told.returned(),
                        when));
    }

    int size() {
        return history.size();
    }

    long changes() {
        return history.stream().filter(each -> each.answered() && !each.changesNothing()).count();
    }

    long unknown() {
        return history.stream().filter(each -> !each.answered()).count();
    }

    /** Whether this says that there is no explanation, and not that none was found in time. */
    static boolean isViolation(String finding) {
        return finding.contains(VIOLATED);
    }

    /** Why the history cannot be explained; null if it can. */
    @Nullable String violation() {
        return switch (Linearizability.check(initial, List.copyOf(history))) {
            case Verdict.Linearizable() -> null;
            case Verdict.Violated(String why) -> name + VIOLATED + why;
            case Verdict.Undecided(String why) -> name + ": too many orders to look at all. " + why;
        };
    }
}
