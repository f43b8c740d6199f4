package trent.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trent.api.GrantOperation;
import trent.store.Key;

/**
 * What one request says that conditions may ask for, beside who calls and about which key. Built
 * anew for each check; small, since each Encrypt makes one.
 */
public final class Details {

    private record Several(List<String> values) {}

    /** What was found once is the value for the whole decision. */
    private static final class Later {

        private final Function<Key, String> finder;
        private @Nullable String found;

        private Later(Function<Key, String> finder) {
            this.finder = finder;
        }

        private String of(Key key) {
            if (found == null) {
                found = finder.apply(key);
            }
            return found;
        }
    }

    /** One detail is all that most calls have: a list would be most of what a decision allocates. */
    private @Nullable Detail first;

    private @Nullable Object firstValue;
    private @Nullable List<Object> more;
    private @Nullable Map<String, String> encryptionContext;
    private @Nullable Map<String, String> requestTags;
    private @Nullable List<String> tagKeys;
    private GrantMatch.@Nullable Wanted wanted;
    private boolean fromCiphertext;

    /** Adds the value of a condition key; null: the request has none. */
    public Details with(Detail detail, @Nullable String value) {
        if (value != null) {
            put(detail, value);
        }
        return this;
    }

    /** Adds the values of a condition key that may have several. */
    public Details with(Detail detail, List<String> values) {
        put(detail, new Several(values));
        return this;
    }

    /** A value that costs something: it is found only when a condition asks for it. */
    public Details later(Detail detail, Function<Key, String> value) {
        put(detail, new Later(value));
        return this;
    }

    /** The operation has an encryption context, which may be empty. */
    public Details encryptionContext(Map<String, String> pairsOfContext) {
        encryptionContext = pairsOfContext;
        return this;
    }

    /** The request gives tags to a key. */
    public Details tags(Map<String, String> tags) {
        requestTags = tags;
        tagKeys = List.copyOf(tags.keySet());
        return this;
    }

    /** The request names tags of a key. */
    public Details tagKeys(List<String> keys) {
        tagKeys = keys;
        return this;
    }

    /**
     * The grant that CreateGrant is asked for: its operations, the type of its constraint, and the
     * constraint's pairs as encryption context.
     *
     * @param contextEquals null without this constraint
     * @param contextSubset null without this constraint
     */
    public Details grant(
            Collection<GrantOperation> operations,
            @Nullable Map<String, String> contextEquals,
            @Nullable Map<String, String> contextSubset) {
        wanted = new GrantMatch.Wanted(operations, contextEquals, contextSubset);
        with(Detail.GRANT_OPERATIONS, operations.stream().map(GrantOperation::wire).toList());
        return constraint(contextEquals, contextSubset);
    }

    /** The constraint of a grant that is made or retired. */
    Details constraint(
            @Nullable Map<String, String> contextEquals,
            @Nullable Map<String, String> contextSubset) {
        if (contextEquals != null) {
            with(Detail.GRANT_CONSTRAINT_TYPE, "EncryptionContextEquals");
            encryptionContext = contextEquals;
        } else if (contextSubset != null) {
            with(Detail.GRANT_CONSTRAINT_TYPE, "EncryptionContextSubset");
            encryptionContext = contextSubset;
        }
        return this;
    }

    /** No member of the request names the key, but a ciphertext does. */
    public Details fromCiphertext() {
        fromCiphertext = true;
        return this;
    }

    /**
     * The value, or null if the request does not have it.
     *
     * @param key that it is about; null where that does not exist, or must not tell anything
     */
    @Nullable String value(Detail detail, @Nullable Key key) {
        return switch (get(detail)) {
            case String value -> value;
            case Later later -> key == null ? null : later.of(key);
            case null, default -> null;
        };
    }

    /** The values of one that may have several; empty if the request does not have it. */
    List<String> values(Detail detail) {
        return get(detail) instanceof Several(List<String> values) ? values : List.of();
    }

    private void put(Detail detail, Object value) {
        if (first == null) {
            first = detail;
            firstValue = value;
            return;
        }
        if (more == null) {
            more = new ArrayList<>(4);
        }
        more.add(detail);
        more.add(value);
    }

    private @Nullable Object get(Detail detail) {
        if (first == detail) {
            return firstValue;
        }
        if (more != null) {
            for (int i = 0; i < more.size(); i += 2) {
                if (more.get(i) == detail) {
                    return more.get(i + 1);
                }
            }
        }
        return null;
    }

    /** Null where the operation has none. */
    @Nullable Map<String, String> encryptionContext() {
        return encryptionContext;
    }

    /** Null where the request gives none. */
    @Nullable Map<String, String> requestTags() {
        return requestTags;
    }

    /** Null where the request names none. */
    @Nullable List<String> tagKeys() {
        return tagKeys;
    }

    /** Null unless a grant is asked for. */
    GrantMatch.@Nullable Wanted wanted() {
        return wanted;
    }

    boolean isFromCiphertext() {
        return fromCiphertext;
    }
}
