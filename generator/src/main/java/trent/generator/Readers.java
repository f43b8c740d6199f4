package trent.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a structure is read: members come in any order and go into locals, then all constraints are
 * checked in the model's order. A member's raw value, before its check, has the suffix Raw.
 */
final class Readers {

    /** Checked without a regular expression, since every request names a key. */
    static final String ASCII = "^\\p{ASCII}+$";

    private final Shape.Structure structure;
    private final Structures structures;
    private final Service.Protocol protocol;

    Readers(Shape.Structure structure, Structures structures, Service.Protocol protocol) {
        this.structure = structure;
        this.structures = structures;
        this.protocol = protocol;
    }

    /** The compiled patterns, as constants. */
    static String patterns(Shape.Structure structure) {
        return Structures.patterned(structure).stream()
                .map(
                        member ->
                                "\nprivate static final Pattern %s =\n        Pattern.compile(%s);\n"
                                        .formatted(
                                                patternConstant(member),
                                                Names.literal(
                                                        Objects.requireNonNull(
                                                                Structures.pattern(member)))))
                .collect(Collectors.joining());
    }

    String source() {
        return switch (protocol) {
            case JSON -> fromJson();
            case QUERY -> fromQuery();
        };
    }

    private String fromQuery() {
        List<Shape.Member> members = structure.members();
        return """

                static @Nullable %1$s read(QueryIn in, Violations violations) {
                %2$s%3$s    if (!violations.isEmpty()) {
                        return null;
                    }
                    return new %1$s(
                %4$s);
                }
                """
                .formatted(
                        structure.name(),
                        Source.indent(
                                1,
                                members.stream().map(this::queried).collect(Collectors.joining())),
                        Source.indent(
                                1,
                                members.stream().map(this::checks).collect(Collectors.joining())),
                        arguments(members));
    }

    /** A member as a parameter gives it. */
    private String queried(Shape.Member member) {
        String type = local(member).lines().findFirst().orElseThrow().replaceAll(" = .*", "");
        String wire = Names.literal(member.wireName());
        return switch (member.shape()) {
            case Shape.Text _, Shape.Words _ -> "%s = in.string(%s);\n".formatted(type, wire);
            case Shape.Whole _ -> "%s = in.integer(%s);\n".formatted(type, wire);
            case Shape.Bool _ -> "%s = in.bool(%s);\n".formatted(type, wire);
            case Shape.Many(_, Shape.Text _, _), Shape.Many(_, Shape.Words _, _) ->
                    "%s = in.strings(%s);\n".formatted(type, wire);
            case Shape.Many(_, Shape.Structure element, _) ->
                    """
                    Violations %1$sViolations = violations.nested();
                    %2$s = in.structures(%3$s, %4$s, %1$sViolations, %5$s::read);
                    """
                            .formatted(
                                    member.component(), type, wire, path(member), element.name());
            default -> throw new IllegalStateException("no such member in a query: " + member);
        };
    }

    private String fromJson() {
        List<Shape.Member> members = structure.members();
        return """

                static @Nullable %1$s read(JsonIn in, Violations violations) throws IOException {
                %2$s    for (String member = in.nextMember(); member != null; member = in.nextMember()) {
                        switch (member) {
                %3$s            default -> in.skip();
                        }
                    }
                %4$s    if (!violations.isEmpty()) {
                        return null;
                    }
                    return new %1$s(
                %5$s);
                }
                """
                .formatted(
                        structure.name(),
                        Source.indent(
                                1, members.stream().map(this::local).collect(Collectors.joining())),
                        Source.indent(
                                3,
                                members.stream().map(this::readCase).collect(Collectors.joining())),
                        Source.indent(
                                1,
                                members.stream().map(this::checks).collect(Collectors.joining())),
                        arguments(members));
    }

    private String arguments(List<Shape.Member> members) {
        return Source.indent(
                        3, members.stream().map(this::argument).collect(Collectors.joining(",\n")))
                .stripTrailing();
    }

    private String local(Shape.Member member) {
        String name = member.component();
        return switch (member.shape()) {
            case Shape.Bool _ -> "boolean %s = false;\n".formatted(name);
            case Shape.Words _ -> "String %sRaw = null;\n".formatted(name);
            case Shape.Whole _ -> "Long %sRaw = null;\n".formatted(name);
            case Shape.Many(_, Shape.Words _, _) -> "List<String> %sRaw = null;\n".formatted(name);
            case Shape.Many(_, Shape.Structure _, _), Shape.Structure _ ->
                    """
                    %s %s = null;
                    Violations %sViolations = null;
                    """
                            .formatted(Structures.javaType(member.shape()), name, name);
            default -> "%s %s = null;\n".formatted(Structures.javaType(member.shape()), name);
        };
    }

