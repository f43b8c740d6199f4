package trent.wire;

import java.util.function.UnaryOperator;
import trent.api.KmsOperation;
import trent.api.UnsupportedOperationException;
import trent.call.Operation;

/** Which code answers which operation, and where it runs. */
public final class Routes {

    /** Where an operation runs. */
    private enum Place {
        /** On the event loop: it takes microseconds, unless it must wait for the store. */
        HERE,
        /** On a thread of its own: it writes, or computes for long. */
        ASIDE
    }

    /** An operation and the code that answers it. */
    record Route<I, O>(KmsOperation<I, O> operation, Operation<I, O> code, boolean aside) {

        private static <I, O> Route<I, O> unbuilt(KmsOperation<I, O> operation) {
            return new Route<>(
                    operation,
                    (_, _) -> {
                        throw new UnsupportedOperationException(
                                operation.name() + " is not supported yet.");
                    },
                    false);
        }
    }

    private final Route<?, ?>[] byOrdinal = new Route<?, ?>[KmsOperation.all().size()];

    /** Routes that refuse every operation as not supported. */
    public Routes() {
        for (KmsOperation<?, ?> operation : KmsOperation.all()) {
            byOrdinal[operation.ordinal()] = Route.unbuilt(operation);
        }
    }

    /** Answers on the event loop, or aside where it turns out that it must wait. */
    public <I, O> Routes here(KmsOperation<I, O> operation, Operation<I, O> code) {
        return put(operation, code, Place.HERE);
    }

    /** Answers on a thread of its own. */
    public <I, O> Routes aside(KmsOperation<I, O> operation, Operation<I, O> code) {
        return put(operation, code, Place.ASIDE);
    }

    /** Puts other code around that which answers an operation so far, at the same place. */
    public <I, O> Routes around(
            KmsOperation<I, O> operation, UnaryOperator<Operation<I, O>> wrapper) {
        @SuppressWarnings("unchecked") // as it was put
        Route<I, O> route = (Route<I, O>) of(operation);
        byOrdinal[operation.ordinal()] =
                new Route<>(operation, wrapper.apply(route.code()), route.aside());
        return this;
    }

    /** The code that answers an operation. */
    public Operation<?, ?> code(KmsOperation<?, ?> operation) {
        return of(operation).code();
    }

    Route<?, ?> of(KmsOperation<?, ?> operation) {
        return byOrdinal[operation.ordinal()];
    }

    private <I, O> Routes put(KmsOperation<I, O> operation, Operation<I, O> code, Place place) {
        byOrdinal[operation.ordinal()] = new Route<>(operation, code, place == Place.ASIDE);
        return this;
    }
}
