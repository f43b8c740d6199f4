package trent.generator;

import java.util.stream.Collectors;

/** How a structure is written as XML: one element for each member that is present. */
final class XmlWriters {

    private XmlWriters() {}

    static String source(Shape.Structure structure, Structures structures) {
        String members =
                structure.members().stream()
                        .map(
                                member -> {
                                    String write =
                                            write(
                                                    member.shape(),
                                                    Names.literal(member.wireName()),
                                                    member.component());
                                    return structures.isNullable(structure, member)
                                            ? "if (%s != null) {\n%s}\n"
                                                    .formatted(
                                                            member.component(),
                                                            Source.indent(1, write))
                                            : write;
                                })
                        .collect(Collectors.joining());
        return """

                /** Writes the members that are present. */
                void write(XmlOut xml) {
                %s}
                """
                .formatted(Source.indent(1, members));
    }

    private static String write(Shape shape, String element, String value) {
        return switch (shape) {
            case Shape.Text _ -> "xml.string(%s, %s);\n".formatted(element, value);
            case Shape.Words _ -> "xml.string(%s, %s.wire());\n".formatted(element, value);
            case Shape.Whole _ -> "xml.whole(%s, %s);\n".formatted(element, value);
            case Shape.Bool _ -> "xml.bool(%s, %s);\n".formatted(element, value);
            case Shape.Time _ -> "xml.time(%s, %s);\n".formatted(element, value);
            case Shape.Bytes _ -> "xml.blob(%s, %s);\n".formatted(element, value);
            case Shape.Structure _ -> within(element, value + ".write(xml);\n");
            case Shape.Many many ->
                    within(
                            element,
                            """
                            for (%s member : %s) {
                            %s}
                            """
                                    .formatted(
                                            Structures.javaType(many.element()),
                                            value,
                                            Source.indent(
                                                    1,
                                                    write(
                                                            many.element(),
                                                            "\"member\"",
                                                            "member"))));
            case Shape.Pairs pairs ->
                    within(
                            element,
                            """
                            for (Map.Entry<%s, %s> entry : %s.entrySet()) {
                                xml.start("entry");
                            %s    xml.end("entry");
                            }
                            """
                                    .formatted(
                                            Structures.javaType(pairs.key()),
                                            Structures.javaType(pairs.value()),
                                            value,
                                            Source.indent(
                                                    1,
                                                    write(pairs.key(), "\"key\"", "entry.getKey()")
                                                            + write(
                                                                    pairs.value(),
                                                                    "\"value\"",
                                                                    "entry.getValue()"))));
        };
    }

    private static String within(String element, String content) {
        return "xml.start(%1$s);\n%2$sxml.end(%1$s);\n".formatted(element, content);
    }
}
