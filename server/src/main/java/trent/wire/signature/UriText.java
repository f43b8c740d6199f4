package trent.wire.signature;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Path and query as they stand in a canonical request. Nearly every request has the path {@code /}
 * and no query, so only those are fast. Source: AWS IAM User Guide, "Create a signed AWS API
 * request"; RFC 3986, sections 2.1 and 5.2.4.
 */
final class UriText {

    /**
     * A query parameter, decoded: its chars stand for one byte each.
     *
     * @param value empty if there is no equal-sign
     */
    record Parameter(String name, String value) {
        @Override
        public String toString() {
            return name; // the value may be a session token
        }
    }

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private UriText() {}

    /** The path without empty, {@code .} and {@code ..} segments, not yet encoded. */
    static String normalized(String path) {
        if (path.startsWith("/") && !path.contains("//") && !path.contains("/.")) {
            return path;
        }
        List<String> kept = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..")) {
                if (!kept.isEmpty()) {
                    kept.removeLast();
                }
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.add(segment);
            }
        }
        String end = path.endsWith("/") && !kept.isEmpty() ? "/" : "";
        return "/" + String.join("/", kept) + end;
    }

    /** The path encoded once more than it was sent, but for its slashes. */
    static String canonicalPath(String path) {
        return path.equals("/") ? path : encoded(path, true);
    }

    /** The parameters of a query, in their order. */
    static List<Parameter> parameters(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return List.of();
        }
        List<Parameter> parameters = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equal = pair.indexOf('=');
                parameters.add(
                        equal < 0
                                ? new Parameter(decoded(pair), "")
                                : new Parameter(
                                        decoded(pair.substring(0, equal)),
                                        decoded(pair.substring(equal + 1))));
            }
        }
        return parameters;
    }

    /**
     * The parameters encoded, sorted by name and then by value; those called
     * {@code without} left out.
     */
    static String canonicalQuery(List<Parameter> parameters, @Nullable String without) {
        if (parameters.isEmpty()) {
            return "";
        }
        List<Parameter> encoded = new ArrayList<>();
        for (Parameter parameter : parameters) {
            if (!parameter.name().equals(without)) {
                encoded.add(
                        new Parameter(
                                encoded(parameter.name(), false),
                                encoded(parameter.value(), false)));
            }
        }
        // By name first: as one text, "Param-3=" would come before "Param=".
        Collections.sort(
                encoded, Comparator.comparing(Parameter::name).thenComparing(Parameter::value));
        StringBuilder query = new StringBuilder();
        for (Parameter parameter : encoded) {
            query.append(query.isEmpty() ? "" : "&")
                    .append(parameter.name())
                    .append('=')
                    .append(parameter.value());
        }
        return query.toString();
    }

    /** A plus stays a plus: only HTML forms mean a space by it. */
    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' && i + 2 < text.length()) {
                int high = Character.digit(text.charAt(i + 1), 16);
                int low = Character.digit(text.charAt(i + 2), 16);
                if (high >= 0 && low >= 0) {
                    c = (char) ((high << 4) | low);
                    i += 2;
                }
            }
            bytes[length++] = Bytes.byteOf(c);
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static String encoded(String text, boolean keepSlash) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isUnreserved(c) || (keepSlash && c == '/')) {
                encoded.append(c);
            } else {
                byte b = Bytes.byteOf(c);
                encoded.append('%').append(HEX[(b >> 4) & 0xf]).append(HEX[b & 0xf]);
            }
        }
        return encoded.toString();
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }
}
