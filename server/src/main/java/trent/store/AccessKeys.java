package trent.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;
import trent.seal.Secret;

/**
 * The table of access keys. A secret is sealed as materials are, bound to its key's id, account and
 * owner, and is erased as they are when its key is deleted.
 */
public final class AccessKeys {

    private static final String ACTIVE = "ACTIVE";
    private static final String INACTIVE = "INACTIVE";

    /** Stays, without its secret: who takes any key must not take one that was deleted. */
    private static final String DELETED = "DELETED";

    private final Tx tx;

    AccessKeys(Tx tx) {
        this.tx = tx;
    }

    /** The access key without its secret, or null. */
    public @Nullable AccessKey find(String id) {
        return tx.sql()
                .find(
                        """
                        select id, account, owner_id, status, created_ms, used_ms, used_service,
                            used_region
                        from access_key where id = ? and status <> 'DELETED'
                        """,
                        AccessKeys::read,
                        id);
    }

    /** The access keys of a user, or of an account's root, in the order of their ids. */
    public List<AccessKey> of(String ownerId) {
        return tx.sql()
                .list(
                        """
                        select id, account, owner_id, status, created_ms, used_ms, used_service,
                            used_region
                        from access_key where owner_id = ? and status <> 'DELETED' order by id
                        """,
                        AccessKeys::read,
                        ownerId);
    }

    /** Whether a user or root has, or had, an access key: deleted ones count. */
    public boolean everHad(String ownerId) {
        Integer one =
                tx.sql()
                        .find(
                                "select 1 from access_key where owner_id = ? limit 1",
                                row -> row.getInt(1),
                                ownerId);
        return one != null;
    }

    /**
     * The access key with its secret.
     *
     * @throws IllegalStateException if the secret, or anything that it is bound to, was altered
     */
    AccessKey opened(String id) {
        AccessKey key = find(id);
        byte[] sealed = sealed(id);
        if (sealed == null) {
            return AccessKey.nobodys();
        }
        if (key == null) {
            return AccessKey.deleted(id, accountOf(id));
        }
        return new AccessKey(
                id,
                key.account(),
                key.ownerId(),
                key.active(),
                key.created(),
                key.lastUse(),
                tx.seals().open(sealed, bound(id, key.account(), key.ownerId()), row(id)));
    }

    /**
     * Adds an active access key; false, and nothing has changed, if the id is taken.
     *
     * @param secret the secret access key, as the bytes of its characters
     */
    public boolean insert(
            String id, AccountId account, String ownerId, Secret secret, Instant created) {
        if (sealed(id) != null) {
            return false;
        }
        tx.update(
                """
                insert into access_key (id, account, owner_id, status, sealed, created_ms)
                values (?, ?, ?, ?, ?, ?)
                """,
                id,
                account,
                ownerId,
                ACTIVE,
                tx.seals().add(secret, bound(id, account, ownerId)),
                created);
        changed(id, account);
        return true;
    }

    /** Lets the access key be used, or not. */
    public void put(AccessKey key, boolean active) {
        tx.update(
                "update access_key set status = ? where id = ?",
                active ? ACTIVE : INACTIVE,
                key.id());
        changed(key.id(), key.account());
    }

    /** Deletes the access key; its secret is erased, its id stays known as one that was. */
    public void delete(AccessKey key) {
        byte[] sealed = sealed(key.id());
        if (sealed != null && !tx.sealing().erasesLater() && Seals.numbered(sealed)) {
            tx.seals().delete(Seals.number(sealed));
        }
        tx.update(
                "update access_key set status = ?, sealed = ? where id = ?",
                DELETED,
                new byte[1],
                key.id());
        tx.superseded();
        changed(key.id(), key.account());
    }

    /** Notes a use, unless a later one is noted already, or the key is gone. */
    public void used(String id, AccessKey.Use use) {
        tx.update(
                """
                update access_key set used_ms = ?, used_service = ?, used_region = ?
                where id = ? and coalesce(used_ms, 0) <= ?
                """,
                use.time(),
                use.service(),
                use.region(),
                id,
                use.time());
    }

    /** Those seals from the first to the last that an access key has, less the first. */
    BitSet heldSeals(long first, long last) {
        BitSet held = new BitSet();
        tx.sql()
                .each(
                        """
                        select sealed from access_key
                        where length(sealed) = ? and substr(sealed, 1, 1) = ?
                        """,
                        row -> Seals.number(row.getBytes(1)),
                        number -> {
                            if (number >= first && number <= last) {
                                held.set(Math.toIntExact(number - first));
                            }
                        },
                        Seals.NUMBERED_BYTES,
                        new byte[] {Seals.NUMBERED});
        return held;
    }

    private void changed(String id, AccountId account) {
        tx.stale(tx.memory().accessKeys, id);
        tx.identitiesChanged(account);
    }

    private byte @Nullable [] sealed(String id) {
        return tx.sql()
                .find("select sealed from access_key where id = ?", row -> row.getBytes(1), id);
    }

    private AccountId accountOf(String id) {
        return new AccountId(
                Objects.requireNonNull(
                        tx.sql()
                                .find(
                                        "select account from access_key where id = ?",
                                        row -> row.getString(1),
                                        id)));
    }

    private static String row(String id) {
        return "access key " + id;
    }

    /** None of these can hold a slash. */
    private static byte[] bound(String id, AccountId account, String ownerId) {
        return (row(id) + "/" + account + "/" + ownerId).getBytes(UTF_8);
    }

    private static AccessKey read(ResultSet row) throws SQLException {
        Instant used = Sql.instant(row, "used_ms");
        String service = row.getString("used_service");
        String region = row.getString("used_region");
        return new AccessKey(
                row.getString("id"),
                new AccountId(row.getString("account")),
                row.getString("owner_id"),
                row.getString("status").equals(ACTIVE),
                Instant.ofEpochMilli(row.getLong("created_ms")),
                used == null || service == null || region == null
                        ? null
                        : new AccessKey.Use(used, service, region),
                null);
    }
}
