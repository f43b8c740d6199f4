package trent.language;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.language.Operator.Comparison;
import trent.language.Operator.SetOperator;

/** One operator over one key. Source: AWS IAM User Guide, "IAM JSON policy elements: Condition". */
final class Condition {

    private final Operator operator;
    private final String written;
    private final ConditionKey key;
    private final Values values;
    private final boolean negated;

    /** What it is where the request has no such key. */
    private final boolean ifAbsent;

    /** Whether each value of several must do, rather than any. */
    private final boolean each;

    private final List<String> variables;

    /**
     * A condition.
     *
     * @param written the key as the policy writes it
     * @param variables whether {@code ${…}} means something
     */
    Condition(
            Operator operator,
            String written,
            List<String> texts,
            boolean variables,
            Vocabulary vocabulary) {
        this.operator = operator;
        this.written = written;
        Comparison comparison = operator.comparison();
        SetOperator set = operator.set();
        List<String> names = new ArrayList<>();
        key = vocabulary.key(written);
        values =
                Values.of(
                        comparison,
                        texts.stream().map(GlobalArn::compared).toList(),
                        variables ? vocabulary : null,
                        names);
        negated = comparison.negated();
        each = set == null ? negated : set == SetOperator.FOR_ALL_VALUES;
        ifAbsent =
                set == null
                        ? values instanceof Values.Absence(boolean absent, _)
                                ? absent
                                : negated || operator.ifExists()
                        : each || operator.ifExists();
        this.variables = List.copyOf(names);
    }

    /**
     * Whether it is true.
     *
     * @param allow whether it stands in an Allow: what cannot be told is then no reason to match
     */
    boolean holds(Facts facts, boolean allow) {
        int count = facts.count(key);
        if (count == 1) {
            return values.match(GlobalArn.compared(facts.value(key, 0)), facts) != negated;
        }
        if (count == Facts.UNKNOWN) {
            return !allow;
        }
        if (count <= 0) {
            return ifAbsent;
        }
        boolean all = key.multiValued() ? each : allow;
        for (int i = 0; i < count; i++) {
            if ((values.match(GlobalArn.compared(facts.value(key, i)), facts) != negated) != all) {
                return !all;
            }
        }
        return all;
    }

    /** Why it is not true, for people. */
    Mismatch mismatch(Facts facts) {
        int count = facts.count(key);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            seen.add(facts.value(key, i));
        }
        return new Mismatch(
                Mismatch.Element.CONDITION,
                operator.name(),
                written,
                count == Facts.ABSENT ? null : seen);
    }

    /** The names of the keys that it asks for, those of its variables included. */
    List<String> keys() {
        List<String> keys = new ArrayList<>();
        keys.add(written);
        keys.addAll(variables);
        return keys;
    }

    long bytes() {
        long sum = 40 + 40 + Sizes.of(operator.name()) + Sizes.of(written) + values.bytes();
        for (String variable : variables) {
            sum += 32 + Sizes.of(variable);
        }
        return sum;
    }

    /** Whether it is one that KMS refuses to have written, since an absent key makes it true. */
    static @Nullable String overlyPermissive(Operator operator, String key) {
        boolean single =
                key.regionMatches(true, 0, "kms:EncryptionContext:", 0, 22)
                        || key.regionMatches(true, 0, "aws:RequestTag/", 0, 15);
        return operator.set() == SetOperator.FOR_ALL_VALUES && single ? key : null;
    }
}
