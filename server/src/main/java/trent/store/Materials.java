package trent.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.ExpirationModelType;
import trent.api.RotationType;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.seal.Secret;
import trent.store.Key.Expiration;
import trent.store.KeyMaterial.Facts;
import trent.store.KeyMaterial.State;

/** The table of key materials, each sealed for its own row. */
public final class Materials {

    private final Tx tx;

    Materials(Tx tx) {
        this.tx = tx;
    }

    /** All materials of a key, the oldest first. */
    public KeyMaterials of(KeyArn key) {
        List<KeyMaterial> all =
                tx.sql()
                        .list(
                                """
                                select material_id, sequence, state, sealed, public_key, description,
                                    expiration_model, valid_to_ms, rotated_ms, rotation_type, created_ms
                                from key_material
                                where account = ? and region = ? and key_id = ? order by sequence
                                """,
                                row -> read(key, row),
                                key.account(),
                                key.region(),
                                key.id());
        return new KeyMaterials(all);
    }

    /** Up to {@code limit} keys of all accounts that hold a material whose time has come. */
    public List<KeyArn> expired(Instant now, int limit) {
        return tx.sql()
                .list(
                        """
                        select distinct account, region, key_id from key_material
                        where valid_to_ms <= ? and sealed is not null limit ?
                        """,
                        row ->
                                new KeyArn(
                                        new Region(row.getString("region")),
                                        new AccountId(row.getString("account")),
                                        new KeyId(row.getString("key_id"))),
                        now,
                        limit);
    }

    /** Adds a material, or writes one anew: its facts, and the material itself or its absence. */
    public void put(KeyArn key, Facts facts, @Nullable Secret secret) {
        Blob publicKey = facts.publicKey();
        Expiration expiration = facts.expiration();
        RotationType rotationType = facts.rotationType();
        tx.update(
                """
                insert into key_material (account, region, key_id, material_id, sequence, state, sealed,
                    public_key, description, expiration_model, valid_to_ms, rotated_ms, rotation_type,
                    created_ms)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (account, region, key_id, material_id) do update set
                    state = excluded.state, sealed = excluded.sealed,
                    description = excluded.description, expiration_model = excluded.expiration_model,
                    valid_to_ms = excluded.valid_to_ms, rotated_ms = excluded.rotated_ms,
                    rotation_type = excluded.rotation_type
                """,
                key.account(),
                key.region(),
                key.id(),
                facts.id(),
                facts.sequence(),
                facts.state(),
                secret == null ? null : tx.sealing().seal(secret, identity(key, facts.id())),
                publicKey == null ? null : publicKey.bytes(),
                facts.description(),
                expiration == null ? null : expiration.model().wire(),
                expiration == null ? null : expiration.validTo(),
                facts.rotated(),
                rotationType == null ? null : rotationType.wire(),
                facts.created());
        tx.stale(tx.memory().materials, key);
    }

    /** From now on the current material, if there is one, only decrypts. */
    public void retireCurrent(KeyArn key) {
        // Not read and put: a material that cannot be opened must not keep a new one away.
        tx.update(
                """
                update key_material set state = ?
                where account = ? and region = ? and key_id = ? and state = ?
                """,
                State.NON_CURRENT,
                key.account(),
                key.region(),
                key.id(),
                State.CURRENT);
        tx.stale(tx.memory().materials, key);
    }

    /** The sequence of the key's next material. */
    public int nextSequence(KeyArn key) {
        Integer next =
                tx.sql()
                        .find(
                                """
                                select coalesce(max(sequence) + 1, 0) from key_material
                                where account = ? and region = ? and key_id = ?
                                """,
                                row -> row.getInt(1),
                                key.account(),
                                key.region(),
                                key.id());
        return next == null ? 0 : next;
    }

    /** Takes a material away, which only one that waits for its rotation may be. */
    public void remove(KeyArn key, String materialId) {
        tx.update(
                """
                delete from key_material
                where account = ? and region = ? and key_id = ? and material_id = ?
                """,
                key.account(),
                key.region(),
                key.id(),
                materialId);
        tx.stale(tx.memory().materials, key);
    }

    private KeyMaterial read(KeyArn key, ResultSet row) throws SQLException {
        String id = row.getString("material_id");
        byte[] sealed = row.getBytes("sealed");
        byte[] publicKey = row.getBytes("public_key");
        String expirationModel = row.getString("expiration_model");
        String rotationType = row.getString("rotation_type");
        Facts facts =
                new Facts(
                        id,
                        row.getInt("sequence"),
                        State.valueOf(row.getString("state")),
                        publicKey == null ? null : new Blob(publicKey),
                        row.getString("description"),
                        expirationModel == null
                                ? null
                                : new Expiration(
                                        Keys.known(
                                                ExpirationModelType.ofWire(expirationModel),
                                                "expiration model"),
                                        Sql.instant(row, "valid_to_ms")),
                        Sql.instant(row, "rotated_ms"),
                        rotationType == null
                                ? null
                                : Keys.known(RotationType.ofWire(rotationType), "rotation type"),
                        Instant.ofEpochMilli(row.getLong("created_ms")));
        return new KeyMaterial(
                facts, sealed == null ? null : tx.sealing().open(sealed, identity(key, id)));
    }

    private static String identity(KeyArn key, String materialId) {
        return key + "/material/" + materialId;
    }
}
