package trent.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.GrantOperation;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;

/** The table of grants. */
public final class Grants {

    private static final Logger LOG = LoggerFactory.getLogger(Grants.class);
    private static final int PAGE = 500;

    private final Tx tx;

    Grants(Tx tx) {
        this.tx = tx;
    }

    /** The grant, or null if the key has none of this id. */
    public @Nullable Grant find(KeyArn key, String grantId) {
        return tx.sql()
                .find(
                        """
                select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                    operations, context_equals, context_subset, created_ms
                from key_grant where account = ? and region = ? and key_id = ? and grant_id = ?
                """,
                        Grants::read,
                        key.account(),
                        key.region(),
                        key.id(),
                        grantId);
    }

    /** Up to {@code limit} grants of the key in the order of their ids, after the given one. */
    public List<Grant> list(KeyArn key, String afterGrantId, int limit) {
        return tx.sql()
                .list(
                        """
                select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                    operations, context_equals, context_subset, created_ms
                from key_grant where account = ? and region = ? and key_id = ? and grant_id > ?
                order by grant_id limit ?
                """,
                        Grants::read,
                        key.account(),
                        key.region(),
                        key.id(),
                        afterGrantId,
                        limit);
    }

    /** The same of one grantee's grants. */
    public List<Grant> listOf(KeyArn key, String grantee, String afterGrantId, int limit) {
        return tx.sql()
                .list(
                        """
                select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                    operations, context_equals, context_subset, created_ms
                from key_grant where account = ? and region = ? and key_id = ? and grantee = ?
                    and grant_id > ? order by grant_id limit ?
                """,
                        Grants::read,
                        key.account(),
                        key.region(),
                        key.id(),
                        grantee,
                        afterGrantId,
                        limit);
    }

    /**
     * Up to {@code limit} grants in the Region, on keys of any account, that the principal may
     * retire, in the order of their ids, after the given one.
     */
    public List<Grant> retirableBy(
            String principal, Region region, String afterGrantId, int limit) {
        return tx.sql()
                .list(
                        """
                select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                    operations, context_equals, context_subset, created_ms
                from key_grant where region = ? and retiring = ? and grant_id > ?
                order by grant_id limit ?
                """,
                        Grants::read,
                        region,
                        principal,
                        afterGrantId,
                        limit);
    }

    /** The grant of the key that was asked for with the same words, or null. */
    public @Nullable Grant sameAs(Grant asked) {
        // One look into an index, however many grants have the name: all other changes wait.
        return tx.sql()
                .find(
                        """
                select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                    operations, context_equals, context_subset, created_ms
                from key_grant
                where account = ? and region = ? and key_id = ? and request_digest = ? limit 1
                """,
                        Grants::read,
                        asked.key().account(),
                        asked.key().region(),
                        asked.key().id(),
                        asked.digest());
    }

    /** How many grants the key has. */
    public int countOf(KeyArn key) {
        Integer count =
                tx.sql()
                        .find(
                                "select grants from kms_key where account = ? and region = ? and key_id = ?",
                                row -> row.getInt(1),
                                key.account(),
                                key.region(),
                                key.id());
        return count == null ? 0 : count;
    }

