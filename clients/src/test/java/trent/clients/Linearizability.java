package trent.clients;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the history of an object can be explained by a single copy of it: each call takes effect
 * at one moment between its beginning and its answer, and each answer is the one that the object
 * gives at that moment.
 *
 * <p>The search is that of Wing and Gong: put one of the calls first that nothing else must come
 * before, see whether its answer fits, go on with the rest, and take it back if that leads nowhere.
 * Three things keep it short.
 *
 * <ul>
 *   <li>The same calls in another order that leave the same state need not be looked at again
 *       (Lowe); nor if they came about with more of the unanswered ones, which may have had no
 *       effect: with fewer used up, all that could follow still can.
 *   <li>What changes nothing and fits now is put in place for good. Any order of the rest in which
 *       it stood later is still one if it stands here.
 *   <li>Of unanswered calls with the same effect, the earliest is tried alone. In an order with
 *       a later one in its place the two can change places.
 * </ul>
 *
 * <p>Objects are looked at one by one: a history is linearizable exactly if that of each object is.
 * Source: Herlihy and Wing, "Linearizability: A Correctness Condition for Concurrent Objects"; Wing
 * and Gong, "Testing and Verifying Concurrent Objects"; Lowe, "Testing for Linearizability".
 */
final class Linearizability {

    /** A correct history of these tests needs some thousands; more than this is a history too dense. */
    private static final int MAX_CONFIGURATIONS = 200_000;

    private static final int SHOWN = 12;

    private Linearizability() {}

    /** What was found of a history. */
    sealed interface Verdict {

        record Linearizable() implements Verdict {}

        /**
         * No order explains the answers.
         *
         * @param why the longest order that was found, and what nothing explains after it
         */
        record Violated(String why) implements Verdict {}

        /** The search was given up. */
        record Undecided(String why) implements Verdict {}
    }

    /** Looks at the history of one object, whose operations may come in any order. */
    static <S> Verdict check(S initial, Collection<Operation<S>> history) {
        return new Search<>(history).from(initial);
    }

    /** What was put in place of the answered ones, and the state after it. */
    private record Configuration(BitSet placed, Object state) {}

    /**
     * The beginning or the end of an answered operation that is not in place yet, in the order of
     * time. Of two at the same time beginnings come first, as if they overlapped.
     */
    private static final class Event {

        private final int operation;
        private final boolean begins;
        private final long time;
        private Event before = this;
        private Event after = this;

        Event(int operation, boolean begins, long time) {
            this.operation = operation;
            this.begins = begins;
            this.time = time;
        }

        void appendTo(Event ring) {
            before = ring.before;
            after = ring;
            before.after = this;
            ring.before = this;
        }

        void takeOut() {
            before.after = after;
            after.before = before;
        }

        /** To where it was; whatever was taken out after it must be back. */
        void putBack() {
            before.after = this;
            after.before = this;
        }
    }

    /**
     * One step of the search: an operation was put in place, and all reads that fit after it.
     *
     * @param state after them
     * @param next what may come now and was not tried yet
     */
    private record Step<S>(int operation, S state, List<Integer> reads, Deque<Integer> next) {}

    private static final class Search<S> {

        private static final int NONE = -1;

        private final List<Operation<S>> operations;
        private final List<Integer> unanswered;

        /** Stands before the first event and after the last. */
        private final Event ring = new Event(NONE, false, 0);

        private final List<@Nullable Event> begins = new ArrayList<>();
        private final List<@Nullable Event> ends = new ArrayList<>();

        /** Of those that were answered, and of those that were not, what is in place. */
        private final BitSet placed = new BitSet();

        private final BitSet used = new BitSet();
        private final Deque<Step<S>> steps = new ArrayDeque<>();

        /** With which of the unanswered. */
        private final Map<Configuration, List<BitSet>> seen = new HashMap<>();

        private int configurations;
        private int left;

        private int longest = NONE;
        private String explained = "";

        Search(Collection<Operation<S>> history) {
            operations =
                    history.stream()
                            .sorted(Comparator.comparingLong(Operation<S>::invoked))
                            .toList();
            unanswered =
                    IntStream.range(0, operations.size())
                            .filter(i -> !operations.get(i).answered())
                            .boxed()
                            .toList();
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < operations.size(); i++) {
                Operation<S> operation = operations.get(i);
                Event begin = null;
                Event end = null;
                if (operation.answered()) {
                    begin = new Event(i, true, operation.invoked());
                    end = new Event(i, false, operation.returned());
                    events.add(begin);
                    events.add(end);
                    left++;
                }
                begins.add(begin);
                ends.add(end);
            }
            events.stream()
                    .sorted(
                            Comparator.comparingLong((Event event) -> event.time)
                                    .thenComparing(event -> !event.begins))
                    .forEach(event -> event.appendTo(ring));
        }

