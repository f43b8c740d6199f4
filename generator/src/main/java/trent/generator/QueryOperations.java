package trent.generator;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The table of operations of a service that speaks AWS Query. */
final class QueryOperations {

    private QueryOperations() {}

    static String source(Service service, Model model) {
        return Source.of(
                service.javaPackage(),
                """
                /**
                 * An operation of the API: its name, how its request is read and how its answer is written.
                 *
                 * @param <I> its request
                 * @param <O> its answer; {@link Empty} if it has no output
                 */
                @Generated("trent.generator.Generator")
                public final class %1$s<I, O> implements QueryOperation<I, O> {

                    public static final String VERSION = %2$s;

                    public static final String NAMESPACE = %3$s;

                %4$s
                    private static final List<%1$s<?, ?>> ALL = List.of(
                %5$s);

                    private final int ordinal;
                    private final String name;
                    private final QueryIn.StructureReader<I> reader;
                    private final @Nullable Writer<O> writer;

                    @FunctionalInterface
                    private interface Writer<O> {
                        void write(O output, XmlOut xml);
                    }

                    private %1$s(
                            int ordinal, String name, QueryIn.StructureReader<I> reader, @Nullable Writer<O> writer) {
                        this.ordinal = ordinal;
                        this.name = name;
                        this.reader = reader;
                        this.writer = writer;
                    }

                    /** All of them, in the order of their ordinals. */
                    public static List<%1$s<?, ?>> all() {
                        return ALL;
                    }

                    /** Null if there is no such operation here; case matters. */
                    public static @Nullable %1$s<?, ?> byName(String name) {
                        return switch (name) {
                %6$s            default -> null;
                        };
                    }

                    @Override
                    public String name() {
                        return name;
                    }

                    @Override
                    public int ordinal() {
                        return ordinal;
                    }

                    @Override
                    public String namespace() {
                        return NAMESPACE;
                    }

                    @Override
                    public I read(QueryIn in) {
                        return in.request(reader, %7$s);
                    }

                    @Override
                    public void writeResult(O output, XmlOut xml) {
                        if (writer != null) {
                            xml.start(name + "Result");
                            writer.write(output, xml);
                            xml.end(name + "Result");
                        }
                    }

                    @Override
                    public String toString() {
                        return name;
                    }
                }
                """
                        .formatted(
                                service.operationType(),
                                Names.literal(model.apiVersion()),
                                Names.literal(model.namespace()),
                                IntStream.range(0, model.operations().size())
                                        .mapToObj(
                                                ordinal ->
                                                        Operations.constant(
                                                                service,
                                                                ordinal,
                                                                model.operations().get(ordinal)))
                                        .collect(Collectors.joining("\n")),
                                Operations.names(model.operations()),
                                Operations.cases(model.operations()),
                                model.valuesHidden()
                                        ? "Violations.withoutValues()"
                                        : "new Violations()"));
    }
}
