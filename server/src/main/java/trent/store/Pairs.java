package trent.store;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pairs of texts in one column: names and values in turn, each after its length and a colon. With
 * U+0000 among them, which PostgreSQL's text cannot hold, all is written in another way.
 */
final class Pairs {

    /** First character of what is written without U+0000; otherwise a digit is the first. */
    private static final char ESCAPED = '!';

    private static final String NUL = "\u0000";
    private static final String ESCAPE = "\u0001";
    private static final String ESCAPED_ESCAPE = "\u0001\u0001";
    private static final String ESCAPED_NUL = "\u0001\u0002";

    private Pairs() {}

    static @Nullable String text(@Nullable Map<String, String> pairs) {
        if (pairs == null) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        pairs.forEach(
                (key, value) ->
                        text.append(key.length())
                                .append(':')
                                .append(key)
                                .append(value.length())
                                .append(':')
                                .append(value));
        return text.indexOf(NUL) < 0 ? text.toString() : escaped(text.toString());
    }

    private static String escaped(String text) {
        return ESCAPED + text.replace(ESCAPE, ESCAPED_ESCAPE).replace(NUL, ESCAPED_NUL);
    }

    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ESCAPE.charAt(0)) {
                i++;
                c = text.charAt(i) == ESCAPED_NUL.charAt(1) ? NUL.charAt(0) : c;
            }
            plain.append(c);
        }
        return plain.toString();
    }

    static @Nullable Map<String, String> read(@Nullable String written) {
        if (written == null) {
            return null;
        }
        boolean plain = written.isEmpty() || written.charAt(0) != ESCAPED;
        String text = plain ? written : unescaped(written);
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int at = 0; at < text.length(); ) {
            int key = text.indexOf(':', at) + 1;
            int keyEnd = key + Integer.parseInt(text, at, key - 1, 10);
            int value = text.indexOf(':', keyEnd) + 1;
            int valueEnd = value + Integer.parseInt(text, keyEnd, value - 1, 10);
            pairs.put(text.substring(key, keyEnd), text.substring(value, valueEnd));
            at = valueEnd;
        }
        return pairs;
    }
}
