package trent.access;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one request of IAM or STS says that conditions may ask for, beside who calls: condition keys
 * by their names, for example {@code sts:ExternalId}, {@code iam:PermissionsBoundary} or {@code
 * aws:RequestTag/team}. A simulated request can give the global ones too, which then stand for the
 * caller's.
 */
public final class ServiceFacts {

    private final Map<String, List<String>> values = new HashMap<>();

    /** Adds the value of a condition key; null: the request has none. */
    public ServiceFacts with(String conditionKey, @Nullable String value) {
        if (value != null) {
            values.computeIfAbsent(name(conditionKey), _ -> new ArrayList<>(1)).add(value);
        }
        return this;
    }

    /** Adds the values of a condition key that may have several; none: it is absent. */
    public ServiceFacts with(String conditionKey, List<String> several) {
        if (!several.isEmpty()) {
            values.computeIfAbsent(name(conditionKey), _ -> new ArrayList<>()).addAll(several);
        }
        return this;
    }

    /** The request gives tags: {@code aws:RequestTag/…} and {@code aws:TagKeys}. */
    public ServiceFacts tags(Map<String, String> tags) {
        tags.forEach((key, value) -> with("aws:RequestTag/" + key, value));
        return tagKeys(List.copyOf(tags.keySet()));
    }

    /** The request names tags: {@code aws:TagKeys}. */
    public ServiceFacts tagKeys(List<String> keys) {
        return with("aws:TagKeys", keys);
    }

    /**
     * The user, role, policy or provider that it is about has tags.
     *
     * @param service for example {@code iam}, whose own name for them is {@code iam:ResourceTag/…}
     */
    public ServiceFacts resourceTags(String service, Map<String, String> tags) {
        tags.forEach(
                (key, value) -> {
                    with("aws:ResourceTag/" + key, value);
                    with(service + ":ResourceTag/" + key, value);
                });
        return this;
    }

    /** Null if the request does not have it. */
    @Nullable List<String> of(String lowerCase) {
        return values.get(lowerCase);
    }

    private static String name(String conditionKey) {
        return conditionKey.toLowerCase(Locale.ROOT);
    }
}
