package trent.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.GrantOperation;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.store.Memory.GrantsOf;

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
                    operations, context_equals, context_subset, created_ms, grantee_id, retiring_id
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
                    operations, context_equals, context_subset, created_ms, grantee_id, retiring_id
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

    /** The grants of the key for whom the unique id names; few, however many the key has. */
    List<Grant> of(KeyArn key, String granteeId) {
        return tx.sql()
                .list(
                        """
                select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                    operations, context_equals, context_subset, created_ms, grantee_id, retiring_id
                from key_grant where account = ? and region = ? and key_id = ? and grantee_id = ?
                """,
                        Grants::read,
                        key.account(),
                        key.region(),
                        key.id(),
                        granteeId);
    }

    /** The same of one grantee's grants. */
    public List<Grant> listOf(KeyArn key, String granteeId, String afterGrantId, int limit) {
        return tx.sql()
                .list(
                        """
                select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                    operations, context_equals, context_subset, created_ms, grantee_id, retiring_id
                from key_grant where account = ? and region = ? and key_id = ? and grantee_id = ?
                    and grant_id > ? order by grant_id limit ?
                """,
                        Grants::read,
                        key.account(),
                        key.region(),
                        key.id(),
                        granteeId,
                        afterGrantId,
                        limit);
    }

    /** The same of one who never calls here, such as a service, and is known by name alone. */
    public List<Grant> listOfName(KeyArn key, String grantee, String afterGrantId, int limit) {
        return tx.sql()
                .list(
                        """
                select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                    operations, context_equals, context_subset, created_ms, grantee_id, retiring_id
                from key_grant where account = ? and region = ? and key_id = ? and grantee = ? and grantee_id is null
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
     *
     * @param principalId by which they are looked for; null if the principal has none
     */
    public List<Grant> retirableBy(
            String principal,
            @Nullable String principalId,
            Region region,
            String afterGrantId,
            int limit) {
        if (principalId == null) {
            return retirableByNobody(principal, region, afterGrantId, limit);
        }
        return tx.sql()
                .list(
                        """
                select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                    operations, context_equals, context_subset, created_ms, grantee_id, retiring_id
                from key_grant where region = ? and retiring_id = ? and grant_id > ?
                order by grant_id limit ?
                """,
                        Grants::read,
                        region,
                        principalId,
                        afterGrantId,
                        limit);
    }

    /** The same for one who never calls here, such as a service, and is known by name alone. */
    private List<Grant> retirableByNobody(
            String principal, Region region, String afterGrantId, int limit) {
        return tx.sql()
                .list(
                        """
                select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                    operations, context_equals, context_subset, created_ms, grantee_id, retiring_id
                from key_grant
                where region = ? and retiring = ? and retiring_id is null and grant_id > ?
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
                    operations, context_equals, context_subset, created_ms, grantee_id, retiring_id
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
                    request_digest, grantee_id, retiring_id)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
                Pairs.text(grant.contextEquals()),
                Pairs.text(grant.contextSubset()),
                grant.created(),
                grant.name() == null ? null : grant.digest(),
                grant.granteeId(),
                grant.retiringId());
        count(grant.key(), 1);
        forget(grant);
    }

    /**
     * Gives the grants of an older Trent the ids of their principals, and their digests, a page at a
     * time. It knew no identities but accounts: whom other ARNs name never was. One that cannot be
     * read stays as it is and is given to nobody; the others must not wait for it.
     */
    static void identifyAll(Sql sql) {
        List<Object> after = List.of("", "", "", "");
        List<Old> page;
        do {
            page =
                    sql.list(
                            """
                    select account, region, key_id, grant_id, name, issuing_account, grantee, retiring,
                        operations, context_equals, context_subset, created_ms, grantee_id, retiring_id
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
                Grant grant = each.grant();
                if (grant != null) {
                    sql.update(
                            """
                            update key_grant set request_digest = ?, grantee_id = ?, retiring_id = ?
                            where account = ? and region = ? and key_id = ? and grant_id = ?
                            """,
                            grant.name() == null ? null : grant.digest(),
                            grant.granteeId(),
                            grant.retiringId(),
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
    private record Old(List<Object> name, @Nullable Grant grant) {}

    /** The id of an account by its root's ARN; null for all others. */
    private static @Nullable String accountOf(@Nullable String arn) {
        String[] parts = arn == null ? new String[0] : arn.split(":", -1);
        return parts.length == 6 && parts[5].equals("root") ? parts[4] : null;
    }

    private static Old old(ResultSet row) throws SQLException {
        List<Object> name =
                List.of(
                        row.getString("account"),
                        row.getString("region"),
                        row.getString("key_id"),
                        row.getString("grant_id"));
        try {
            Grant grant = read(row);
            return new Old(
                    name, grant.withIds(accountOf(grant.grantee()), accountOf(grant.retiring())));
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
        forget(grant);
    }

    private void forget(Grant grant) {
        if (grant.granteeId() != null) {
            tx.stale(tx.memory().grants, new GrantsOf(grant.key(), grant.granteeId()));
        }
    }

    /** Deletes all grants of a key. */
    void deleteAll(KeyArn key) {
        for (String granteeId :
                tx.sql()
                        .list(
                                """
                                select distinct grantee_id from key_grant
                                where account = ? and region = ? and key_id = ?
                                    and grantee_id is not null
                                """,
                                row -> row.getString(1),
                                key.account(),
                                key.region(),
                                key.id())) {
            tx.stale(tx.memory().grants, new GrantsOf(key, granteeId));
        }
        tx.update(
                "delete from key_grant where account = ? and region = ? and key_id = ?",
                key.account(),
                key.region(),
                key.id());
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
                Pairs.read(row.getString("context_equals")),
                Pairs.read(row.getString("context_subset")),
                Instant.ofEpochMilli(row.getLong("created_ms")),
                row.getString("grantee_id"),
                row.getString("retiring_id"));
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
}
