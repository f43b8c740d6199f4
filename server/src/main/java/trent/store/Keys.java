package trent.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.api.ExpirationModelType;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.store.Key.Expiration;
import trent.store.Key.Rotation;
import trent.store.Memory.KeyName;

/** The table of keys. */
public final class Keys {

    private final Tx tx;

    Keys(Tx tx) {
        this.tx = tx;
    }

    /** The key, or null if there is none. */
    public @Nullable Key find(KeyArn arn) {
        Key key =
                tx.sql()
                        .find(
                                """
                select account, region, key_id, spec, key_usage, origin, state, description, created_ms,
                    deletion_ms, pending_window_days, material_id, expiration_model, valid_to_ms,
                    primary_region, rotation_days, rotation_next_ms, on_demand_rotations, service
                from kms_key where account = ? and region = ? and key_id = ?
                """,
                                Keys::read,
                                arn.account(),
                                arn.region(),
                                arn.id());
        return key == null ? null : alive(key);
    }

    /**
     * The same as {@link #find}, after the same steps whether there is such a key or not: the row at
     * its place or the next one is read.
     */
    @Nullable Key findUntold(KeyArn arn) {
        Key nearest =
                tx.sql()
                        .find(
                                """
                select account, region, key_id, spec, key_usage, origin, state, description, created_ms,
                    deletion_ms, pending_window_days, material_id, expiration_model, valid_to_ms,
                    primary_region, rotation_days, rotation_next_ms, on_demand_rotations, service
                from kms_key where (account, region, key_id) >= (?, ?, ?)
                order by account, region, key_id limit 1
                """,
                                Keys::read,
                                arn.account(),
                                arn.region(),
                                arn.id());
        return nearest == null || !nearest.arn().equals(arn) ? null : alive(nearest);
    }

    private Key alive(Key key) {
        Expiration expiration = key.expiration();
        return expiration == null || !tx.over(expiration.validTo())
                ? key
                : key.withoutExpiredMaterial(tx.materials().expirationOf(key.arn()));
    }

    /**
     * Whose key it is, and if nobody has one, who has the next: after the same steps in both cases, as
     * in {@link #findUntold}. Null if there is none after it either.
     */
    @Nullable AccountId owner(KeyName name) {
        return tx.sql()
                .find(
                        """
                        select account from kms_key
                        where (key_id, region) >= (?, ?) order by key_id, region, account limit 1
                        """,
                        row -> new AccountId(row.getString(1)),
                        name.id(),
                        name.region());
    }

    /**
     * Up to {@code limit} keys of the account and Region in the order of their ids,
     * after the given one.
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

    /**
     * Up to {@code limit} keys of all accounts whose waiting period has ended, after the given one.
     */
    public List<DueKey> dueForDeletion(Instant now, DueKey after, int limit) {
        return tx.sql()
                .list(
                        """
                        select deletion_ms, account, region, key_id from kms_key
                        where deletion_ms <= ? and (deletion_ms, account, region, key_id) > (?, ?, ?, ?)
                        order by deletion_ms, account, region, key_id limit ?
                        """,
                        DueKey::read,
                        now,
                        after.dueMillis(),
                        after.account(),
                        after.region(),
                        after.keyId(),
                        limit);
    }

    /** How many keys of all accounts are in each state, as their rows have it. */
    Map<KeyState, Long> countByState() {
        Map<KeyState, Long> counts = new EnumMap<>(KeyState.class);
        tx.sql()
                .each(
                        "select state, count(*) as keys from kms_key group by state",
                        row ->
                                Map.entry(
                                        known(KeyState.ofWire(row.getString("state")), "key state"),
                                        row.getLong("keys")),
                        each -> counts.put(each.getKey(), each.getValue()));
        return counts;
    }

    /** How many keys of all accounts come to the end of their waiting period in this time. */
    public int countDueForDeletion(Instant after, Instant until) {
        Integer count =
                tx.sql()
                        .find(
                                "select count(*) from kms_key where deletion_ms > ? and deletion_ms <= ?",
                                row -> row.getInt(1),
                                after,
                                until);
        return count == null ? 0 : count;
    }

    /**
     * The Regions in which the account has a key with this id: one, or all of a multi-Region key.
     */
    public List<KeyArn> related(KeyArn arn) {
        return tx.sql()
                .list(
                        """
                        select account, region, key_id from kms_key where account = ? and key_id = ?
                        order by region
                        """,
                        Keys::readArn,
                        arn.account(),
                        arn.id());
    }

    /**
     * Up to {@code limit} keys of all accounts whose automatic rotation is due,
     * after the given one.
     */
    public List<DueKey> dueForRotation(Instant now, DueKey after, int limit) {
        return tx.sql()
                .list(
                        """
                        select rotation_next_ms, account, region, key_id from kms_key
                        where rotation_next_ms <= ? and state = ?
                            and (rotation_next_ms, account, region, key_id) > (?, ?, ?, ?)
                        order by rotation_next_ms, account, region, key_id limit ?
                        """,
                        DueKey::read,
                        now,
                        KeyState.ENABLED.wire(),
                        after.dueMillis(),
                        after.account(),
                        after.region(),
                        after.keyId(),
                        limit);
    }

    /** How many keys the account has in the Region, in any state. */
    public int count(AccountId account, Region region) {
        Integer count =
                tx.sql()
                        .find(
                                "select keys from key_count where account = ? and region = ?",
                                row -> row.getInt(1),
                                account,
                                region);
        return count == null ? 0 : count;
    }

