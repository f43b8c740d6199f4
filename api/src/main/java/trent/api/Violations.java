package trent.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The constraints that the members of one structure violate, in the order in which they are added.
 * A value shown as null is not printed: {@code Value at 'plaintext' ...}. For generated code only.
 */
public final class Violations {

    /** Counted beyond, but not printed: a short request must not buy a long reply. */
    private static final int MAX_PRINTED = 100;

    private static final String ASCII = "^\\p{ASCII}+$";

    private final boolean valuesHidden;
    private List<Violation> printed = List.of(); // a right request costs no list
    private int count;

    public Violations() {
        this(false);
    }

    private Violations(boolean valuesHidden) {
        this.valuesHidden = valuesHidden;
    }

    /** Shows neither values nor an enumeration's words. */
    public static Violations withoutValues() {
        return new Violations(true);
    }

    /** For a structure within: as this one, and empty. */
    public Violations nested() {
        return new Violations(valuesHidden);
    }

    private record Violation(String subject, String path, String constraint) {

        Violation within(String parent) {
            return new Violation(subject, parent + path, constraint);
        }

        void appendTo(StringBuilder text) {
            text.append(subject)
                    .append(" at '")
                    .append(path)
                    .append("' failed to satisfy constraint: ")
                    .append(constraint);
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** All of them in one error's text. */
    public String text() {
        StringBuilder text =
                new StringBuilder()
                        .append(count)
                        .append(
                                count == 1
                                        ? " validation error detected: "
                                        : " validation errors detected: ");
        String separator = "";
        for (Violation violation : printed) {
            violation.appendTo(text.append(separator));
            separator = "; ";
        }
        return text.toString();
    }

    public void missing(String path) {
        add(new Violation("Value null", path, "Member must not be null"));
    }

    /** Of a sensitive member even the word null is not printed. */
    public void missingSensitive(String path) {
        add(new Violation("Value", path, "Member must not be null"));
    }

    public void length(String path, @Nullable String shown, int length, int min, int max) {
        if (length < min) {
            add(path, shown, "Member must have length greater than or equal to " + min);
        }
        if (length > max) {
            add(path, shown, "Member must have length less than or equal to " + max);
        }
    }

    public void length(String path, List<?> value, int min, int max) {
        if (value.size() < min || value.size() > max) {
            length(path, value.toString(), value.size(), min, max);
        }
    }

    public void range(String path, long value, long min, long max) {
        if (value < min) {
            add(
                    path,
                    Long.toString(value),
                    "Member must have value greater than or equal to " + min);
        }
        if (value > max) {
            add(path, Long.toString(value), "Member must have value less than or equal to " + max);
        }
    }

    public void pattern(String path, @Nullable String shown, String value, Pattern pattern) {
        if (!pattern.matcher(value).matches()) {
            add(
                    path,
                    shown,
                    "Member must satisfy regular expression pattern: " + pattern.pattern());
        } else {
            noNull(path, value);
        }
    }

    /** U+0000 would end the text wherever a database or a system call takes it. */
    public void noNull(String path, String value) {
        if (value.indexOf('\0') >= 0) {
            add(path, null, "Member must not contain the character U+0000");
        }
    }

    /** The same of each text of a list. */
    public void noNull(String path, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            noNull(path + "." + (i + 1) + ".member", values.get(i));
        }
    }

    /** What {@code ^\p{ASCII}+$} matches, without an engine: every request names a key. */
    public void ascii(String path, String value) {
        boolean ascii = !value.isEmpty();
        for (int i = 0; i < value.length(); i++) {
            ascii &= value.charAt(i) < 0x80;
        }
        if (!ascii) {
            add(path, value, "Member must satisfy regular expression pattern: " + ASCII);
        } else {
            noNull(path, value);
        }
    }

    /** {@code set} as printed, such as {@code [RAW, DIGEST]}. */
    public void notInSet(String path, String value, String set) {
        add(path, value, enumeration(set));
    }

    /**
     * The words of a list; once there is one that {@code ofWire} does not know, the list
     * is of no use.
     */
    public <W> List<W> words(
            String path, List<String> value, Function<String, @Nullable W> ofWire, String set) {
        List<W> words = new ArrayList<>(value.size());
        for (String element : value) {
            W word = ofWire.apply(element);
            if (word == null) {
                elements(path, value, "[" + enumeration(set) + "]");
                return List.of();
            }
            words.add(word);
        }
        return Collections.unmodifiableList(words);
    }

    /** {@code constraints} as printed, such as {@code [Member must not be null]}. */
    public void elements(String path, List<?> value, String constraints) {
        add(path, value.toString(), "Member must satisfy constraint: " + constraints);
    }

    /** Adds those of a nested structure; {@code parent} is its path, final full stop included. */
    public void within(String parent, Violations nested) {
        for (Violation violation : nested.printed) {
            add(violation.within(parent));
        }
        count += nested.count - nested.printed.size();
    }

    private String enumeration(String set) {
        return "Member must satisfy enum value set" + (valuesHidden ? "" : ": " + set);
    }

    private void add(String path, @Nullable String shown, String constraint) {
        add(
                new Violation(
                        shown == null || valuesHidden ? "Value" : "Value '" + shown + "'",
                        path,
                        constraint));
    }

    private void add(Violation violation) {
        if (count == 0) {
            printed = new ArrayList<>();
        }
        if (printed.size() < MAX_PRINTED) {
            printed.add(violation);
        }
        count++;
    }
}
