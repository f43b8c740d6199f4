package trent.sts;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import trent.api.query.InvalidParameterValue;
import trent.api.query.ValidationError;
import trent.api.sts.Tag;
import trent.call.Session;

/**
 * The tags of a session that is to be. Source: AWS IAM User Guide, "Pass session tags in AWS STS".
 *
 * @param all those of the request and those that the calling session hands on
 * @param transitive the keys of those that are handed on further
 */
record SessionTags(Map<String, String> all, Set<String> transitive) {

    /** Of a session, inherited ones included. */
    static final int MOST = 50;

    static final SessionTags NONE = new SessionTags(Map.of(), Set.of());

    /**
     * Tags of a request.
     *
     * @param calling the session that calls; null if none does
     * @throws InvalidParameterValue in AWS's words
     * @throws ValidationError if they are too many together
     */
    static SessionTags of(
            Map<String, String> requested, Set<String> transitiveKeys, @Nullable Session calling) {
        Map<String, String> keys = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        requested.keySet().forEach(key -> keys.put(key, key));
        Set<String> transitive = new LinkedHashSet<>();
        for (String key : transitiveKeys) {
            String tag = keys.get(key);
            if (tag == null) {
                throw new InvalidParameterValue(
                        "The specified transitive tag key must be included in the requested tags.");
            }
            transitive.add(tag);
        }
        Map<String, String> all = new LinkedHashMap<>(requested);
        if (calling != null) {
            for (String inherited : calling.transitiveTags()) {
                if (keys.containsKey(inherited)) {
                    throw new InvalidParameterValue(
                            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.");
                }
                all.put(inherited, calling.tags().getOrDefault(inherited, ""));
                transitive.add(inherited);
            }
        }
        if (all.size() > MOST) { // those of the request alone were counted when it was read
            throw new ValidationError(
                    "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to "
                            + MOST);
        }
        return new SessionTags(all, transitive);
    }

    /**
     * The pairs of a list of tags.
     *
     * @throws InvalidParameterValue if a key stands twice, in whichever case
     */
    static Map<String, String> pairs(List<Tag> tags) {
        Map<String, String> pairs = new LinkedHashMap<>();
        Set<String> seen = new LinkedHashSet<>();
        for (Tag tag : tags) {
            requireNew(tag.key(), seen);
            pairs.put(tag.key(), tag.value());
        }
        return pairs;
    }

    /** Refuses a key that was seen before, in whichever case. */
    static void requireNew(String key, Set<String> seen) {
        if (!seen.add(key.toLowerCase(Locale.ROOT))) {
            throw new InvalidParameterValue(
                    "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        }
    }
}