    public void insert(Key key) {
        if (!key.awsManaged()) { // those do not count against the quota
            count(key.arn(), 1);
        }
        tx.inserted(key);
        Expiration expiration = key.expiration();
        Rotation rotation = key.rotation();
        tx.update(
                """
                insert into kms_key (account, region, key_id, spec, key_usage, origin, state, description,
                    created_ms, deletion_ms, pending_window_days, material_id, expiration_model,
                    valid_to_ms, primary_region, rotation_days, rotation_next_ms, on_demand_rotations,
                    service)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
                key.pendingWindowDays(),
                key.currentMaterialId(),
                expiration == null ? null : expiration.model().wire(),
                expiration == null ? null : expiration.validTo(),
                key.primaryRegion(),
                rotation == null ? null : rotation.periodDays(),
                rotation == null ? null : rotation.next(),
                key.onDemandRotations(),
                key.service());
        tx.stale(tx.memory().keys, key.arn());
        tx.stale(tx.memory().materials, key.arn());
        forgetOwner(key.arn());
    }

    private void forgetOwner(KeyArn arn) {
        tx.stale(tx.memory().keyOwners, new KeyName(arn.region(), arn.id()));
    }

    /** Writes what can change in a key: all but its name, spec, usage, origin and creation date. */
    public void update(Key key) {
        Expiration expiration = key.expiration();
        Rotation rotation = key.rotation();
        tx.update(
                """
                update kms_key set state = ?, description = ?, deletion_ms = ?, pending_window_days = ?,
                    material_id = ?, expiration_model = ?, valid_to_ms = ?, primary_region = ?,
                    rotation_days = ?, rotation_next_ms = ?, on_demand_rotations = ?
                where account = ? and region = ? and key_id = ?
                """,
                key.state().wire(),
                key.description(),
                key.deletion(),
                key.pendingWindowDays(),
                key.currentMaterialId(),
                expiration == null ? null : expiration.model().wire(),
                expiration == null ? null : expiration.validTo(),
                key.primaryRegion(),
                rotation == null ? null : rotation.periodDays(),
                rotation == null ? null : rotation.next(),
                key.onDemandRotations(),
                key.arn().account(),
                key.arn().region(),
                key.arn().id());
        tx.stale(tx.memory().keys, key.arn());
        // Which materials count is read from this row as well: whoever loads them meanwhile must
        // not
        // keep what he found.
        tx.stale(tx.memory().materials, key.arn());
    }

    /**
     * Deletes the key and everything that is its own: aliases, material, policy, tags and grants.
     */
    public void delete(KeyArn arn) {
        for (Alias alias : tx.aliases().of(arn)) {
            tx.aliases().delete(alias);
        }
        deleteFrom("delete from tag where account = ? and region = ? and key_id = ?", arn);
        deleteFrom("delete from key_policy where account = ? and region = ? and key_id = ?", arn);
        tx.grants().deleteAll(arn);
        deleteFrom("delete from key_usage where account = ? and region = ? and key_id = ?", arn);
        tx.materials().letGo(arn, null);
        deleteFrom("delete from key_material where account = ? and region = ? and key_id = ?", arn);
        count(arn, -1);
        deleteFrom("delete from kms_key where account = ? and region = ? and key_id = ?", arn);
        tx.stale(tx.memory().keys, arn);
        tx.stale(tx.memory().materials, arn);
        tx.stale(tx.memory().aliasesOfKey, arn);
        tx.stale(tx.memory().policies, arn);
        tx.stale(tx.memory().tags, arn);
        forgetOwner(arn);
    }

    /** Counted beside the rows, since counting rows takes longer the more there are. */
    private void count(KeyArn arn, int more) {
        tx.update(
                """
                insert into key_count (account, region, keys) values (?, ?, ?)
                on conflict (account, region) do update set keys = key_count.keys + excluded.keys
                """,
                arn.account(),
                arn.region(),
                more);
    }

    private void deleteFrom(String statement, KeyArn arn) {
        tx.update(statement, arn.account(), arn.region(), arn.id());
    }

    static KeyArn readArn(ResultSet row) throws SQLException {
        return new KeyArn(
                new Region(row.getString("region")),
                new AccountId(row.getString("account")),
                new KeyId(row.getString("key_id")));
    }

    private static Key read(ResultSet row) throws SQLException {
        String expirationModel = row.getString("expiration_model");
        String primaryRegion = row.getString("primary_region");
        Integer rotationDays = Sql.integer(row, "rotation_days");
        Instant rotationNext = Sql.instant(row, "rotation_next_ms");
        return new Key(
                readArn(row),
                known(KeySpec.ofWire(row.getString("spec")), "key spec"),
                known(KeyUsageType.ofWire(row.getString("key_usage")), "key usage"),
                known(OriginType.ofWire(row.getString("origin")), "origin"),
                known(KeyState.ofWire(row.getString("state")), "key state"),
                row.getString("description"),
                Instant.ofEpochMilli(row.getLong("created_ms")),
                Sql.instant(row, "deletion_ms"),
                Sql.integer(row, "pending_window_days"),
                row.getString("material_id"),
                expirationModel == null
                        ? null
                        : new Expiration(
                                known(
                                        ExpirationModelType.ofWire(expirationModel),
                                        "expiration model"),
                                Sql.instant(row, "valid_to_ms")),
                primaryRegion == null ? null : new Region(primaryRegion),
                rotationDays == null || rotationNext == null
                        ? null
                        : new Rotation(rotationDays, rotationNext),
                row.getInt("on_demand_rotations"),
                row.getString("service"));
    }

    static <E> E known(@Nullable E value, String what) {
        if (value == null) {
            throw new StoreException(
                    "a row holds an unknown " + what + ": it was written by a newer Trent");
        }
        return value;
    }
}
