package trent.store;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.Tag;
import trent.seal.Secret;

/**
 * How many bytes of heap a thing retains, about: measured with compact object headers, rounded up.
 * An entry's share of the cache's own tables is in it.
 */
public final class Weights {

    /** Node, map slot and the ARN that is the entry's name: 56 + 24 + 176. */
    private static final int ENTRY = 256;

    static final int ACCOUNT = 320;
    private static final int ACCESS_KEY = 320;

    /** The text of its ARN, which it keeps, is 128 of it. */
    private static final int KEY = 368;

    private static final int ALIAS = 304;
    private static final int MATERIAL = 480;
    private static final int GRANT = 320;
    private static final int WEAK_REFERENCE = 64;
    private static final int LIST_ITEM = 8;
    private static final int STRING = 48;
    private static final int PAIR = 40;

    static final int OF_OWNER = ENTRY;

    private Weights() {}

    static int of(Key key) {
        return ENTRY + KEY + of(key.description()) + of(key.currentMaterialId());
    }

    static int of(Alias alias) {
        return ENTRY + ALIAS + of(alias.arn().name().value());
    }

    static int of(String id, AccessKey key) {
        Secret secret = key.secret();
        return ENTRY + ACCESS_KEY + of(id) + (secret == null ? 0 : secret.length());
    }

    static int ofAliases(List<Alias> aliases) {
        int sum = ENTRY;
        for (Alias alias : aliases) {
            sum += LIST_ITEM + ALIAS + of(alias.arn().name().value());
        }
        return sum;
    }

    static int of(KeyMaterials materials) {
        int sum = ENTRY;
        for (KeyMaterial material : materials.all()) {
            Secret secret = material.secret();
            Blob publicKey = material.facts().publicKey();
            sum +=
                    LIST_ITEM
                            + MATERIAL
                            + (secret == null ? 0 : secret.length())
                            + (publicKey == null ? 0 : publicKey.bytes().length)
                            + of(material.facts().description());
        }
        return sum;
    }

    /** The reference alone: what it refers to is counted where it is held. */
    static int of(KeyPolicy policy) {
        return ENTRY + WEAK_REFERENCE;
    }

    static int ofTags(Map<String, String> tags) {
        return ENTRY + of(tags);
    }

    static int ofGrants(List<Grant> grants) {
        int sum = ENTRY + STRING;
        for (Grant grant : grants) {
            sum += LIST_ITEM + GRANT + grant.bytes();
        }
        return sum;
    }

    /** Two bytes for each character, which a text beyond Latin-1 takes. */
    public static int of(@Nullable String text) {
        return text == null ? 0 : STRING + 2 * text.length();
    }

    public static int of(List<Tag> tags) {
        int sum = 0;
        for (Tag tag : tags) {
            sum += LIST_ITEM + of(tag.tagKey()) + of(tag.tagValue());
        }
        return sum;
    }

    static int of(@Nullable Map<String, String> context) {
        int sum = 0;
        if (context != null) {
            for (Map.Entry<String, String> pair : context.entrySet()) {
                sum += PAIR + of(pair.getKey()) + of(pair.getValue());
            }
        }
        return sum;
    }
}
