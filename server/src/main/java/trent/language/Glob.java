package trent.language;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Text of a policy to compare with: literal, or with {@code *} for any run and {@code ?} for one
 * character, and with variables such as {@code ${aws:username}}, whose values are always literal.
 *
 * <p>Wildcards are no regular expressions. The usual way tries each place once and allocates
 * nothing; a pattern made to be slow, such as {@code *a*a*a*b}, is taken over after a number of
 * steps in proportion to its length by a way whose time is bounded, 64 characters of the pattern at
 * once. Source: AWS IAM User Guide, "IAM policy elements: Variables and tags".
 */
final class Glob {

    /** Marks of a compiled pattern: noncharacters, which Unicode leaves to programs. */
    private static final char STAR = '\uFDD0';

    private static final char ONE = '\uFDD1';
    private static final char VARIABLE = '\uFDD2';

    /** Steps for each character of text and pattern before the bounded way takes over. */
    private static final int STEPS_PER_CHARACTER = 4;

    private static final Variable[] NO_VARIABLES = {};

    /** A literal that no text equals: the policy holds one of the marks. */
    private static final Glob NOTHING = new Glob("", NO_VARIABLES, Integer.MAX_VALUE, true);

    /** Any text. */
    static final Glob ANY = new Glob(String.valueOf(STAR), NO_VARIABLES, 0, false);

    private final String pattern;
    private final Variable[] variables;

    /** No shorter text matches. */
    private final int minimum;

    private final boolean literal;

    /** A variable and what stands for it where the request has no such key. */
    private record Variable(ConditionKey key, @Nullable String fallback) {

        /** Its value, or null: it stands for nothing then. */
        @Nullable String in(Facts facts) {
            if (key.multiValued()) {
                return fallback;
            }
            int count = facts.count(key);
            if (count == 1) {
                String value = GlobalArn.compared(facts.value(key, 0));
                return hasMark(value) ? null : value;
            }
            // Two values for one name (tags Team and team): which is meant cannot be told.
            return count == Facts.ABSENT || count == 0 ? fallback : null;
        }
    }

    private Glob(String pattern, Variable[] variables, int minimum, boolean literal) {
        this.pattern = pattern;
        this.variables = variables;
        this.minimum = minimum;
        this.literal = literal;
    }

    /** Text in which nothing has a meaning. */
    static Glob literal(String text) {
        return hasMark(text) ? NOTHING : new Glob(text, NO_VARIABLES, text.length(), true);
    }

    /** Text with wildcards only. */
    static Glob wildcards(String text) {
        return read(text, true, null, new ArrayList<>());
    }

    /**
     * Text of a policy.
     *
     * @param wildcards whether {@code *} and {@code ?} are such
     * @param vocabulary knows the variables; null where {@code ${…}} is literal text
     * @param names receives the names of the variables, as they are written
     */
    static Glob of(
            String text, boolean wildcards, @Nullable Vocabulary vocabulary, List<String> names) {
        return read(text, wildcards, vocabulary, names);
    }

    private static Glob read(
            String text, boolean wildcards, @Nullable Vocabulary vocabulary, List<String> names) {
        if (hasMark(text)) {
            return NOTHING;
        }
        boolean plain =
                (!wildcards || (text.indexOf('*') < 0 && text.indexOf('?') < 0))
                        && (vocabulary == null || !text.contains("${"));
        if (plain) {
            return new Glob(text, NO_VARIABLES, text.length(), true);
        }
        if (wildcards && text.equals("*")) {
            return ANY;
        }
        StringBuilder out = new StringBuilder(text.length());
        List<Variable> variables = new ArrayList<>();
        int minimum = 0;
        boolean literal = true;
        Reader reader = new Reader(text);
        for (int at = 0; at < text.length(); ) {
            char c = text.charAt(at);
            if (vocabulary != null && c == '$' && reader.variableAt(at)) {
                if (reader.escaped != '\0') {
                    out.append(reader.escaped);
                    minimum++;
                } else {
                    names.add(reader.name);
                    variables.add(new Variable(vocabulary.key(reader.name), reader.fallback));
                    out.append(VARIABLE);
                    literal = false;
                }
                at = reader.end;
                continue;
            }
            at++;
            if (wildcards && c == '*') {
                if (out.isEmpty() || out.charAt(out.length() - 1) != STAR) {
                    out.append(STAR);
                }
                literal = false;
            } else if (wildcards && c == '?') {
                out.append(ONE);
                minimum++;
                literal = false;
            } else {
                out.append(c);
                minimum++;
            }
        }
        return new Glob(out.toString(), variables.toArray(NO_VARIABLES), minimum, literal);
    }

