package trent.generator;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One record for each structure: its components, its builder, how it is written. */
final class Structures {

    /** With more components than this, a call of the constructor cannot be read. */
    private static final int MAX_WITHOUT_BUILDER = 3;

    private static final String NULLABLE = "@Nullable ";

    private final String javaPackage;
    private final Service.Protocol protocol;
    private final Set<Shape.Structure> read;
    private final Set<Shape.Structure> written;

    Structures(String javaPackage, Model model) {
        this.javaPackage = javaPackage;
        this.protocol = model.protocol();
        this.read = model.read();
        this.written = model.written();
    }

    String source(Shape.Structure structure) {
        String components =
                structure.members().stream()
                        .map(member -> type(structure, member) + " " + member.component())
                        .collect(Collectors.joining(",\n"));
        StringBuilder parts = new StringBuilder();
        if (read.contains(structure)) {
            parts.append(Readers.patterns(structure));
        }
        if (structure.members().size() > MAX_WITHOUT_BUILDER) {
            parts.append(
                    """

                    /** Sets the members by name. */
                    public static Builder builder() {
                        return new Builder();
                    }
                    """);
        }
        if (read.contains(structure)) {
            parts.append(new Readers(structure, this, protocol).source());
        }
        if (written.contains(structure)) {
            parts.append(
                    switch (protocol) {
                        case JSON -> writer(structure);
                        case QUERY -> XmlWriters.source(structure, this);
                    });
        }
        if (structure.members().stream().anyMatch(member -> isSecretText(member.shape()))) {
            parts.append(printer(structure));
        }
        if (structure.members().size() > MAX_WITHOUT_BUILDER) {
            parts.append(builder(structure));
        }
        return Source.of(
                javaPackage,
                """
                /** The structure {@code %1$s}. */
                @Generated("trent.generator.Generator")
                public record %1$s(%2$s) {
                %3$s}
                """
                        .formatted(
                                structure.name(),
                                components.isEmpty()
                                        ? ""
                                        : "\n" + Source.indent(2, components).stripTrailing(),
                                Source.indent(1, parts.toString())));
    }

    /** The names of all members that answers write, encoded once. */
    String memberNames() {
        Set<String> names = new TreeSet<>();
        written.forEach(
                structure -> structure.members().forEach(member -> names.add(member.wireName())));
        String constants =
                names.stream()
                        .map(
                                name ->
                                        "static final SerializedString %s = new SerializedString(%s);"
                                                .formatted(
                                                        Names.constant(name), Names.literal(name)))
                        .collect(Collectors.joining("\n"));
        return Source.of(
                javaPackage,
                """
                /** The members' names as answers write them, encoded once. */
                @Generated("trent.generator.Generator")
                final class MemberNames {

                %s
                    private MemberNames() {}
                }
                """
                        .formatted(Source.indent(1, constants)));
    }

    /** A member's type in its record, with {@code @Nullable} where it may be absent. */
    String type(Shape.Structure structure, Shape.Member member) {
        boolean primitive = member.shape() instanceof Shape.Bool && !isNullable(structure, member);
        return (isNullable(structure, member) ? NULLABLE : "")
                + (primitive ? "boolean" : javaType(member.shape()));
    }

    /** In requests, an absent boolean is false and an absent list is empty. */
    boolean isNullable(Shape.Structure structure, Shape.Member member) {
        if (member.required()) {
            return false;
        }
        return switch (member.shape()) {
            case Shape.Bool(_, boolean nullable) -> nullable && written.contains(structure);
            case Shape.Many _, Shape.Pairs _ -> written.contains(structure);
            default -> true;
        };
    }

    static String javaType(Shape shape) {
        return switch (shape) {
            case Shape.Text _ -> "String";
            case Shape.Words words -> words.name();
            case Shape.Whole _ -> "Integer";
            case Shape.Bool _ -> "Boolean";
            case Shape.Time _ -> "Instant";
            case Shape.Bytes _ -> "Blob";
            case Shape.Many many -> "List<" + javaType(many.element()) + ">";
            case Shape.Pairs pairs ->
                    "Map<%s, %s>".formatted(javaType(pairs.key()), javaType(pairs.value()));
            case Shape.Structure structure -> structure.name();
        };
    }

    static boolean isSecretText(Shape shape) {
        return shape instanceof Shape.Text text && text.sensitive();
    }

    private String writer(Shape.Structure structure) {
        String members =
                structure.members().stream()
                        .map(
                                member -> {
                                    String write =
                                            "json.writeFieldName(MemberNames.%s);\n%s"
                                                    .formatted(
                                                            Names.constant(member.wireName()),
                                                            write(
                                                                    member.shape(),
                                                                    member.component(),
                                                                    0));
                                    return isNullable(structure, member)
                                            ? "if (%s != null) {\n%s}\n"
                                                    .formatted(
                                                            member.component(),
                                                            Source.indent(1, write))
                                            : write;
                                })
                        .collect(Collectors.joining());
        return """

                /** Writes the members that are present. */
                public void write(JsonGenerator json) throws IOException {
                    json.writeStartObject();
                %s    json.writeEndObject();
                }
                """
                .formatted(Source.indent(1, members));
    }

