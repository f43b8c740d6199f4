package trent.generator;

import java.util.stream.Collectors;

/** One enum for each closed set of words. */
final class Enums {

    private Enums() {}

    static String source(String javaPackage, Shape.Words words) {
        String constants =
                words.accepted().stream()
                        .map(
                                value ->
                                        "%s(%s)"
                                                .formatted(
                                                        Names.constant(value),
                                                        Names.literal(value)))
                        .collect(Collectors.joining(",\n"));
        String cases =
                words.accepted().stream()
                        .map(
                                value ->
                                        "case %s -> %s;"
                                                .formatted(
                                                        Names.literal(value),
                                                        Names.constant(value)))
                        .collect(Collectors.joining("\n"));
        return Source.of(
                javaPackage,
                """
                /** The words of the shape {@code %1$s}. */
                @Generated("trent.generator.Generator")
                public enum %1$s {
                %2$s;

                    /** The set as a validation error prints it. */
                    static final String PRINTED = %3$s;

                    private final String wire;

                    %1$s(String wire) {
                        this.wire = wire;
                    }

                    /** The word as requests and answers write it. */
                    public String wire() {
                        return wire;
                    }

                    /** Null if there is no such word. */
                    public static @Nullable %1$s ofWire(String wire) {
                        return switch (wire) {
                %4$s            default -> null;
                        };
                    }
                }
                """
                        .formatted(
                                words.name(),
                                Source.indent(1, constants).stripTrailing(),
                                Names.literal(words.printed().toString()),
                                Source.indent(3, cases)));
    }
}
