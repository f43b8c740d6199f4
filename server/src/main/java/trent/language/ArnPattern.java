package trent.language;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ARN to compare with, part by part: a wildcard crosses none of the first five colons. Source:
 * AWS IAM User Guide, "IAM JSON policy elements: Resource" and "… Condition operators".
 */
final class ArnPattern {

    private static final int COLONS = 5;
    private static final int SERVICE = 2;

    private static final ArnPattern NOTHING = new ArnPattern(null, new Glob[0], Glob.ANY);

    /** The resource {@code *}. */
    static final ArnPattern EVERYTHING = new ArnPattern("", new Glob[0], Glob.ANY);

    /** The first five parts with their colons, where they are literal; empty for everything. */
    private final @Nullable String head;

    /** Otherwise the first five parts; none if nothing matches. */
    private final Glob[] parts;

    private final Glob last;

    private ArnPattern(@Nullable String head, Glob[] parts, Glob last) {
        this.head = head;
        this.parts = parts;
        this.last = last;
    }

    /**
     * An element of Resource: {@code *}, or an ARN whose service is literal, with variables after
     * the fifth colon only.
     */
    static ArnPattern resource(String text, @Nullable Vocabulary vocabulary, List<String> names) {
        if (text.equals("*")) {
            return EVERYTHING;
        }
        Glob[] parts = new Glob[COLONS];
        int from = 0;
        for (int i = 0; i < COLONS; i++) {
            int colon = text.indexOf(':', from);
            if (colon < 0) {
                return NOTHING;
            }
            String part = text.substring(from, colon);
            parts[i] = i == SERVICE ? Glob.literal(part) : Glob.wildcards(part);
            from = colon + 1;
        }
        return of(from, parts, Glob.of(text.substring(from), true, vocabulary, names));
    }

    /** A value of an Arn operator, with variables anywhere. */
    static ArnPattern value(String text, @Nullable Vocabulary vocabulary, List<String> names) {
        Glob[] parts = new Glob[COLONS];
        int from = 0;
        for (int i = 0; i < COLONS; i++) {
            int colon = colon(text, from, vocabulary != null);
            if (colon < 0) {
                return NOTHING;
            }
            parts[i] = Glob.of(text.substring(from, colon), true, vocabulary, names);
            from = colon + 1;
        }
        return of(from, parts, Glob.of(text.substring(from), true, vocabulary, names));
    }

    private static ArnPattern of(int length, Glob[] parts, Glob last) {
        StringBuilder head = new StringBuilder(length);
        for (Glob part : parts) {
            if (!part.isLiteral()) {
                return new ArnPattern(null, parts, last);
            }
            head.append(part.text()).append(':');
        }
        if (last.isLiteral()) {
            return new ArnPattern(head + last.text(), new Glob[0], last);
        }
        return new ArnPattern(head.toString(), new Glob[0], last);
    }

    /** The next colon that is not within a variable, or -1. */
    private static int colon(String text, int from, boolean variables) {
        boolean closes = variables;
        for (int at = from; at < text.length(); at++) {
            if (text.charAt(at) == ':') {
                return at;
            }
            if (closes && text.startsWith("${", at)) {
                int end = text.indexOf('}', at);
                closes = end >= 0;
                at = Math.max(at, end);
            }
        }
        return -1;
    }

    boolean matches(String arn, Facts facts) {
        String start = head;
        if (start != null) {
            if (start.isEmpty()) {
                return true;
            }
            return last.isLiteral()
                    ? start.equals(arn)
                    : arn.startsWith(start)
                            && last.matches(arn, start.length(), arn.length(), facts);
        }
        if (parts.length == 0) {
            return false;
        }
        int from = 0;
        for (Glob part : parts) {
            int colon = arn.indexOf(':', from);
            if (colon < 0 || !part.matches(arn, from, colon, facts)) {
                return false;
            }
            from = colon + 1;
        }
        return last.matches(arn, from, arn.length(), facts);
    }

    long bytes() {
        if (this == NOTHING || this == EVERYTHING) {
            return 0;
        }
        long sum = 24 + 16 + last.bytes() + (head == null ? 0 : Sizes.of(head));
        for (Glob part : parts) {
            sum += 4 + part.bytes();
        }
        return sum;
    }
}
