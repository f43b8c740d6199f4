package trent.clients;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One call in the history of one object, and what its answer tells of the object.
 *
 * @param what the call and its answer. Two that were never answered and have the same words have
 *     the same effect
 * @param by who called whom
 * @param invoked nanoseconds, taken before the request was sent
 * @param returned taken when the answer was there; {@link #NEVER} without an answer: such a call
 *     may take effect at any time from its beginning on, once or not at all
 * @param changesNothing whether it leaves the object as it is, whatever that is
 */
record Operation<S>(
        String what,
        String by,
        long invoked,
        long returned,
        boolean changesNothing,
        Effect<S> effect) {

    static final long NEVER = Long.MAX_VALUE;

    /** What a call does to an object. */
    interface Effect<S> {

        /** The state after it; null if it cannot have had its answer in this state. */
        @Nullable S on(S state);
    }

    /** What its answer says is so at one moment between its beginning and its end. */
    static <S> Operation<S> read(
            String what, String by, long invoked, long returned, Predicate<S> said) {
        return new Operation<>(
                what, by, invoked, returned, true, state -> said.test(state) ? state : null);
    }

    /** A change that was acknowledged. */
    static <S> Operation<S> change(
            String what, String by, long invoked, long returned, Effect<S> effect) {
        return new Operation<>(what, by, invoked, returned, false, effect);
    }

    /** A change of which nobody knows whether it was made. */
    static <S> Operation<S> unknown(String what, String by, long invoked, Effect<S> effect) {
        return new Operation<>(what + " ?", by, invoked, NEVER, false, effect);
    }

    boolean answered() {
        return returned != NEVER;
    }

    /** In milliseconds since a moment: {@code 12.3-14.9 node 1: CreateAlias k2: made}. */
    String text(long since) {
        return "%10.3f - %10s  %s: %s"
                .formatted(
                        (invoked - since) / 1e6,
                        answered() ? "%.3f".formatted((returned - since) / 1e6) : "never",
                        by,
                        what);
    }
}