    /** Finds {@code ${…}}; remembers what it has found ahead, so that it reads the text once. */
    private static final class Reader {
        private final String text;
        private int brace = -1;
        private int quote = -1;
        private int closing = -1;

        /** What {@code ${*}}, {@code ${?}} or {@code ${$}} stands for, else NUL. */
        private char escaped;

        private String name = "";
        private @Nullable String fallback;
        private int end;

        Reader(String text) {
            this.text = text;
        }

        boolean variableAt(int at) {
            int inside = at + 2;
            if (!text.startsWith("${", at) || inside >= text.length()) {
                return false;
            }
            char first = text.charAt(inside);
            if ((first == '*' || first == '?' || first == '$')
                    && text.startsWith("}", inside + 1)) {
                escaped = first;
                end = inside + 2;
                return true;
            }
            escaped = '\0';
            brace = next("}", brace, inside);
            quote = next(", '", quote, inside);
            if (quote < brace) {
                closing = next("'}", closing, quote + 3);
                if (closing == text.length()) {
                    return false;
                }
                fallback = text.substring(quote + 3, closing);
                end = closing + 2;
                return named(inside, quote);
            }
            if (brace == text.length()) {
                return false;
            }
            fallback = null;
            end = brace + 1;
            return named(inside, brace);
        }

        /** The next place of what is looked for; the text's length if there is none. */
        private int next(String sought, int known, int from) {
            if (known >= from) {
                return known;
            }
            int found = text.indexOf(sought, from);
            return found < 0 ? text.length() : found;
        }

        private boolean named(int from, int to) {
            // A second opening cannot be part of a name: the first one is then literal text.
            for (int i = from; i < to; i++) {
                char c = text.charAt(i);
                if (c == '$' || c == '{' || c <= ' ' || c == ',' || c == '\'') {
                    return false;
                }
            }
            name = text.substring(from, to);
            return from < to;
        }
    }

    /** Whether the whole text matches. */
    boolean matches(String text, Facts facts) {
        return literal ? pattern.equals(text) : matches(text, 0, text.length(), facts);
    }

    /** Whether the text matches, letters in any case; of patterns without wildcards. */
    boolean matchesInAnyCase(String text, Facts facts) {
        return literal
                ? pattern.equalsIgnoreCase(text)
                : matches(text, 0, text.length(), facts, true);
    }

    /** Whether this part of the text matches. */
    boolean matches(String text, int from, int to, Facts facts) {
        return matches(text, from, to, facts, false);
    }

    private boolean matches(String text, int from, int to, Facts facts, boolean anyCase) {
        if (to - from < minimum) {
            return false;
        }
        if (literal) {
            return to - from == pattern.length()
                    && text.regionMatches(anyCase, from, pattern, 0, pattern.length());
        }
        int at = 0;
        int inText = from;
        int variable = 0;
        for (; at < pattern.length(); at++) {
            char c = pattern.charAt(at);
            if (c == STAR) {
                break;
            }
            if (c == VARIABLE) {
                String value = variables[variable++].in(facts);
                if (value == null
                        || value.length() > to - inText
                        || !text.regionMatches(anyCase, inText, value, 0, value.length())) {
                    return false;
                }
                inText += value.length();
            } else if (inText == to) {
                return false;
            } else if (c == ONE) {
                inText += width(text, inText, to);
            } else if (same(c, text.charAt(inText), anyCase)) {
                inText++;
            } else {
                return false;
            }
        }
        if (at == pattern.length()) {
            return inText == to;
        }
        if (at == pattern.length() - 1) {
            return true;
        }
        if (variable == variables.length) {
            return wild(pattern, at, text, inText, to, false);
        }
        // A variable after a star: rare enough to write the pattern out.
        StringBuilder rest = new StringBuilder(pattern.length() + 64);
        for (; at < pattern.length(); at++) {
            char c = pattern.charAt(at);
            if (c != VARIABLE) {
                rest.append(c);
                continue;
            }
            String value = variables[variable++].in(facts);
            if (value == null) {
                return false;
            }
            rest.append(value);
        }
        return wild(rest.toString(), 0, text, inText, to, false);
    }

