package trent.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import trent.api.KmsOperation;
import trent.api.UnsupportedOperationException;
import trent.api.iam.IamOperation;
import trent.api.query.QueryOperation;
import trent.api.query.XmlOut;
import trent.api.sts.StsOperation;
import trent.call.Operation;
import trent.explain.Question;

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
    sealed interface Route<I, O> {

        Service service();

        /** The operation as records name it. */
        String recorded();

        Operation<I, O> code();

        boolean aside();

        /** The answer as the service writes it. */
        Answer answer(O output, String requestId);
    }

    /** An operation whose requests are JSON, signed for KMS. */
    sealed interface JsonRoute<I, O> extends Route<I, O> {

        /** Reads a request. */
        I read(byte[] body, int offset, int length);

        @Override
        default Service service() {
            return Service.KMS;
        }
    }

    /** An operation that AWS does not have: all of them run aside. */
    record OwnRoute<I, O>(OwnOperation<I, O> operation, Operation<I, O> code)
            implements JsonRoute<I, O> {

        @Override
        public I read(byte[] body, int offset, int length) {
            return operation.reader().read(body, offset, length);
        }

        @Override
        public String recorded() {
            return OwnOperation.TARGET_PREFIX + operation.name();
        }

        @Override
        public boolean aside() {
            return true;
        }

        @Override
        public Answer answer(O output, String requestId) {
            return Answer.of(operation, output);
        }
    }

    /** An operation of KMS. */
    record KmsRoute<I, O>(KmsOperation<I, O> operation, Operation<I, O> code, boolean aside)
            implements JsonRoute<I, O> {

        private static <I, O> KmsRoute<I, O> unbuilt(KmsOperation<I, O> operation) {
            return new KmsRoute<>(
                    operation,
                    (_, _) -> {
                        throw new UnsupportedOperationException(
                                operation.name() + " is not supported yet.");
                    },
                    false);
        }

        @Override
        public I read(byte[] body, int offset, int length) {
            return operation.read(body, offset, length);
        }

        @Override
        public String recorded() {
            return operation.name();
        }

        @Override
        public Answer answer(O output, String requestId) {
            return Answer.of(operation, output);
        }
    }

    /** An operation of a service that speaks AWS Query: all of them run aside. */
    record QueryRoute<I, O>(
            Service service, QueryOperation<I, O> operation, String recorded, Operation<I, O> code)
            implements Route<I, O> {

        @Override
        public boolean aside() {
            return true;
        }

        @Override
        public Answer answer(O output, String requestId) {
            XmlOut xml = new XmlOut();
            operation.write(output, requestId, xml);
            return Answer.xml(200, null, xml);
        }
    }

    private final KmsRoute<?, ?>[] byOrdinal = new KmsRoute<?, ?>[KmsOperation.all().size()];
    private final Map<String, OwnRoute<?, ?>> own = new HashMap<>();
    private final Map<String, QueryRoute<?, ?>> iam = new HashMap<>();
    private final Map<String, QueryRoute<?, ?>> sts = new HashMap<>();

    /** Routes that refuse every operation of KMS as not supported, and know no other. */
    public Routes() {
        for (KmsOperation<?, ?> operation : KmsOperation.all()) {
            byOrdinal[operation.ordinal()] = KmsRoute.unbuilt(operation);
        }
    }

    /** The names under which calls are recorded, of all operations that there can be. */
    public static List<String> recordedNames() {
        List<String> names = new ArrayList<>();
        KmsOperation.all().forEach(each -> names.add(Service.KMS.recorded(each.name())));
        IamOperation.all().forEach(each -> names.add(Service.IAM.recorded(each.name())));
        StsOperation.all().forEach(each -> names.add(Service.STS.recorded(each.name())));
        names.add(OwnOperation.TARGET_PREFIX + ExplainJson.EXPLAIN.name());
        return names;
    }

    /** Answers on the event loop, or aside where it turns out that it must wait. */
    public <I, O> Routes here(KmsOperation<I, O> operation, Operation<I, O> code) {
        return put(operation, code, Place.HERE);
    }

    /** Answers on a thread of its own. */
    public <I, O> Routes aside(KmsOperation<I, O> operation, Operation<I, O> code) {
        return put(operation, code, Place.ASIDE);
    }

    /** Answers on a thread of its own. */
    public <I, O> Routes aside(IamOperation<I, O> operation, Operation<I, O> code) {
        return put(iam, Service.IAM, operation, code);
    }

    /** Answers on a thread of its own. */
    public <I, O> Routes aside(StsOperation<I, O> operation, Operation<I, O> code) {
        return put(sts, Service.STS, operation, code);
    }

    /** Answers {@code trent explain}, on a thread of its own. */
    public Routes explain(Operation<Question, trent.explain.Answer> code) {
        own.put(ExplainJson.EXPLAIN.name(), new OwnRoute<>(ExplainJson.EXPLAIN, code));
        return this;
    }

    /** Puts other code around that which answers an operation so far, at the same place. */
    public <I, O> Routes around(
            KmsOperation<I, O> operation, UnaryOperator<Operation<I, O>> wrapper) {
        @SuppressWarnings("unchecked") // as it was put
        KmsRoute<I, O> route = (KmsRoute<I, O>) of(operation);
        byOrdinal[operation.ordinal()] =
                new KmsRoute<>(operation, wrapper.apply(route.code()), route.aside());
        return this;
    }

    /** Whether an operation is answered on a thread of its own. */
    public boolean aside(KmsOperation<?, ?> operation) {
        return of(operation).aside();
    }

    /** The code that answers an operation. */
    public Operation<?, ?> code(KmsOperation<?, ?> operation) {
        return of(operation).code();
    }

    /** The code that answers an operation, which there is here. */
    public Operation<?, ?> code(IamOperation<?, ?> operation) {
        return Objects.requireNonNull(iam.get(operation.name()), operation.name()).code();
    }

    KmsRoute<?, ?> of(KmsOperation<?, ?> operation) {
        return byOrdinal[operation.ordinal()];
    }

    /** The operation of our own with this name; null if there is none. */
    @Nullable OwnRoute<?, ?> ofOwn(String name) {
        return own.get(name);
    }

    /** Null if the service has no such operation here; case matters. */
    @Nullable QueryRoute<?, ?> of(Service service, String operation) {
        return switch (service) {
            case IAM -> iam.get(operation);
            case STS -> sts.get(operation);
            case KMS -> null;
        };
    }

    private <I, O> Routes put(KmsOperation<I, O> operation, Operation<I, O> code, Place place) {
        byOrdinal[operation.ordinal()] = new KmsRoute<>(operation, code, place == Place.ASIDE);
        return this;
    }

    private <I, O> Routes put(
            Map<String, QueryRoute<?, ?>> routes,
            Service service,
            QueryOperation<I, O> operation,
            Operation<I, O> code) {
        routes.put(
                operation.name(),
                new QueryRoute<>(service, operation, service.recorded(operation.name()), code));
        return this;
    }
}
