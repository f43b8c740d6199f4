package trent.generator;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The table of operations. */
final class Operations {

    private Operations() {}

    static String source(Service service, List<Model.Operation> operations) {
        return Source.of(
                service.javaPackage(),
                """
                /**
                 * An operation of the API: its name, how its request is read and how its answer is written.
                 *
                 * @param <I> its request
                 * @param <O> its answer; {@link Empty} if the reply's body is empty
                 */
                @Generated("trent.generator.Generator")
                public final class KmsOperation<I, O> {

                %s
                    private static final List<KmsOperation<?, ?>> ALL = List.of(
                %s);

                    private final int ordinal;
                    private final String name;
                    private final JsonIn.StructureReader<I> reader;
                    private final @Nullable Writer<O> writer;

                    @FunctionalInterface
                    private interface Writer<O> {
                        void write(O output, JsonGenerator json) throws IOException;
                    }

                    private KmsOperation(
                            int ordinal, String name, JsonIn.StructureReader<I> reader, @Nullable Writer<O> writer) {
                        this.ordinal = ordinal;
                        this.name = name;
                        this.reader = reader;
                        this.writer = writer;
                    }

                    /** All of them, in the order of their ordinals. */
                    public static List<KmsOperation<?, ?>> all() {
                        return ALL;
                    }

                    /** Null if there is no such operation; case matters. */
                    public static @Nullable KmsOperation<?, ?> byName(String name) {
                        return switch (name) {
                %s            default -> null;
                        };
                    }

                    /** As the target names it, such as {@code CreateKey}. */
                    public String name() {
                        return name;
                    }

                    /** From 0, without gaps. */
                    public int ordinal() {
                        return ordinal;
                    }

                    /**
                     * Reads a request.
                     *
                     * @throws SerializationException if the body is not one JSON object of the right types
                     * @throws ValidationException if members violate their constraints
                     */
                    public I read(byte[] body, int offset, int length) {
                        return JsonIn.document(body, offset, length, reader);
                    }

                    /** False: the reply's body is empty. */
                    public boolean hasOutput() {
                        return writer != null;
                    }

                    /** Writes an answer; nothing if there is no output. */
                    public void write(O output, JsonGenerator json) throws IOException {
                        if (writer != null) {
                            writer.write(output, json);
                        }
                    }

                    @Override
                    public String toString() {
                        return name;
                    }
                }
                """
                        .formatted(
                                IntStream.range(0, operations.size())
                                        .mapToObj(
                                                ordinal ->
                                                        constant(
                                                                service,
                                                                ordinal,
                                                                operations.get(ordinal)))
                                        .collect(Collectors.joining("\n")),
                                names(operations),
                                cases(operations)));
    }

    static String names(List<Model.Operation> operations) {
        return Source.indent(
                        3,
                        operations.stream()
                                .map(operation -> Names.constant(operation.name()))
                                .collect(Collectors.joining(",\n")))
                .stripTrailing();
    }

    static String cases(List<Model.Operation> operations) {
        return Source.indent(
                3,
                operations.stream()
                        .map(
                                operation ->
                                        "case %s -> %s;"
                                                .formatted(
                                                        Names.literal(operation.name()),
                                                        Names.constant(operation.name())))
                        .collect(Collectors.joining("\n")));
    }

    static String constant(Service service, int ordinal, Model.Operation operation) {
        String input = operation.input().name();
        String output = operation.output() == null ? "Empty" : operation.output().name();
        String writer = operation.output() == null ? "null" : output + "::write";
        return Source.indent(
                1,
                """
                public static final %s<%s, %s> %s =
                        new %s<>(%d, %s, %s::read, %s);"""
                        .formatted(
                                service.operationType(),
                                input,
                                output,
                                Names.constant(operation.name()),
                                service.operationType(),
                                ordinal,
                                Names.literal(operation.name()),
                                input,
                                writer));
    }
}