    private String readCase(Shape.Member member) {
        String name = member.component();
        String wire = Names.literal(member.wireName());
        return switch (member.shape()) {
            case Shape.Text _ -> "case %s -> %s = in.string();\n".formatted(wire, name);
            case Shape.Words _ -> "case %s -> %sRaw = in.string();\n".formatted(wire, name);
            case Shape.Whole _ -> "case %s -> %sRaw = in.integer();\n".formatted(wire, name);
            case Shape.Bool _ -> "case %s -> %s = in.bool();\n".formatted(wire, name);
            case Shape.Time _ -> "case %s -> %s = in.timestamp();\n".formatted(wire, name);
            case Shape.Bytes _ -> "case %s -> %s = in.blob();\n".formatted(wire, name);
            case Shape.Pairs pairs when !pairs.ofAnyStrings() ->
                    throw new IllegalStateException("no such map in a request: " + pairs);
            case Shape.Pairs _ -> "case %s -> %s = in.map();\n".formatted(wire, name);
            case Shape.Many(_, Shape.Text _, _) ->
                    "case %s -> %s = in.strings();\n".formatted(wire, name);
            case Shape.Many(_, Shape.Words _, _) ->
                    "case %s -> %sRaw = in.strings();\n".formatted(wire, name);
            case Shape.Many(_, Shape.Structure element, _) -> nested(member, "structures", element);
            case Shape.Structure nested -> nested(member, "structure", nested);
            case Shape.Many many ->
                    throw new IllegalStateException("no such list in a request: " + many);
        };
    }

    private static String nested(Shape.Member member, String method, Shape.Structure type) {
        return """
                case %1$s -> {
                    %2$sViolations = new Violations();
                    %2$s = in.%3$s(%4$s, %2$sViolations, %5$s::read);
                }
                """
                .formatted(
                        Names.literal(member.wireName()),
                        member.component(),
                        method,
                        Names.literal(member.path()),
                        type.name());
    }

    private String checks(Shape.Member member) {
        String raw = raw(member);
        String present =
                switch (member.shape()) {
                    case Shape.Text text -> textChecks(member, text);
                    case Shape.Words words ->
                            """
                    %1$s = %2$s.ofWire(%1$sRaw);
                    if (%1$s == null) {
                        violations.notInSet(%3$s, %1$sRaw, %2$s.PRINTED);
                    }
                    """
                                    .formatted(member.component(), words.name(), path(member));
                    case Shape.Whole(String name, var min, var max) -> {
                        if (min == null || max == null) {
                            // Without it, a number beyond 32 bits would have no error.
                            throw new IllegalStateException("an integer without bounds: " + name);
                        }
                        yield """
                    violations.range(%s, %s, %s, %s);
                    %s = %s.intValue();
                    """
                                .formatted(path(member), raw, min, max, member.component(), raw);
                    }
                    case Shape.Bytes(_, var size, _) when size != null ->
                            "violations.length(%s, null, %s.size(), %s);\n"
                                    .formatted(path(member), raw, bounds(size));
                    case Shape.Many many -> listChecks(member, many);
                    default -> "";
                };
        StringBuilder checks = new StringBuilder();
        switch (member.shape()) {
            case Shape.Words words ->
                    checks.append("%s %s = null;\n".formatted(words.name(), member.component()));
            case Shape.Whole _ ->
                    checks.append("Integer %s = null;\n".formatted(member.component()));
            case Shape.Many(_, Shape.Words element, _) ->
                    checks.append(
                            "List<%s> %s = List.of();\n"
                                    .formatted(element.name(), member.component()));
            default -> {}
        }
        @Nullable String missing = missingIf(member);
        if (missing != null) {
            checks.append(
                    "if (%s) {\n    violations.%s(%s);\n}\n"
                            .formatted(
                                    missing,
                                    isSensitive(member.shape()) ? "missingSensitive" : "missing",
                                    path(member)));
        }
        if (!present.isEmpty()) {
            checks.append("if (%s != null) {\n%s}\n".formatted(raw, Source.indent(1, present)));
        }
        if (hasNestedViolations(member)) {
            checks.append(
                    """
                    if (%1$sViolations != null) {
                        violations.within("", %1$sViolations);
                    }
                    """
                            .formatted(member.component()));
        }
        return checks.toString();
    }

    /** The condition under which the member is missed; null if it may always be absent. */
    private @Nullable String missingIf(Shape.Member member) {
        String absent = raw(member) + " == null";
        if (member.required()) {
            return member.shape() instanceof Shape.Structure
                    ? absent
                            + " && (%1$sViolations == null || %1$sViolations.isEmpty())"
                                    .formatted(member.component())
                    : absent;
        }
        Shape.Waiver waiver = structure.waiver();
        if (waiver != null && waiver.member().equals(member.wireName())) {
            return absent + " && !" + waived(waiver);
        }
        if (waiver != null && waiver.instead().equals(member.wireName())) {
            return absent + " && " + waived(waiver);
        }
        return null;
    }

    private String waived(Shape.Waiver waiver) {
        return "(%s && %sRaw != null && %sRaw.contains(%s))"
                .formatted(
                        component(waiver.flag()),
                        component(waiver.modifiers()),
                        component(waiver.modifiers()),
                        Names.literal(waiver.modifier()));
    }

    private String component(String wireName) {
        return structure.members().stream()
                .filter(member -> member.wireName().equals(wireName))
                .findFirst()
                .orElseThrow()
                .component();
    }

