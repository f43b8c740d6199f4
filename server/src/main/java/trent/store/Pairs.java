package trent.store;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pairs of texts in one column: names and values in turn, each after its length and a colon. */
final class Pairs {

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
        return text.toString();
    }

    static @Nullable Map<String, String> read(@Nullable String text) {
        if (text == null) {
            return null;
        }
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
