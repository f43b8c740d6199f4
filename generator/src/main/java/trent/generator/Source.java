package trent.generator;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** One generated file: head, the imports that its body needs, body. */
final class Source {

    private static final List<String> IMPORTABLE =
            List.of(
                    "com.fasterxml.jackson.core.JsonGenerator",
                    "com.fasterxml.jackson.core.io.SerializedString",
                    "java.io.IOException",
                    "java.io.Serial",
                    "java.math.BigDecimal",
                    "java.time.Instant",
                    "java.util.ArrayList",
                    "java.util.List",
                    "java.util.Map",
                    "java.util.Objects",
                    "java.util.regex.Pattern",
                    "javax.annotation.processing.Generated",
                    "org.jspecify.annotations.Nullable",
                    "trent.api.Blob",
                    "trent.api.Empty",
                    "trent.api.ServiceException",
                    "trent.api.Violations",
                    "trent.api.query.QueryIn",
                    "trent.api.query.QueryOperation",
                    "trent.api.query.XmlOut");

    private Source() {}

    static String of(String javaPackage, String body) {
        SortedSet<String> imports = new TreeSet<>();
        for (String type : IMPORTABLE) {
            String simpleName = type.substring(type.lastIndexOf('.') + 1);
            boolean same = type.equals(javaPackage + "." + simpleName);
            if (!same && Pattern.compile("\\b" + simpleName + "\\b").matcher(body).find()) {
                imports.add("import " + type + ";\n");
            }
        }
        return """
                // Generated from the service model by trent.generator; changes made here are lost.
                package %s;

                %s
                %s"""
                .formatted(javaPackage, String.join("", imports), body);
    }

    /** Indents by {@code levels} of four blanks; an empty line stays empty. */
    static String indent(int levels, String lines) {
        return lines.indent(4 * levels).replaceAll("(?m)^ +$", "");
    }
}
