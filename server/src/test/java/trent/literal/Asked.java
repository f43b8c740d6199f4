package trent.literal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.language.ConditionKey;
import trent.language.Request;

/**
 * What policies are asked (§1).
 *
 * @param context condition keys, in any case, and their values; a key that is not there is absent
 */
record Asked(Caller caller, String action, String resource, Map<String, List<String>> context) {

    /** §4: the keys that are marked multi. */
    private static final Set<String> MULTI_VALUED =
            Set.of(
                    "kms:encryptioncontextkeys",
                    "kms:grantoperations",
                    "kms:resourcealiases",
                    "aws:tagkeys",
                    "aws:calledvia",
                    "aws:principalorgpaths",
                    "aws:resourceorgpaths",
                    "aws:principalservicenameslist");

    static boolean multiValued(String key) {
        return MULTI_VALUED.contains(key.toLowerCase(Locale.ROOT));
    }

    /** The values of a key; null if it is absent. */
    @Nullable List<String> valuesOf(String key) {
        List<String> all = null;
        for (Map.Entry<String, List<String>> entry : context.entrySet()) {
            if (entry.getKey().equalsIgnoreCase(key)) {
                all = all == null ? new ArrayList<>() : all;
                all.addAll(entry.getValue());
            }
        }
        return all;
    }

    /** The same in the engine's shape. */
    Request request() {
        return request(caller.principal());
    }

    Request request(Principal principal) {
        return new Request() {
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
                List<String> values = valuesOf(key.name());
                return values == null ? ABSENT : values.size();
            }

            @Override
            public String value(ConditionKey key, int index) {
                List<String> values = valuesOf(key.name());
                if (values == null) {
                    throw new IllegalArgumentException("asked for the value of absent " + key);
                }
                return values.get(index);
            }
        };
    }

    /** Names of condition keys as the engine wants them. */
    record Key(String name, boolean multiValued) implements ConditionKey {

        static Key named(String name) {
            return new Key(name.toLowerCase(Locale.ROOT), Asked.multiValued(name));
        }
    }
}
