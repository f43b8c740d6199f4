package trent.api.query;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import trent.api.Violations;

/**
 * A request's parameters, read member by member: {@code UserName=a}, {@code Tags.member.1.Key=b}.
 * What no member asks for is ignored. Source: AWS Query protocol.
 *
 * <p>The parameters lie in one array, sorted by name, and a structure or a list is a part of it: so
 * memory is as large as the request, and a name with many dots buys no tree.
 */
public final class QueryIn {

    /** Beyond the largest request that quotas allow by far. */
    static final int MAX_PARAMETERS = 10_000;

    /** The longest list that is kept; the quotas and the model allow far less. */
    static final int MAX_LIST_ELEMENTS = 1000;

    private static final String ELEMENTS = ".member.";

    /** Digits of an element's number; more cannot be within {@link #MAX_PARAMETERS}. */
    private static final int MAX_INDEX_DIGITS = 9;

    private static final Comparator<Parameter> BY_NAME = Comparator.comparing(Parameter::name);

    /** Never printed: the value may be a token. */
    private record Parameter(String name, String value) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final Parameter[] sorted;
    private final int from;
    private final int to;

    /** With its final full stop; what all names from {@link #from} to {@link #to} begin with. */
    private final String prefix;

    private QueryIn(Parameter[] sorted, int from, int to, String prefix) {
        this.sorted = sorted;
        this.from = from;
        this.to = to;
        this.prefix = prefix;
    }

    /** Reads one structure. */
    @FunctionalInterface
    public interface StructureReader<T> {

        /** Null if, and only if, {@code violations} says why; it is empty before. */
        @Nullable T read(QueryIn in, Violations violations);
    }

