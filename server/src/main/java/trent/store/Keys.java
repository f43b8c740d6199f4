package trent.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;

/** The table of keys. */
public final class Keys {

    private final Tx tx;

    Keys(Tx tx) {
        this.tx = tx;
    }

    /** The key, or null if there is none. */
    public @Nullable Key find(KeyArn arn) {
        return tx.sql()
                .find(
                        """
                select account, region, key_id, spec, key_usage, origin, state, description, created_ms,
                    deletion_ms, material_id
                from kms_key where account = ? and region = ? and key_id = ?
                """,
                        Keys::read,
                        arn.account(),
                        arn.region(),
                        arn.id());
    }

    /**
     * Up to {@code limit} keys of the account and Region in the order of their ids, after the given
     * one.
     */
    public List<KeyArn> list(AccountId account, Region region, String afterKeyId, int limit) {
        return tx.sql()
                .list(
                        """
                select key_id from kms_key where account = ? and region = ? and key_id > ?
                order by key_id limit ?
                """,
                        row -> new KeyArn(region, account, new KeyId(row.getString(1))),
                        account,
                        region,
                        afterKeyId,
                        limit);
    }

    /** Up to {@code limit} keys of all accounts whose waiting period has ended. */
    public List<KeyArn> dueForDeletion(Instant now, int limit) {
        return tx.sql()
                .list(
                        """
                select account, region, key_id from kms_key
                where deletion_ms <= ? order by deletion_ms limit ?
                """,
                        Keys::readArn,
                        now,
                        limit);
    }

    public void insert(Key key) {
        tx.update(
                """
                insert into kms_key (account, region, key_id, spec, key_usage, origin, state, description,
                    created_ms, deletion_ms, material_id)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                key.arn().account(),
                key.arn().region(),
                key.arn().id(),
                key.spec().wire(),
                key.usage().wire(),
                key.origin().wire(),
                key.state().wire(),
                key.description(),
                key.created(),
                key.deletion(),
                key.currentMaterialId());
    }

    /** Writes what can change in a key: state, description, deletion date, current material. */
    public void update(Key key) {
        tx.update(
                """
                update kms_key set state = ?, description = ?, deletion_ms = ?, material_id = ?
                where account = ? and region = ? and key_id = ?
                """,
                key.state().wire(),
                key.description(),
                key.deletion(),
                key.currentMaterialId(),
                key.arn().account(),
                key.arn().region(),
                key.arn().id());
        tx.afterCommit(() -> tx.memory().keys.forget(key.arn()));
    }

    /** Deletes the key and everything that is its own: aliases, material, policy and tags. */
    public void delete(KeyArn arn) {
        for (Alias alias : tx.aliases().of(arn)) {
            tx.aliases().delete(alias);
        }
        tx.update(
                "delete from tag where account = ? and region = ? and key_id = ?",
                arn.account(),
                arn.region(),
                arn.id());
        tx.update(
                "delete from key_policy where account = ? and region = ? and key_id = ?",
                arn.account(),
                arn.region(),
                arn.id());
        tx.update(
                "delete from key_material where account = ? and region = ? and key_id = ?",
                arn.account(),
                arn.region(),
                arn.id());
        tx.update(
                "delete from kms_key where account = ? and region = ? and key_id = ?",
                arn.account(),
                arn.region(),
                arn.id());
        tx.afterCommit(
                () -> {
                    tx.memory().keys.forget(arn);
                    tx.memory().materials.forget(arn);
                    tx.memory().aliasesOfKey.forget(arn);
                });
    }

    private static KeyArn readArn(ResultSet row) throws SQLException {
        return new KeyArn(
                new Region(row.getString("region")),
                new AccountId(row.getString("account")),
                new KeyId(row.getString("key_id")));
    }

    private static Key read(ResultSet row) throws SQLException {
        long deletion = row.getLong("deletion_ms");
        Instant deletionDate = row.wasNull() ? null : Instant.ofEpochMilli(deletion);
        return new Key(
                readArn(row),
                known(KeySpec.ofWire(row.getString("spec")), "key spec"),
                known(KeyUsageType.ofWire(row.getString("key_usage")), "key usage"),
                known(OriginType.ofWire(row.getString("origin")), "origin"),
                known(KeyState.ofWire(row.getString("state")), "key state"),
                row.getString("description"),
                Instant.ofEpochMilli(row.getLong("created_ms")),
                deletionDate,
                row.getString("material_id"));
    }

    private static <E> E known(@Nullable E value, String what) {
        if (value == null) {
            throw new StoreException(
                    "a row holds an unknown " + what + ": it was written by a newer Trent");
        }
        return value;
    }
}