    private static String write(Shape shape, String value, int depth) {
        return switch (shape) {
            case Shape.Text _ -> "json.writeString(%s);\n".formatted(value);
            case Shape.Words _ -> "json.writeString(%s.wire());\n".formatted(value);
            case Shape.Whole _ -> "json.writeNumber(%s);\n".formatted(value);
            case Shape.Bool _ -> "json.writeBoolean(%s);\n".formatted(value);
            case Shape.Time _ ->
                    "json.writeNumber(BigDecimal.valueOf(%s.toEpochMilli(), 3));\n"
                            .formatted(value);
            case Shape.Bytes _ -> "json.writeBinary(%s.bytes());\n".formatted(value);
            case Shape.Structure _ -> "%s.write(json);\n".formatted(value);
            case Shape.Pairs pairs when !pairs.ofAnyStrings() ->
                    throw new IllegalStateException("no such map in an answer: " + pairs);
            case Shape.Pairs _ ->
                    """
                    json.writeStartObject();
                    for (Map.Entry<String, String> pair : %s.entrySet()) {
                        json.writeStringField(pair.getKey(), pair.getValue());
                    }
                    json.writeEndObject();
                    """
                            .formatted(value);
            case Shape.Many many ->
                    """
                    json.writeStartArray();
                    for (%s element%d : %s) {
                    %s}
                    json.writeEndArray();
                    """
                            .formatted(
                                    javaType(many.element()),
                                    depth,
                                    value,
                                    Source.indent(
                                            1,
                                            write(many.element(), "element" + depth, depth + 1)));
        };
    }

    private static String printer(Shape.Structure structure) {
        String values =
                structure.members().stream()
                        .map(
                                member ->
                                        isSecretText(member.shape())
                                                ? Names.literal(member.component() + "=***")
                                                : Names.literal(member.component() + "=")
                                                        + " + "
                                                        + member.component())
                        .collect(Collectors.joining(" + \", \"\n        + "));
        return """

                /** Without what must not be seen. */
                @Override
                public String toString() {
                    return "%s["
                            + %s
                            + "]";
                }
                """
                .formatted(structure.name(), values.replace("\n", "\n            "));
    }

    private String builder(Shape.Structure structure) {
        String fields =
                structure.members().stream()
                        .map(
                                member ->
                                        "private %s %s%s;\n"
                                                .formatted(
                                                        fieldType(structure, member),
                                                        member.component(),
                                                        initial(structure, member)))
                        .collect(Collectors.joining());
        String setters =
                structure.members().stream()
                        .map(
                                member ->
                                        """

                        public Builder %1$s(%2$s %1$s) {
                            this.%1$s = %1$s;
                            return this;
                        }
                        """
                                                .formatted(
                                                        member.component(),
                                                        type(structure, member)))
                        .collect(Collectors.joining());
        String arguments =
                structure.members().stream()
                        .map(
                                member ->
                                        member.required()
                                                ? "Objects.requireNonNull(%1$s, \"%1$s\")"
                                                        .formatted(member.component())
                                                : member.component())
                        .collect(Collectors.joining(",\n"));
        return """

                /** Collects the members; what is not set is absent. */
                public static final class Builder {

                %s
                    private Builder() {}
                %s
                    /** Throws a NullPointerException if a required member is not set. */
                    public %s build() {
                        return new %s(
                %s);
                    }
                }
                """
                .formatted(
                        Source.indent(1, fields),
                        Source.indent(1, setters),
                        structure.name(),
                        structure.name(),
                        Source.indent(4, arguments).stripTrailing());
    }

    private String fieldType(Shape.Structure structure, Shape.Member member) {
        return (member.required() ? NULLABLE : "") + type(structure, member);
    }

    private String initial(Shape.Structure structure, Shape.Member member) {
        if (member.required() || isNullable(structure, member)) {
            return "";
        }
        return switch (member.shape()) {
            case Shape.Many _ -> " = List.of()";
            case Shape.Pairs _ -> " = Map.of()";
            default -> "";
        };
    }

    static List<Shape.Member> patterned(Shape.Structure structure) {
        return structure.members().stream()
                .filter(member -> pattern(member) != null && !Readers.ASCII.equals(pattern(member)))
                .toList();
    }

    /** That of a text, or of each text of a list. */
    static @Nullable String pattern(Shape.Member member) {
        Shape shape = member.shape() instanceof Shape.Many many ? many.element() : member.shape();
        return shape instanceof Shape.Text text ? text.pattern() : null;
    }
}