    private String textChecks(Shape.Member member, Shape.Text text) {
        String name = member.component();
        String shown = text.sensitive() ? "null" : name;
        StringBuilder checks = new StringBuilder();
        if (text.length() != null) {
            checks.append(
                    "violations.length(%s, %s, %s.length(), %s);\n"
                            .formatted(path(member), shown, name, bounds(text.length())));
        }
        if (text.pattern() == null) {
            checks.append("violations.noNull(%s, %s);\n".formatted(path(member), name));
        } else if (text.pattern().equals(ASCII)) {
            checks.append("violations.ascii(%s, %s);\n".formatted(path(member), name));
        } else {
            String check =
                    "violations.pattern(%s, %s, %s, %s);\n"
                            .formatted(path(member), shown, name, patternConstant(member));
            checks.append(
                    protocol == Service.Protocol.QUERY && text.length() != null
                            ? unlessTooLong(name, text.length(), check)
                            : check);
        }
        return checks.toString();
    }

    /** A pattern that repeats a group takes stack for each round, so length comes first. */
    private static String unlessTooLong(String value, Shape.Length length, String check) {
        return length.max() == Integer.MAX_VALUE
                ? check
                : "if (%s.length() <= %d) {\n%s}\n"
                        .formatted(value, length.max(), Source.indent(1, check));
    }

    private static String listChecks(Shape.Member member, Shape.Many many) {
        String raw = raw(member);
        String size =
                many.size() == null
                        ? ""
                        : (many.element() instanceof Shape.Structure
                                        ? "violations.length(%s, null, %s.size(), %s);\n"
                                        : "violations.length(%s, %s, %s);\n")
                                .formatted(path(member), raw, bounds(many.size()));
        return size
                + switch (many.element()) {
                    case Shape.Words words ->
                            "%s = violations.words(%s, %s, %s::ofWire, %s.PRINTED);\n"
                                    .formatted(
                                            member.component(),
                                            path(member),
                                            raw,
                                            words.name(),
                                            words.name());
                    case Shape.Text(_, var length, var pattern, boolean sensitive)
                            when length != null && !sensitive ->
                            """
                    for (String element : %1$s) {
                        if (element.length() < %2$d || element.length() > %3$d%6$s) {
                            violations.elements(%4$s, %1$s, %5$s);
                            break;
                        }
                    }
                    violations.noNull(%4$s, %1$s);
                    """
                                    .formatted(
                                            raw,
                                            length.min(),
                                            length.max(),
                                            path(member),
                                            Names.literal(inner(length, pattern).toString()),
                                            pattern == null
                                                    ? ""
                                                    : " || !%s.matcher(element).matches()"
                                                            .formatted(patternConstant(member)));
                    case Shape.Text(_, var length, var pattern, boolean sensitive)
                            when length == null && pattern == null && !sensitive ->
                            "violations.noNull(%s, %s);\n".formatted(path(member), raw);
                    case Shape.Structure _ -> "";
                    default ->
                            throw new IllegalStateException("no such list in a request: " + many);
                };
    }

    private static List<String> inner(Shape.Length length, @Nullable String pattern) {
        List<String> inner = new ArrayList<>();
        inner.add("Member must have length less than or equal to " + length.max());
        inner.add("Member must have length greater than or equal to " + length.min());
        if (pattern != null) {
            inner.add("Member must satisfy regular expression pattern: " + pattern);
        }
        return inner;
    }

    private String argument(Shape.Member member) {
        boolean defaulted = !member.required() && !structures.isNullable(structure, member);
        return switch (member.shape()) {
            case Shape.Many(_, Shape.Words _, _) -> member.component();
            case Shape.Many _ when defaulted ->
                    "%1$s == null ? List.of() : %1$s".formatted(member.component());
            case Shape.Pairs _ when defaulted ->
                    "%1$s == null ? Map.of() : %1$s".formatted(member.component());
            default -> member.component();
        };
    }

    private static boolean hasNestedViolations(Shape.Member member) {
        return member.shape() instanceof Shape.Structure
                || member.shape() instanceof Shape.Many(_, Shape.Structure _, _);
    }

    private static boolean isSensitive(Shape shape) {
        return switch (shape) {
            case Shape.Text text -> text.sensitive();
            case Shape.Bytes bytes -> bytes.sensitive();
            default -> false;
        };
    }

    /** The local that holds the member as it was read. */
    private static String raw(Shape.Member member) {
        return switch (member.shape()) {
            case Shape.Words _, Shape.Whole _, Shape.Many(_, Shape.Words _, _) ->
                    member.component() + "Raw";
            default -> member.component();
        };
    }

    private static String path(Shape.Member member) {
        return Names.literal(member.path());
    }

    private static String bounds(Shape.Length length) {
        return length.min()
                + ", "
                + (length.max() == Integer.MAX_VALUE ? "Integer.MAX_VALUE" : length.max());
    }

    private static String patternConstant(Shape.Member member) {
        return Names.constant(member.wireName()) + "_PATTERN";
    }
}
