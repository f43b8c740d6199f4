package trent.iam;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.api.iam.InvalidInputException;
import trent.api.iam.LimitExceededException;
import trent.api.iam.Tag;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.EntityTags;
import trent.store.Tx;

/** Which tags may be. Source: AWS IAM User Guide, "Tags for IAM resources". */
final class TagRules {

    private TagRules() {}

    /** Refuses keys that are AWS's, or given twice. */
    static void require(EntityKind kind, List<Tag> tags) {
        Set<String> keys = new HashSet<>();
        for (Tag tag : tags) {
            if (tag.key().toLowerCase(Locale.ROOT).startsWith("aws:")) {
                throw new InvalidInputException(
                        "aws: prefixed tag key names are not allowed for external use.");
            }
            if (!keys.add(EntityTags.folded(kind, tag.key()))) {
                throw new InvalidInputException(
                        "Duplicate tag keys found. Please note that Tag keys are case"
                                + " insensitive.");
            }
        }
    }

    /** Adds the tags, if there is room for those that are new. */
    static void put(Tx tx, Entity owner, List<Tag> tags, int quota) {
        Set<String> all = new HashSet<>();
        tx.entityTags()
                .of(owner.id())
                .keySet()
                .forEach(key -> all.add(EntityTags.folded(owner.kind(), key)));
        tags.forEach(tag -> all.add(EntityTags.folded(owner.kind(), tag.key())));
        if (all.size() > quota) {
            throw new LimitExceededException("The number of tags has reached the maximum limit.");
        }
        tags.forEach(tag -> tx.entityTags().put(owner, tag.key(), tag.value()));
    }

    static Map<String, String> map(List<Tag> tags) {
        Map<String, String> map = new LinkedHashMap<>();
        tags.forEach(tag -> map.putIfAbsent(tag.key(), tag.value()));
        return map;
    }

    static List<Tag> list(Map<String, String> tags) {
        return tags.entrySet().stream().map(tag -> new Tag(tag.getKey(), tag.getValue())).toList();
    }

    /** As answers have them: left out where there are none. */
    static @Nullable List<Tag> shown(Tx tx, String ownerId) {
        List<Tag> tags = list(tx.entityTags().of(ownerId));
        return tags.isEmpty() ? null : tags;
    }
}