    /**
     * Decodes what is form-urlencoded: a request's query, its body, or both. Of a parameter given
     * twice the last value counts.
     *
     * @throws MalformedQueryString if it cannot be decoded
     * @throws MalformedInput if there are more than {@value #MAX_PARAMETERS} parameters
     */
    public static QueryIn of(byte[]... encoded) {
        List<Parameter> parameters = new ArrayList<>();
        for (byte[] part : encoded) {
            parse(part, parameters);
        }
        Parameter[] sorted = parameters.toArray(Parameter[]::new);
        Arrays.sort(sorted, BY_NAME); // stable: the last of one name stays the last
        int kept = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i + 1 == sorted.length || !sorted[i].name().equals(sorted[i + 1].name())) {
                sorted[kept++] = sorted[i];
            }
        }
        return new QueryIn(sorted, 0, kept, "");
    }

    /**
     * Reads a whole request; {@code violations} is empty before.
     *
     * @throws ValidationError if members violate their constraints
     */
    public <T> T request(StructureReader<T> reader, Violations violations) {
        T value = reader.read(this, violations);
        if (value == null) {
            throw new ValidationError(violations.text());
        }
        return value;
    }

    /** Null if it is absent. */
    public @Nullable String string(String member) {
        String name = prefix + member;
        int at = lowerBound(name);
        return at < to && sorted[at].name().equals(name) ? sorted[at].value() : null;
    }

    /** A number beyond 64 bits becomes the nearest that fits. */
    public @Nullable Long integer(String member) {
        String value = string(member);
        return value == null ? null : whole(value);
    }

    /** Absent is false. */
    public boolean bool(String member) {
        String value = string(member);
        if (value == null) {
            return false;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new MalformedInput("boolean must follow xsd1.1 definition");
        };
    }

    /** Null if the list is absent; empty after {@code Name=}. */
    public @Nullable List<String> strings(String member) {
        List<QueryIn> elements = elements(member);
        if (elements == null) {
            return null;
        }
        List<String> strings = new ArrayList<>(elements.size());
        for (QueryIn element : elements) {
            Parameter first = sorted[element.from];
            // A structure where a text should be has no value of its own.
            if (!first.name().equals(element.elementName())) {
                throw new MalformedInput("Unexpected complex element termination");
            }
            strings.add(first.value());
        }
        return Collections.unmodifiableList(strings);
    }

    /** Without the elements that {@code violations} tells of; null if the list is absent. */
    public <T> @Nullable List<T> structures(
            String member, String path, Violations violations, StructureReader<T> reader) {
        List<QueryIn> elements = elements(member);
        if (elements == null) {
            return null;
        }
        List<T> structures = new ArrayList<>(elements.size());
        int number = 0;
        for (QueryIn element : elements) {
            number++;
            Violations own = violations.nested();
            T structure = reader.read(element, own);
            violations.within(path + "." + number + ".member.", own);
            if (structure != null) {
                structures.add(structure);
            }
        }
        return Collections.unmodifiableList(structures);
    }

    /** In the order of their numbers; numbers that are left out leave nothing behind. */
    private @Nullable List<QueryIn> elements(String member) {
        String list = prefix + member + ELEMENTS;
        List<Integer> numbers = new ArrayList<>();
        List<QueryIn> elements = new ArrayList<>();
        int at = lowerBound(list);
        while (at < to && sorted[at].name().startsWith(list)) {
            String name = sorted[at].name();
            int dot = name.indexOf('.', list.length());
            String number = name.substring(list.length(), dot < 0 ? name.length() : dot);
            String element = list + number;
            int end = at + 1;
            while (end < to && isOf(element, sorted[end].name())) {
                end++;
            }
            numbers.add(index(number));
            elements.add(new QueryIn(sorted, at, end, element + "."));
            if (elements.size() > MAX_LIST_ELEMENTS) {
                throw new ValidationError(
                        "A list must not have more than %d elements.".formatted(MAX_LIST_ELEMENTS));
            }
            at = end;
        }
        if (elements.isEmpty()) {
            String value = string(member);
            if (value != null && !value.isEmpty()) {
                throw new MalformedInput("Unexpected list element termination");
            }
            return value == null ? null : List.of();
        }
        return inOrder(numbers, elements);
    }

    private static List<QueryIn> inOrder(List<Integer> numbers, List<QueryIn> elements) {
        Integer[] order = new Integer[numbers.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparing(numbers::get));
        List<QueryIn> ordered = new ArrayList<>(order.length);
        for (Integer i : order) {
            ordered.add(elements.get(i));
        }
        return ordered;
    }

    private static boolean isOf(String element, String name) {
        return name.length() > element.length()
                && name.charAt(element.length()) == '.'
                && name.startsWith(element);
    }

    private String elementName() {
        return prefix.substring(0, prefix.length() - 1);
    }

    /** From 1; without leading zeros, so that no two names mean one element. */
    private static int index(String number) {
        boolean whole =
                !number.isEmpty() && number.length() <= MAX_INDEX_DIGITS && number.charAt(0) != '0';
        for (int i = 0; i < number.length(); i++) {
            whole &= number.charAt(i) >= '0' && number.charAt(i) <= '9';
        }
        if (!whole) {
            throw new MalformedInput("Invalid list element index");
        }
        return Integer.parseInt(number);
    }

    private static long whole(String value) {
        int start = value.startsWith("-") || value.startsWith("+") ? 1 : 0;
        boolean negative = value.startsWith("-");
        if (value.length() == start) {
            throw new MalformedInput("STRING_VALUE can not be converted to an Integer");
        }
        long number = 0;
        for (int i = start; i < value.length(); i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new MalformedInput("STRING_VALUE can not be converted to an Integer");
            }
            number = number > (Long.MAX_VALUE - 9) / 10 ? Long.MAX_VALUE : number * 10 + digit;
        }
        return negative ? -number : number;
    }

    /** The first parameter of this part whose name is not before {@code name}. */
    private int lowerBound(String name) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle].name().compareTo(name) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static void parse(byte[] encoded, List<Parameter> into) {
        int at = 0;
        while (at < encoded.length) {
            int end = indexOf((byte) '&', encoded, at, encoded.length);
            int equals = indexOf((byte) '=', encoded, at, end);
            if (end > at) {
                if (into.size() == MAX_PARAMETERS) {
                    throw new MalformedInput(
                            "A request must not have more than %d parameters."
                                    .formatted(MAX_PARAMETERS));
                }
                into.add(
                        new Parameter(
                                decoded(encoded, at, equals),
                                decoded(encoded, Math.min(equals + 1, end), end)));
            }
            at = end + 1;
        }
    }

    private static int indexOf(byte wanted, byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return to;
    }

    private static String decoded(byte[] encoded, int from, int to) {
        byte[] bytes = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            byte b = encoded[i];
            if (b == '+') {
                b = ' ';
            } else if (b == '%') {
                int high = i + 2 <= to - 1 ? Character.digit(encoded[i + 1], 16) : -1;
                int low = i + 2 <= to - 1 ? Character.digit(encoded[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw undecodable();
                }
                b = (byte) (high << 4 | low);
                i += 2;
            }
            bytes[length++] = b;
        }
        try {
            // To the letter: what replaced malformed bytes would give two requests one meaning.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException _) {
            throw undecodable();
        }
    }

    private static MalformedQueryString undecodable() {
        return new MalformedQueryString("The query string contains a syntax error.");
    }
}
