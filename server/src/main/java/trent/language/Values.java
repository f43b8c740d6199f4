package trent.language;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.language.Operator.Comparison;

/** The values of a condition, read once. Whether one of them matches; the negation is not here. */
sealed interface Values {

    /** With more literals than this a hash is faster than comparing one by one. */
    int FEW = 8;

    /** Whether one of the policy's values matches this value of the request. */
    boolean match(String value, Facts facts);

    /** About how much memory it retains. */
    long bytes();

    /**
     * Reads them. What cannot be read matches nothing.
     *
     * @param vocabulary null where {@code ${…}} is literal text
     * @param names receives the names of the variables
     */
    static Values of(
            Comparison comparison,
            List<String> texts,
            @Nullable Vocabulary vocabulary,
            List<String> names) {
        return switch (comparison) {
            case STRING_EQUALS, STRING_NOT_EQUALS -> {
                Glob[] values = globs(texts, false, vocabulary, names);
                yield literal(values) ? Literals.of(values) : new Texts(values);
            }
            case STRING_LIKE, STRING_NOT_LIKE -> {
                Glob[] values = globs(texts, true, vocabulary, names);
                yield literal(values) ? Literals.of(values) : new Texts(values);
            }
            case STRING_EQUALS_IGNORE_CASE, STRING_NOT_EQUALS_IGNORE_CASE ->
                    new TextsInAnyCase(globs(texts, false, vocabulary, names));
            case BOOL -> new Booleans(new TextsInAnyCase(globs(texts, false, vocabulary, names)));
            case BINARY_EQUALS -> Literals.of(globs(decoded(texts), false, null, names));
            case ARN_EQUALS, ARN_LIKE, ARN_NOT_EQUALS, ARN_NOT_LIKE ->
                    new Arns(
                            texts.stream()
                                    .map(text -> ArnPattern.value(text, vocabulary, names))
                                    .toArray(ArnPattern[]::new));
            case IP_ADDRESS, NOT_IP_ADDRESS -> Addresses.of(texts);
            case DATE_EQUALS,
                    DATE_NOT_EQUALS,
                    DATE_LESS_THAN,
                    DATE_LESS_THAN_EQUALS,
                    DATE_GREATER_THAN,
                    DATE_GREATER_THAN_EQUALS ->
                    new Dates(
                            comparison,
                            texts.stream()
                                    .mapToLong(Instants::micros)
                                    .filter(micros -> micros != Instants.NONE)
                                    .toArray());
            case NUMERIC_EQUALS,
                    NUMERIC_NOT_EQUALS,
                    NUMERIC_LESS_THAN,
                    NUMERIC_LESS_THAN_EQUALS,
                    NUMERIC_GREATER_THAN,
                    NUMERIC_GREATER_THAN_EQUALS ->
                    Numbers.of(comparison, texts);
            case NULL -> new Absence(holds(texts, "true"), holds(texts, "false"));
        };
    }

    private static Glob[] globs(
            List<String> texts,
            boolean wildcards,
            @Nullable Vocabulary vocabulary,
            List<String> names) {
        return texts.stream()
                .map(text -> Glob.of(text, wildcards, vocabulary, names))
                .toArray(Glob[]::new);
    }

