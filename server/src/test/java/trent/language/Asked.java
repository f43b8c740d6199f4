package trent.language;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.Principals;
import trent.call.Principal;
import trent.name.AccountId;

/**
 * A request as tests make one: the user Alice decrypts with a key, unless something else is said.
 * Keys whose name begins with {@code m:} may have several values, and so aws:TagKeys.
 */
final class Asked implements Request {

    static final AccountId ACCOUNT = new AccountId("111122223333");
    static final String KEY =
            "arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    static final Principal ALICE = Principals.alice(ACCOUNT);

    /** Knows every name. */
    static final Vocabulary VOCABULARY = Named::of;

    private final Map<ConditionKey, List<String>> facts = new LinkedHashMap<>();
    private Principal principal = ALICE;
    private String action = "kms:Decrypt";
    private String resource = KEY;
    private @Nullable ConditionKey unknown;

    /** A condition key that is known by its name alone. */
    record Named(String name, boolean multiValued) implements ConditionKey {
        static Named of(String name) {
            String small = name.toLowerCase(Locale.ROOT);
            return new Named(small, small.startsWith("m:") || small.equals("aws:tagkeys"));
        }
    }

    Asked by(Principal who) {
        principal = who;
        return this;
    }

    Asked action(String name) {
        action = name;
        return this;
    }

    Asked on(String arn) {
        resource = arn;
        return this;
    }

    /** With values of a condition key; none is an empty list of them. */
    Asked with(String key, String... values) {
        facts.put(VOCABULARY.key(key), List.of(values));
        return this;
    }

    /** With a key whose values cannot be told. */
    Asked withUnknown(String key) {
        unknown = VOCABULARY.key(key);
        return this;
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public String action() {
        return action;
    }

    @Override
    public String resource() {
        return resource;
    }

    @Override
    public int count(ConditionKey key) {
        if (key.equals(unknown)) {
            return UNKNOWN;
        }
        List<String> values = facts.get(key);
        return values == null ? ABSENT : values.size();
    }

    @Override
    public String value(ConditionKey key, int index) {
        return facts.getOrDefault(key, List.of()).get(index);
    }
}
