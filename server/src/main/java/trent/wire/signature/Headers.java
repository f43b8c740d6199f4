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

    private static final String AMZ = "x-amz-";

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
     * The first header that is there, must be signed and is not; null if there is none. Were {@code
     * x-amz-target} not signed, a signature could be used again for another operation.
     */
    @Nullable String firstUnsigned(SignedHeaders signed) {
        for (String name : names) {
            if (mustBeSigned(name) && !signed.contains(name)) {
                return name;
            }
        }
        return null;
    }

    private static boolean mustBeSigned(String name) {
        return name.regionMatches(true, 0, AMZ, 0, AMZ.length())
                || name.equalsIgnoreCase("content-type");
    }
}
