package trent.language;

import java.util.Collection;

/** About how many bytes values retain, with compressed references. */
final class Sizes {

    private Sizes() {}

    static long of(String text) {
        boolean narrow = true;
        for (int i = 0; i < text.length(); i++) {
            narrow &= text.charAt(i) < 256;
        }
        return 24 + 16 + (narrow ? 1L : 2L) * text.length() + 4;
    }

    /** Texts in a hash table. */
    static long of(Collection<String> texts) {
        long sum = 80;
        for (String text : texts) {
            sum += 48 + of(text);
        }
        return sum;
    }
}