    private static boolean literal(Glob[] values) {
        for (Glob value : values) {
            if (!value.isLiteral()) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(List<String> texts, String sought) {
        return texts.stream().anyMatch(sought::equalsIgnoreCase);
    }

    /** What Base64 stands for, as far as it is text: the values of requests are. */
    private static List<String> decoded(List<String> texts) {
        List<String> decoded = new ArrayList<>();
        for (String text : texts) {
            String plain = decoded(text);
            if (plain != null) {
                decoded.add(plain);
            }
        }
        return decoded;
    }

    private static @Nullable String decoded(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (IllegalArgumentException | CharacterCodingException _) {
            return null;
        }
    }

    private static long sum(Glob[] values) {
        long sum = 32;
        for (Glob value : values) {
            sum += 4 + value.bytes();
        }
        return sum;
    }

    /** Texts as they are. */
    final class Literals implements Values {
        private final String[] few;
        private final Set<String> many;

        private Literals(String[] few, Set<String> many) {
            this.few = few;
            this.many = many;
        }

        static Literals of(Glob[] values) {
            Set<String> all = new HashSet<>();
            for (Glob value : values) {
                if (value.isLiteral()) {
                    all.add(value.text());
                }
            }
            return all.size() <= FEW
                    ? new Literals(all.toArray(String[]::new), Set.of())
                    : new Literals(new String[0], all);
        }

        @Override
        public boolean match(String value, Facts facts) {
            for (String each : few) {
                if (each.equals(value)) {
                    return true;
                }
            }
            return !many.isEmpty() && many.contains(value);
        }

        @Override
        public long bytes() {
            long sum = 48 + (many.isEmpty() ? 0 : Sizes.of(many));
            for (String each : few) {
                sum += 4 + Sizes.of(each);
            }
            return sum;
        }
    }

    /** Texts with wildcards or variables. */
    final class Texts implements Values {
        private final Glob[] values;

        private Texts(Glob[] values) {
            this.values = values;
        }

        @Override
        public boolean match(String value, Facts facts) {
            for (Glob each : values) {
                if (each.matches(value, facts)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public long bytes() {
            return sum(values);
        }
    }

    /** Texts in any case. */
    final class TextsInAnyCase implements Values {
        private final Glob[] values;

        private TextsInAnyCase(Glob[] values) {
            this.values = values;
        }

        @Override
        public boolean match(String value, Facts facts) {
            for (Glob each : values) {
                if (each.matchesInAnyCase(value, facts)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public long bytes() {
            return sum(values);
        }
    }

    /** {@code true} or {@code false}, in any case. */
    final class Booleans implements Values {
        private final TextsInAnyCase values;

        private Booleans(TextsInAnyCase values) {
            this.values = values;
        }

        @Override
        public boolean match(String value, Facts facts) {
            return (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false"))
                    && values.match(value, facts);
        }

        @Override
        public long bytes() {
            return 16 + values.bytes();
        }
    }

    /** ARNs, part by part. */
    final class Arns implements Values {
        private final ArnPattern[] values;

        private Arns(ArnPattern[] values) {
            this.values = values;
        }

        @Override
        public boolean match(String value, Facts facts) {
            for (ArnPattern each : values) {
                if (each.matches(value, facts)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public long bytes() {
            long sum = 32;
            for (ArnPattern each : values) {
                sum += 4 + each.bytes();
            }
            return sum;
        }
    }

    /** Instants, in microseconds since 1970. */
    final class Dates implements Values {
        private final Comparison comparison;
        private final long[] values;

        private Dates(Comparison comparison, long[] values) {
            this.comparison = comparison;
            this.values = values;
        }

        @Override
        public boolean match(String value, Facts facts) {
            long seen = Instants.micros(value);
            if (seen == Instants.NONE) {
                return false;
            }
            for (long each : values) {
                if (comparison.holds(Long.compare(seen, each))) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public long bytes() {
            return 40 + 8L * values.length;
        }
    }

    /** Numbers; those that are whole and fit are compared without making an object. */
    final class Numbers implements Values {
        private final Comparison comparison;
        private final long[] whole;
        private final BigDecimal[] others;

        private Numbers(Comparison comparison, long[] whole, BigDecimal[] others) {
            this.comparison = comparison;
            this.whole = whole;
            this.others = others;
        }

        /** Longer ones are no numbers: comparing them would cost. */
        private static final int MAX_CHARACTERS = 64;

        private static final int MAX_EXPONENT = 1000;
        private static final int MAX_WHOLE_DIGITS = 18;

        static Numbers of(Comparison comparison, List<String> texts) {
            List<BigDecimal> others = new ArrayList<>();
            long[] whole = new long[texts.size()];
            int count = 0;
            for (String text : texts) {
                if (isWhole(text)) {
                    whole[count++] = Long.parseLong(text);
                } else {
                    BigDecimal decimal = decimal(text);
                    if (decimal != null) {
                        others.add(decimal);
                    }
                }
            }
            return new Numbers(
                    comparison, Arrays.copyOf(whole, count), others.toArray(BigDecimal[]::new));
        }

        @Override
        public boolean match(String value, Facts facts) {
            if (isWhole(value)) {
                long seen = Long.parseLong(value);
                for (long each : whole) {
                    if (comparison.holds(Long.compare(seen, each))) {
                        return true;
                    }
                }
                return others.length > 0 && matchOthers(BigDecimal.valueOf(seen));
            }
            BigDecimal seen = decimal(value);
            if (seen == null) {
                return false;
            }
            for (long each : whole) {
                if (comparison.holds(seen.compareTo(BigDecimal.valueOf(each)))) {
                    return true;
                }
            }
            return matchOthers(seen);
        }

        private boolean matchOthers(BigDecimal seen) {
            for (BigDecimal each : others) {
                if (comparison.holds(seen.compareTo(each))) {
                    return true;
                }
            }
            return false;
        }

        private static boolean isWhole(String text) {
            int from = text.startsWith("-") ? 1 : 0;
            int digits = text.length() - from;
            if (digits == 0 || digits > MAX_WHOLE_DIGITS) {
                return false;
            }
            for (int i = from; i < text.length(); i++) {
                if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                    return false;
                }
            }
            return true;
        }

        private static @Nullable BigDecimal decimal(String text) {
            if (text.length() > MAX_CHARACTERS) {
                return null;
            }
            for (int i = 0; i < text.length(); i++) {
                if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
                    return null;
                }
            }
            try {
                BigDecimal decimal = new BigDecimal(text);
                return Math.abs((long) decimal.scale()) > MAX_EXPONENT ? null : decimal;
            } catch (NumberFormatException _) {
                return null;
            }
        }

        @Override
        public long bytes() {
            return 72 + 8L * whole.length + 72L * others.length;
        }
    }

    /** Ranges of addresses: pairs of the lowest one, 128 bits in two, and the prefix's bits. */
    final class Addresses implements Values {
        private final long[] ranges;

        private Addresses(long[] ranges) {
            this.ranges = ranges;
        }

        private static final int STRIDE = 3;

        static Addresses of(List<String> texts) {
            long[] ranges = new long[STRIDE * texts.size()];
            int count = 0;
            for (String text : texts) {
                int slash = text.indexOf('/');
                int to = slash < 0 ? text.length() : slash;
                if (!IpAddresses.isOne(text, 0, to)) {
                    continue;
                }
                int bits = IpAddresses.prefix(text, slash, text.indexOf(':') < 0);
                if (bits < 0) {
                    continue;
                }
                ranges[count++] = IpAddresses.high(text, 0, to) & IpAddresses.highMask(bits);
                ranges[count++] = IpAddresses.low(text, 0, to) & IpAddresses.lowMask(bits);
                ranges[count++] = bits;
            }
            return new Addresses(Arrays.copyOf(ranges, count));
        }

        @Override
        public boolean match(String value, Facts facts) {
            int zone = value.indexOf('%'); // the interface that the peer of a link is at
            int to = zone < 0 ? value.length() : zone;
            if (!IpAddresses.isOne(value, 0, to)) {
                return false;
            }
            long high = IpAddresses.high(value, 0, to);
            long low = IpAddresses.low(value, 0, to);
            boolean four = IpAddresses.isFour(high, low);
            for (int i = 0; i < ranges.length; i += STRIDE) {
                int bits = (int) ranges[i + 2];
                if (four && bits < IpAddresses.MAPPED_BITS) {
                    continue; // ::/0 is every address of IPv6 only
                }
                if ((high & IpAddresses.highMask(bits)) == ranges[i]
                        && (low & IpAddresses.lowMask(bits)) == ranges[i + 1]) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public long bytes() {
            return 32 + 8L * ranges.length;
        }
    }

    /** Of Null: whether the key shall be absent, present, or, pointlessly, either. */
    record Absence(boolean absent, boolean present) implements Values {

        @Override
        public boolean match(String value, Facts facts) {
            return present;
        }

        @Override
        public long bytes() {
            return 16;
        }
    }
}