        Verdict from(S initial) {
            steps.push(step(NONE, initial));
            while (left > 0) {
                Step<S> step = steps.getFirst();
                Integer operation = step.next().poll();
                if (operation == null) {
                    noteIfLongest(step);
                    takeBack(step);
                    if (steps.isEmpty()) {
                        return new Verdict.Violated(explained);
                    }
                    continue;
                }
                S after = operations.get(operation).effect().on(step.state());
                if (after == null) {
                    continue;
                }
                place(operation);
                if (!isNew(after)) {
                    unplace(operation);
                    continue;
                }
                if (configurations > MAX_CONFIGURATIONS) {
                    noteIfLongest(step);
                    return new Verdict.Undecided(explained);
                }
                steps.push(step(operation, after));
            }
            return new Verdict.Linearizable();
        }

        /** Whether nothing was seen that explains as much with as few of the unanswered. */
        private boolean isNew(S state) {
            List<BitSet> before =
                    seen.computeIfAbsent(
                            new Configuration((BitSet) placed.clone(), state),
                            _ -> new ArrayList<>(1));
            for (BitSet fewer : before) {
                BitSet more = (BitSet) fewer.clone();
                more.andNot(used);
                if (more.isEmpty()) {
                    return false;
                }
            }
            before.add((BitSet) used.clone());
            configurations++;
            return true;
        }

        private Step<S> step(int operation, S state) {
            List<Integer> reads = placeReads(state);
            return new Step<>(operation, state, reads, candidates());
        }

        /** Puts in place what changes nothing, fits, and may come now. */
        private List<Integer> placeReads(S state) {
            List<Integer> reads = new ArrayList<>();
            Event event = ring.after;
            while (event.begins) {
                Event before = event.before;
                Operation<S> operation = operations.get(event.operation);
                if (operation.changesNothing() && operation.effect().on(state) != null) {
                    place(event.operation);
                    reads.add(event.operation);
                    event = before.after;
                } else {
                    event = event.after;
                }
            }
            return reads;
        }

        /**
         * What may come now: it began before the first end. Those without an answer come last,
         * since most histories are explained without most of them.
         */
        private Deque<Integer> candidates() {
            Deque<Integer> candidates = new ArrayDeque<>();
            Event event = ring.after;
            for (; event.begins; event = event.after) {
                if (!operations.get(event.operation).changesNothing()) {
                    candidates.add(event.operation);
                }
            }
            // Nothing ends any more at the ring: then it has been explained.
            long first = event == ring ? Long.MIN_VALUE : event.time;
            Set<String> tried = new HashSet<>();
            for (int i : unanswered) {
                Operation<S> operation = operations.get(i);
                if (operation.invoked() > first) {
                    break;
                }
                if (!used.get(i) && tried.add(operation.what())) {
                    candidates.add(i);
                }
            }
            return candidates;
        }

        private void place(int operation) {
            Event begin = begins.get(operation);
            Event end = ends.get(operation);
            if (begin == null || end == null) {
                used.set(operation);
                return;
            }
            placed.set(operation);
            begin.takeOut();
            end.takeOut();
            left--;
        }

        private void unplace(int operation) {
            Event begin = begins.get(operation);
            Event end = ends.get(operation);
            if (begin == null || end == null) {
                used.clear(operation);
                return;
            }
            placed.clear(operation);
            end.putBack();
            begin.putBack();
            left++;
        }

        private void takeBack(Step<S> step) {
            step.reads().reversed().forEach(this::unplace);
            if (step.operation() != NONE) {
                unplace(step.operation());
            }
            steps.pop();
        }

        /** Remembers how far the longest order came, in words, and what it stopped at. */
        private void noteIfLongest(Step<S> step) {
            int length = placed.cardinality() + used.cardinality();
            if (length <= longest) {
                return;
            }
            longest = length;
            long since = operations.getFirst().invoked();
            List<Integer> order = new ArrayList<>();
            for (Step<S> each : steps) { // from the last to the first
                order.addAll(each.reads().reversed());
                if (each.operation() != NONE) {
                    order.add(each.operation());
                }
                if (order.size() > SHOWN) {
                    break;
                }
            }
            StringBuilder text = new StringBuilder();
            text.append(
                    "%d of %d operations can be put in an order. It ends so, the latest last:\n"
                            .formatted(length, operations.size()));
            order.stream()
                    .limit(SHOWN)
                    .toList()
                    .reversed()
                    .forEach(i -> text.append(line(i, since)));
            text.append(
                    "Then the object is: %s. What may come next, of which no order explains all:\n"
                            .formatted(step.state()));
            Event event = ring.after;
            for (; event.begins; event = event.after) {
                text.append(line(event.operation, since));
            }
            if (event != ring) {
                text.append("The first of them to end is:\n");
                text.append(line(event.operation, since));
            }
            text.append("Never answered and not needed so far:\n");
            unanswered.stream().filter(i -> !used.get(i)).forEach(i -> text.append(line(i, since)));
            explained = text.toString();
        }

        private String line(int operation, long since) {
            return "  " + operations.get(operation).text(since) + "\n";
        }
    }
}
