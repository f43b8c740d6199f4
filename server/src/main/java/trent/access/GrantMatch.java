package trent.access;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.api.GrantOperation;
import trent.store.Grant;

/**
 * What a grant allows to its grantee. Of a constraint's pairs and a context's the keys are compared
 * without case, the values with case. Source: AWS KMS API Reference, GrantConstraints; AWS KMS
 * Developer Guide, "Granting CreateGrant permission".
 */
public final class GrantMatch {

    private GrantMatch() {}

    /**
     * A grant that is asked for, as far as another one can limit it.
     *
     * @param contextEquals null without this constraint
     * @param contextSubset null without this constraint
     */
    public record Wanted(
            Collection<GrantOperation> operations,
            @Nullable Map<String, String> contextEquals,
            @Nullable Map<String, String> contextSubset) {}

    /** Whether the grant allows the operation with what the request says. */
    static boolean allows(Grant grant, GrantOperation operation, Details details) {
        if (!grant.operations().contains(operation)) {
            return false;
        }
        return switch (operation) {
            // They have no encryption context.
            case DESCRIBE_KEY, RETIRE_GRANT, GET_PUBLIC_KEY -> true;
            case CREATE_GRANT -> {
                Wanted wanted = details.wanted();
                yield wanted != null && mayCreateChild(grant, wanted);
            }
            default -> hasContext(grant, details.encryptionContext());
        };
    }

    /**
     * Whether who holds CreateGrant by the parent alone may create the other: it must give nothing
     * that the parent does not give.
     */
    public static boolean mayCreateChild(Grant parent, Wanted wanted) {
        if (!parent.operations().containsAll(wanted.operations())) {
            return false;
        }
        Map<String, String> equal = parent.contextEquals();
        if (equal != null
                && (wanted.contextEquals() == null || !same(equal, wanted.contextEquals()))) {
            return false;
        }
        Map<String, String> subset = parent.contextSubset();
        return subset == null
                || (wanted.contextEquals() != null && contains(wanted.contextEquals(), subset))
                || (wanted.contextSubset() != null && contains(wanted.contextSubset(), subset));
    }

    private static boolean hasContext(Grant grant, @Nullable Map<String, String> sent) {
        Map<String, String> context = sent == null ? Map.of() : sent;
        return (grant.contextEquals() == null || same(grant.contextEquals(), context))
                && (grant.contextSubset() == null || contains(context, grant.contextSubset()));
    }

    private static boolean same(Map<String, String> one, Map<String, String> other) {
        return one.size() == other.size() && contains(one, other) && contains(other, one);
    }

    private static boolean contains(Map<String, String> context, Map<String, String> pairs) {
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            if (!pair.getValue().equals(context.get(pair.getKey()))
                    && !hasInAnyCase(context, pair)) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasInAnyCase(
            Map<String, String> context, Map.Entry<String, String> pair) {
        for (Map.Entry<String, String> each : context.entrySet()) {
            if (each.getKey().equalsIgnoreCase(pair.getKey())
                    && each.getValue().equals(pair.getValue())) {
                return true;
            }
        }
        return false;
    }
}