    /** Whether the whole text, its ASCII letters made small, matches; of patterns of small letters. */
    boolean matchesSmall(String text) {
        if (text.length() < minimum) {
            return false;
        }
        if (!literal) {
            return wild(pattern, 0, text, 0, text.length(), true);
        }
        if (text.length() != pattern.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (small(text.charAt(i)) != pattern.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean wild(
            String pattern, int at, String text, int from, int to, boolean small) {
        int p = at;
        int t = from;
        int lastStar = -1;
        int afterStar = 0;
        long steps = (long) STEPS_PER_CHARACTER * (pattern.length() - at + to - from);
        while (t < to) {
            if (steps-- == 0) {
                return bounded(pattern.substring(at), text.substring(from, to), small);
            }
            char c = p < pattern.length() ? pattern.charAt(p) : '\0';
            if (p < pattern.length()) {
                if (c == STAR) {
                    if (p == pattern.length() - 1) {
                        return true;
                    }
                    lastStar = p++;
                    afterStar = t;
                    continue;
                }
                if (c == ONE) {
                    p++;
                    t += width(text, t, to);
                    continue;
                }
                char d = text.charAt(t);
                if (c == (small ? small(d) : d)) {
                    p++;
                    t++;
                    continue;
                }
            }
            if (lastStar < 0) {
                return false;
            }
            // Let the last star take one character more.
            p = lastStar + 1;
            afterStar += width(text, afterStar, to);
            t = afterStar;
        }
        while (p < pattern.length() && pattern.charAt(p) == STAR) {
            p++;
        }
        return p == pattern.length();
    }

    /**
     * The same with a bound on its time, length of text times length of pattern over 64: follows
     * all places of the pattern at which the text may stand, as bits, 64 places after the other.
     */
    private static boolean bounded(String wildcards, String value, boolean small) {
        int[] text = value.codePoints().map(c -> small ? small((char) c, c) : c).toArray();
        int[] all = wildcards.codePoints().toArray();
        int[] pattern = new int[all.length];
        boolean[] stays = new boolean[all.length + 1];
        int places = 0;
        for (int c : all) {
            if (c == STAR) {
                stays[places] = true;
            } else {
                pattern[places++] = c;
            }
        }
        // Whether the place before this block passed the text's character on.
        boolean[] passed = new boolean[text.length];
        for (int block = 0; block <= places; block += Long.SIZE) {
            Places found = new Places(pattern, stays, block, places);
            long here = block == 0 ? 1 : 0;
            for (int t = 0; t < text.length; t++) {
                long matched = here & found.matching(text[t]);
                here = (matched << 1) | (here & found.stay) | (passed[t] ? 1 : 0);
                passed[t] = matched < 0;
            }
            if (places - block < Long.SIZE) {
                return (here >>> (places - block) & 1) != 0;
            }
        }
        return false;
    }

    /** 64 places of a pattern: which of them match a character, and at which a star stands. */
    private static final class Places {
        /** Twice as many as there can be, so that a free one is always found soon. */
        private static final int SLOTS = 2 * Long.SIZE;

        private final int[] characters = new int[SLOTS];
        private final long[] matching = new long[SLOTS];
        private final long any;
        private final long stay;

        Places(int[] pattern, boolean[] stays, int from, int places) {
            Arrays.fill(characters, -1);
            long stayBits = 0;
            long anyBits = 0;
            for (int i = 0; i < Long.SIZE && from + i <= places; i++) {
                long bit = 1L << i;
                if (stays[from + i]) {
                    stayBits |= bit;
                }
                if (from + i < places) {
                    if (pattern[from + i] == ONE) {
                        anyBits |= bit;
                    } else {
                        int slot = slot(pattern[from + i]);
                        characters[slot] = pattern[from + i];
                        matching[slot] |= bit;
                    }
                }
            }
            stay = stayBits;
            any = anyBits;
        }

        long matching(int c) {
            return matching[slot(c)] | any;
        }

        private int slot(int c) {
            int slot = c & (SLOTS - 1);
            while (characters[slot] != -1 && characters[slot] != c) {
                slot = (slot + 1) & (SLOTS - 1);
            }
            return slot;
        }
    }

    private static boolean same(char one, char other, boolean anyCase) {
        return one == other
                || (anyCase
                        && Character.toLowerCase(Character.toUpperCase(one))
                                == Character.toLowerCase(Character.toUpperCase(other)));
    }

    /** How many chars the character here has: two beyond the basic plane. */
    private static int width(String text, int at, int to) {
        return at + 1 < to
                        && Character.isHighSurrogate(text.charAt(at))
                        && Character.isLowSurrogate(text.charAt(at + 1))
                ? 2
                : 1;
    }

    static char small(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }

    private static int small(char low, int c) {
        return c < 128 ? small(low) : c;
    }

    private static boolean hasMark(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= STAR && c <= VARIABLE) {
                return true;
            }
        }
        return false;
    }

    /** Whether it has neither wildcard nor variable. */
    boolean isLiteral() {
        return literal && this != NOTHING;
    }

    /** Whether it is {@code *}. */
    boolean isAny() {
        return this == ANY;
    }

    /** The text of one that is literal. */
    String text() {
        return pattern;
    }

    long bytes() {
        return this == ANY || this == NOTHING
                ? 0
                : 32
                        + Sizes.of(pattern)
                        + (variables.length == 0 ? 0 : 16 + 60L * variables.length);
    }
}
