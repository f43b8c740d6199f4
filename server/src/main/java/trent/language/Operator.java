package trent.language;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A condition operator as it is written, for example {@code ForAnyValue:StringLikeIfExists}.
 * Source: AWS IAM User Guide, "IAM JSON policy elements: Condition operators".
 *
 * @param name as it is written
 * @param set null without set operator
 * @param ifExists whether an absent key is well
 */
record Operator(String name, Comparison comparison, @Nullable SetOperator set, boolean ifExists) {

    private static final String IF_EXISTS = "IfExists";

    private static final Map<String, Comparison> COMPARISONS = new HashMap<>();

    static {
        for (Comparison comparison : Comparison.values()) {
            COMPARISONS.put(comparison.wire, comparison);
        }
    }

    /** How the values of a request are looked at one by one. */
    enum SetOperator {
        FOR_ANY_VALUE("ForAnyValue:"),
        FOR_ALL_VALUES("ForAllValues:");

        private final String prefix;

        SetOperator(String prefix) {
            this.prefix = prefix;
        }
    }

    /** What is compared, and how. */
    enum Comparison {
        STRING_EQUALS("StringEquals", Family.STRING, false),
        STRING_NOT_EQUALS("StringNotEquals", Family.STRING, true),
        STRING_EQUALS_IGNORE_CASE("StringEqualsIgnoreCase", Family.STRING, false),
        STRING_NOT_EQUALS_IGNORE_CASE("StringNotEqualsIgnoreCase", Family.STRING, true),
        STRING_LIKE("StringLike", Family.STRING, false),
        STRING_NOT_LIKE("StringNotLike", Family.STRING, true),
        NUMERIC_EQUALS("NumericEquals", Family.NUMERIC, false),
        NUMERIC_NOT_EQUALS("NumericNotEquals", Family.NUMERIC, true),
        NUMERIC_LESS_THAN("NumericLessThan", Family.NUMERIC, false),
        NUMERIC_LESS_THAN_EQUALS("NumericLessThanEquals", Family.NUMERIC, false),
        NUMERIC_GREATER_THAN("NumericGreaterThan", Family.NUMERIC, false),
        NUMERIC_GREATER_THAN_EQUALS("NumericGreaterThanEquals", Family.NUMERIC, false),
        DATE_EQUALS("DateEquals", Family.DATE, false),
        DATE_NOT_EQUALS("DateNotEquals", Family.DATE, true),
        DATE_LESS_THAN("DateLessThan", Family.DATE, false),
        DATE_LESS_THAN_EQUALS("DateLessThanEquals", Family.DATE, false),
        DATE_GREATER_THAN("DateGreaterThan", Family.DATE, false),
        DATE_GREATER_THAN_EQUALS("DateGreaterThanEquals", Family.DATE, false),
        BOOL("Bool", Family.BOOLEAN, false),
        BINARY_EQUALS("BinaryEquals", Family.BINARY, false),
        IP_ADDRESS("IpAddress", Family.ADDRESS, false),
        NOT_IP_ADDRESS("NotIpAddress", Family.ADDRESS, true),
        ARN_EQUALS("ArnEquals", Family.ARN, false),
        ARN_NOT_EQUALS("ArnNotEquals", Family.ARN, true),
        ARN_LIKE("ArnLike", Family.ARN, false),
        ARN_NOT_LIKE("ArnNotLike", Family.ARN, true),
        NULL("Null", Family.NULL, false);

        private final String wire;
        private final Family family;
        private final boolean negated;

        Comparison(String wire, Family family, boolean negated) {
            this.wire = wire;
            this.family = family;
            this.negated = negated;
        }

        Family family() {
            return family;
        }

        /** Whether it is true where none of the policy's values matches. */
        boolean negated() {
            return negated;
        }

        /** Whether an order, here {@link Integer#signum} of a comparison, is what it wants. */
        boolean holds(int order) {
            return switch (this) {
                case NUMERIC_LESS_THAN, DATE_LESS_THAN -> order < 0;
                case NUMERIC_LESS_THAN_EQUALS, DATE_LESS_THAN_EQUALS -> order <= 0;
                case NUMERIC_GREATER_THAN, DATE_GREATER_THAN -> order > 0;
                case NUMERIC_GREATER_THAN_EQUALS, DATE_GREATER_THAN_EQUALS -> order >= 0;
                default -> order == 0;
            };
        }
    }

    /** What the values are. */
    enum Family {
        STRING,
        NUMERIC,
        DATE,
        BOOLEAN,
        BINARY,
        ADDRESS,
        ARN,
        NULL
    }

    /** The operator of this name, null if there is none; case matters. */
    static @Nullable Operator of(String name) {
        SetOperator set = null;
        String rest = name;
        for (SetOperator each : SetOperator.values()) {
            if (name.startsWith(each.prefix)) {
                set = each;
                rest = name.substring(each.prefix.length());
            }
        }
        Comparison comparison = COMPARISONS.get(rest);
        if (comparison != null) {
            return new Operator(name, comparison, set, false);
        }
        if (!rest.endsWith(IF_EXISTS)) {
            return null;
        }
        comparison = COMPARISONS.get(rest.substring(0, rest.length() - IF_EXISTS.length()));
        return comparison == null || comparison == Comparison.NULL
                ? null
                : new Operator(name, comparison, set, true);
    }
}