    public void insert(Grant grant) {
        tx.update(
                """
                insert into key_grant (account, region, key_id, grant_id, name, issuing_account,
                    grantee, retiring, operations, context_equals, context_subset, created_ms,
                    request_digest)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                grant.key().account(),
                grant.key().region(),
                grant.key().id(),
                grant.id(),
                grant.name(),
                grant.issuingAccount(),
                grant.grantee(),
                grant.retiring(),
                text(grant.operations()),
                text(grant.contextEquals()),
                text(grant.contextSubset()),
                grant.created(),
                grant.name() == null ? null : grant.digest());
        count(grant.key(), 1);
    }

    /**
     * Gives the digest to the grants of an older Trent, a page at a time. One that cannot
     * be read gets none, and so is never found again by what was asked for; the others must
     * not wait for it.
     */
    static void digestAll(Sql sql) {
        List<Object> after = List.of("", "", "", "");
        List<Old> page;
        do {
            page =
                    sql.list(
                            """
                    select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                        operations, context_equals, context_subset, created_ms
                    from key_grant where (account, region, key_id, grant_id) > (?, ?, ?, ?)
                    order by account, region, key_id, grant_id limit ?
                    """,
                            Grants::old,
                            after.get(0),
                            after.get(1),
                            after.get(2),
                            after.get(3),
                            PAGE);
            for (Old each : page) {
                if (each.digest() != null) {
                    sql.update(
                            """
                            update key_grant set request_digest = ?
                            where account = ? and region = ? and key_id = ? and grant_id = ?
                            """,
                            each.digest(),
                            each.name().get(0),
                            each.name().get(1),
                            each.name().get(2),
                            each.name().get(3));
                }
                after = each.name();
            }
        } while (page.size() == PAGE);
    }

    /**
     * A grant of an older Trent.
     *
     * @param name account, Region, key and id as they stand in the row
     */
    private record Old(List<Object> name, @Nullable String digest) {}

    private static Old old(ResultSet row) throws SQLException {
        List<Object> name =
                List.of(
                        row.getString("account"),
                        row.getString("region"),
                        row.getString("key_id"),
                        row.getString("grant_id"));
        try {
            Grant grant = read(row);
            return new Old(name, grant.name() == null ? null : grant.digest());
        } catch (RuntimeException e) { // a word, an id or a context that no Trent writes
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("grant", name)
                    .log(
                            "a grant cannot be read; it stays as it is, and the others of the store are not kept"
                                    + " from use. Its row is damaged: restore it from a backup, or revoke it");
            return new Old(name, null);
        }
    }

    public void delete(Grant grant) {
        int rows =
                tx.update(
                        """
                        delete from key_grant
                        where account = ? and region = ? and key_id = ? and grant_id = ?
                        """,
                        grant.key().account(),
                        grant.key().region(),
                        grant.key().id(),
                        grant.id());
        count(grant.key(), -rows);
    }

    /** Counted with the key, since counting rows takes longer the more there are. */
    private void count(KeyArn key, int more) {
        tx.update(
                "update kms_key set grants = grants + ? where account = ? and region = ? and key_id = ?",
                more,
                key.account(),
                key.region(),
                key.id());
    }

    private static Grant read(ResultSet row) throws SQLException {
        return new Grant(
                new KeyArn(
                        new Region(row.getString("region")),
                        new AccountId(row.getString("account")),
                        new KeyId(row.getString("key_id"))),
                row.getString("grant_id"),
                row.getString("name"),
                new AccountId(row.getString("issuing_account")),
                row.getString("grantee"),
                row.getString("retiring"),
                operations(row.getString("operations")),
                context(row.getString("context_equals")),
                context(row.getString("context_subset")),
                Instant.ofEpochMilli(row.getLong("created_ms")));
    }

    private static String text(List<GrantOperation> operations) {
        return String.join(" ", operations.stream().map(GrantOperation::wire).toList());
    }

    private static List<GrantOperation> operations(String text) {
        List<GrantOperation> operations = new ArrayList<>();
        for (String word : text.split(" ", -1)) {
            operations.add(Keys.known(GrantOperation.ofWire(word), "grant operation"));
        }
        return List.copyOf(operations);
    }

    /** Keys and values in turn, each after its length and a colon: any text may be in them. */
    private static @Nullable String text(@Nullable Map<String, String> context) {
        if (context == null) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        context.forEach(
                (key, value) ->
                        text.append(key.length())
                                .append(':')
                                .append(key)
                                .append(value.length())
                                .append(':')
                                .append(value));
        return text.toString();
    }

    private static @Nullable Map<String, String> context(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Map<String, String> context = new LinkedHashMap<>();
        for (int at = 0; at < text.length(); ) {
            int key = text.indexOf(':', at) + 1;
            int keyEnd = key + Integer.parseInt(text, at, key - 1, 10);
            int value = text.indexOf(':', keyEnd) + 1;
            int valueEnd = value + Integer.parseInt(text, keyEnd, value - 1, 10);
            context.put(text.substring(key, keyEnd), text.substring(value, valueEnd));
            at = valueEnd;
        }
        return context;
    }
}
