package trent.wire.signature;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import trent.api.InvalidSignatureException;

/** The names of the headers that a signature covers: in lower case and sorted. */
record SignedHeaders(List<String> names) {

    /** SDKs sign about ten. Each is looked for among all headers before we know who calls. */
    private static final int MAX_NAMES = 100;

    /** Reads {@code host;x-amz-date}: the order and case of the text do not matter. */
    static SignedHeaders of(String text) {
        List<String> names = new ArrayList<>(8);
        boolean sorted = true;
        String last = "";
        for (int from = 0; from < text.length(); ) {
            int semicolon = text.indexOf(';', from);
            int to = semicolon < 0 ? text.length() : semicolon;
            String name = text.substring(from, to).toLowerCase(Locale.ROOT);
            sorted &= last.compareTo(name) <= 0;
            names.add(name);
            if (names.size() > MAX_NAMES) {
                throw new InvalidSignatureException(
                        "SignedHeaders must not name more than %d headers.".formatted(MAX_NAMES));
            }
            last = name;
            from = to + 1;
        }
        if (!sorted) {
            Collections.sort(names);
        }
        return new SignedHeaders(names);
    }

    /** Whether the header, in any case, is covered. */
    boolean contains(String name) {
        for (String signed : names) {
            if (signed.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Writes {@code host;x-amz-date}. */
    void writeTo(Bytes out) {
        for (int i = 0; i < names.size(); i++) {
            if (i > 0) {
                out.append(';');
            }
            out.append(names.get(i));
        }
    }
}
