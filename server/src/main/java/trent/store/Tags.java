package trent.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trent.api.Tag;
import trent.name.KeyArn;

/** The table of tags on keys. */
public final class Tags {

    private final Tx tx;

    Tags(Tx tx) {
        this.tx = tx;
    }

    /** Up to {@code limit} tags of the key in the order of their tag keys, after the given one. */
    public List<Tag> list(KeyArn key, String afterTagKey, int limit) {
        return tx.sql()
                .list(
                        """
                select tag_key, tag_value from tag
                where account = ? and region = ? and key_id = ? and tag_key > ? order by tag_key limit ?
                """,
                        row -> new Tag(row.getString(1), row.getString(2)),
                        key.account(),
                        key.region(),
                        key.id(),
                        afterTagKey,
                        limit);
    }

    /** Adds the tag, or gives the tag of this tag key another value. */
    public void put(KeyArn key, Tag tag) {
        tx.update(
                """
                insert into tag (account, region, key_id, tag_key, tag_value) values (?, ?, ?, ?, ?)
                on conflict (account, region, key_id, tag_key) do update set tag_value = excluded.tag_value
                """,
                key.account(),
                key.region(),
                key.id(),
                tag.tagKey(),
                tag.tagValue());
        tx.stale(tx.memory().tags, key);
    }

    /** All tags of the key; fifty at most. */
    Map<String, String> of(KeyArn key) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (Tag tag : list(key, "", Integer.MAX_VALUE)) {
            tags.put(tag.tagKey(), tag.tagValue());
        }
        return Map.copyOf(tags);
    }

    /** Removes the tag of this tag key, if there is one. */
    public void remove(KeyArn key, String tagKey) {
        tx.update(
                "delete from tag where account = ? and region = ? and key_id = ? and tag_key = ?",
                key.account(),
                key.region(),
                key.id(),
                tagKey);
        tx.stale(tx.memory().tags, key);
    }
}
