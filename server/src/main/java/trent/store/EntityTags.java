package trent.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The table of tags on users, roles, policies and providers. */
public final class EntityTags {

    private final Tx tx;

    EntityTags(Tx tx) {
        this.tx = tx;
    }

    /** The tags, in the order of their keys. */
    public Map<String, String> of(String ownerId) {
        Map<String, String> tags = new LinkedHashMap<>();
        tx.sql()
                .each(
                        """
                        select tag_key, tag_value from iam_tag where owner_id = ? order by folded
                        """,
                        row -> Map.entry(row.getString(1), row.getString(2)),
                        tag -> tags.put(tag.getKey(), tag.getValue()),
                        ownerId);
        return tags;
    }

    /** Adds a tag, or gives the one of this key another value, and the key's new case. */
    public void put(Entity owner, String key, String value) {
        tx.identitiesChanged(owner.account());
        tx.update(
                """
                insert into iam_tag (owner_id, folded, tag_key, tag_value) values (?, ?, ?, ?)
                on conflict (owner_id, folded) do update
                    set tag_key = excluded.tag_key, tag_value = excluded.tag_value
                """,
                owner.id(),
                folded(owner.kind(), key),
                key,
                value);
    }

    /** Removes the tags of these keys, where there are any. */
    public void remove(Entity owner, List<String> keys) {
        tx.identitiesChanged(owner.account());
        for (String key : keys) {
            tx.update(
                    "delete from iam_tag where owner_id = ? and folded = ?",
                    owner.id(),
                    folded(owner.kind(), key));
        }
    }

    /** By which tag keys are unique: those of users and roles without case. */
    public static String folded(EntityKind kind, String key) {
        return kind.ignoresCaseOfTagKeys() ? key.toLowerCase(Locale.ROOT) : key;
    }
}
