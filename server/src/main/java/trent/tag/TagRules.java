package trent.tag;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import trent.api.Tag;
import trent.api.TagException;
import trent.key.Quotas;

/**
 * What holds for tags beyond the length of their members. Source: AWS KMS Developer Guide,
 * "Tags in AWS KMS".
 */
public final class TagRules {

    private static final String RESERVED = "aws:";

    /** Letters, digits and white space of any script. */
    private static final Pattern CHARACTERS = Pattern.compile("[\\p{L}\\p{N}\\p{Z}_.:/=+\\-@]*");

    private TagRules() {}

    /** Tags by their keys; of two with the same key the last, since such a request is refused. */
    public static Map<String, String> map(List<Tag> tags) {
        Map<String, String> map = new LinkedHashMap<>();
        tags.forEach(tag -> map.put(tag.tagKey(), tag.tagValue()));
        return map;
    }

    /** Checks the tags of one request for themselves. */
    public static void require(List<Tag> tags, Quotas quotas) {
        if (tags.size() > quotas.tagsPerKey()) {
            throw tooMany();
        }
        Set<String> keys = new HashSet<>();
        for (Tag tag : tags) {
            if (!keys.add(tag.tagKey())) {
                throw new TagException("Duplicate tag keys");
            }
            requireOwn(tag.tagKey());
            requireCharacters("key", tag.tagKey());
            requireCharacters("value", tag.tagValue());
        }
    }

    /** Refuses tag keys that are AWS's. */
    static void requireOwn(String tagKey) {
        if (tagKey.regionMatches(true, 0, RESERVED, 0, RESERVED.length())) {
            throw new TagException("Tags beginning with aws: are reserved");
        }
    }

    private static void requireCharacters(String what, String text) {
        if (!CHARACTERS.matcher(text).matches()) {
            throw new TagException(
                    "A tag %s may hold letters, digits, white space and _ . : / = + - @ only"
                            .formatted(what));
        }
    }

    static TagException tooMany() {
        return new TagException("Too many tags");
    }
}
