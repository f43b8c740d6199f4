package trent.wire.signature;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The header lines of one request, in the order received. Looked through from the start each time:
 * for a dozen short lines that is faster than a map, and keeps repeated lines in order.
 */
final class Headers implements BiConsumer<String, String> {

    private static final String HOST = "host";
    private static final String AUTHORITY = ":authority";
    private static final String TARGET = "x-amz-target";

    private final List<String> names = new ArrayList<>(16);
    private final List<String> values = new ArrayList<>(16);

    static Headers of(SignedRequest request) {
        Headers headers = new Headers();
        request.forEachHeader(headers);
        return headers;
    }

    @Override
    public void accept(String name, String value) {
        names.add(name);
        values.add(value);
    }

    /** The value of a header, lines of the same name joined with a comma; null if it is absent. */
    @Nullable String value(String name) {
        String joined = null;
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                joined = joined == null ? values.get(i) : joined + "," + values.get(i);
            }
        }
        return joined;
    }

    /** Writes the canonical value: each line's, without needless spaces, joined with commas. */
    void writeCanonical(String name, Bytes out) {
        boolean first = true;
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                if (!first) {
                    out.append(',');
                }
                out.appendFolded(values.get(i));
                first = false;
            }
        }
    }

    /**
     * The first header that must be signed and is not, named as it was sent; null if there is none.
     * Without the host a request could be sent elsewhere, without its target or date be used again
     * for another operation or at another time. Of other headers that are not signed nothing is
     * taken, so whoever adds them, such as a proxy, does no harm.
     *
     * @param date the header that the date was taken from; null if it was none
     */
    @Nullable String firstUnsigned(SignedHeaders signed, @Nullable String date) {
        boolean hostSigned =
                signed.contains(HOST) || (signed.contains(AUTHORITY) && sent(AUTHORITY) != null);
        if (!hostSigned) {
            return "Host";
        }
        String target = sent(TARGET);
        if (target != null && !signed.contains(TARGET)) {
            return target;
        }
        return date == null || signed.contains(date) ? null : sent(date);
    }

    /** The name of a header as it was sent; null if it is absent. */
    private @Nullable String sent(String name) {
        for (String sent : names) {
            if (sent.equalsIgnoreCase(name)) {
                return sent;
            }
        }
        return null;
    }
}
