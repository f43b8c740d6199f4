package trent.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.ExpirationModelType;
import trent.api.KeySpec;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.api.RotationType;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.seal.Secret;
import trent.store.Key.Expiration;
import trent.store.KeyMaterial.Facts;
import trent.store.KeyMaterial.State;
import trent.store.Seals.Bound;

/** The table of key materials, each sealed for its own row. */
public final class Materials {

    private static final String OF_KEY =
            """
            select m.material_id, m.sequence, m.state, m.sealed, m.public_key, m.description,
                m.expiration_model, m.valid_to_ms, m.rotated_ms, m.rotation_type, m.created_ms,
                k.spec, k.key_usage, k.origin
            from key_material m join kms_key k
                on k.account = m.account and k.region = m.region and k.key_id = m.key_id
            where m.account = ? and m.region = ? and m.key_id = ?
            """;

    private final Tx tx;

    Materials(Tx tx) {
        this.tx = tx;
    }

    /**
     * All materials of a key, the oldest first, as they are by now: what has expired is absent, and
     * is not even opened, so that damage to it hurts nobody.
     */
    public KeyMaterials of(KeyArn key) {
        List<KeyMaterial> all =
                tx.sql()
                        .list(
                                OF_KEY + " order by m.sequence",
                                row -> read(key, row),
                                key.account(),
                                key.region(),
                                key.id());
        return new KeyMaterials(
                all.stream()
                        .filter(
                                material ->
                                        material.secret() != null
                                                || material.state() != State.PENDING_ROTATION
                                                || waitsForImport(key, material.id()))
                        .toList());
    }

    /** The same, known only and not opened: one that is damaged is as good as any other. */
    public KnownMaterials known(KeyArn key) {
        List<KnownMaterials.Known> all =
                tx.sql()
                        .list(
                                """
                                select material_id, sequence, state, sealed is not null as present,
                                    public_key, description, expiration_model, valid_to_ms, rotated_ms,
                                    rotation_type, created_ms
                                from key_material
                                where account = ? and region = ? and key_id = ? order by sequence
                                """,
                                row ->
                                        new KnownMaterials.Known(
                                                facts(row),
                                                row.getBoolean("present") && !over(row)),
                                key.account(),
                                key.region(),
                                key.id());
        return new KnownMaterials(
                all.stream()
                        .filter(
                                material ->
                                        material.present()
                                                || material.state() != State.PENDING_ROTATION
                                                || waitsForImport(key, material.id()))
                        .toList());
    }

    /**
     * Whether the key is a replica that may be given, for its next rotation, what its primary has.
     */
    private boolean waitsForImport(KeyArn key, String materialId) {
        return tx.sql()
                        .find(
                                """
                                select 1 from kms_key k join key_material m
                                    on m.account = k.account and m.region = k.primary_region
                                        and m.key_id = k.key_id and m.material_id = ?
                                where k.account = ? and k.region = ? and k.key_id = ?
                                    and k.primary_region <> k.region
                                    and (m.state <> ? or m.valid_to_ms is null or m.valid_to_ms > ?)
                                """,
                                row -> row.getInt(1),
                                materialId,
                                key.account(),
                                key.region(),
                                key.id(),
                                State.PENDING_ROTATION,
                                tx.now())
                != null;
    }

    /**
     * The earliest end of what is present by now and belongs to the key for good; null if nothing
     * is. Opens nothing.
     */
    public @Nullable Expiration expirationOf(KeyArn key) {
        return tx.sql()
                .find(
                        """
                        select expiration_model, valid_to_ms from key_material
                        where account = ? and region = ? and key_id = ? and sealed is not null
                            and expiration_model is not null and state <> ?
                            and (valid_to_ms is null or valid_to_ms > ?)
                        order by valid_to_ms is null, valid_to_ms limit 1
                        """,
                        row ->
                                new Expiration(
                                        Keys.known(
                                                ExpirationModelType.ofWire(row.getString(1)),
                                                "expiration model"),
                                        Sql.instant(row, "valid_to_ms")),
                        key.account(),
                        key.region(),
                        key.id(),
                        State.PENDING_ROTATION,
                        tx.now());
    }

    /**
     * Up to {@code limit} keys of all accounts that hold a material whose time has come, after the
     * given one; one with several may come several times.
     */
    public List<DueKey> expired(Instant now, DueKey after, int limit) {
        return tx.sql()
                .list(
                        """
                        select valid_to_ms, account, region, key_id from key_material
                        where valid_to_ms <= ? and sealed is not null
                            and (valid_to_ms, account, region, key_id) > (?, ?, ?, ?)
                        order by valid_to_ms, account, region, key_id limit ?
                        """,
                        DueKey::read,
                        now,
                        after.dueMillis(),
                        after.account(),
                        after.region(),
                        after.keyId(),
                        limit);
    }

    /** A material that is still there although its time is over. */
    public record Expired(String id, State state) {}

    /** What of the key's material is still there although its time is over. */
    public List<Expired> expiredOf(KeyArn key) {
        return tx.sql()
                .list(
                        """
                        select material_id, state from key_material
                        where account = ? and region = ? and key_id = ? and sealed is not null
                            and valid_to_ms <= ?
                        """,
                        row -> new Expired(row.getString(1), State.valueOf(row.getString(2))),
                        key.account(),
                        key.region(),
                        key.id(),
                        tx.now());
    }

    /** Takes the secret of a material away and keeps its facts. */
    public void takeAway(KeyArn key, String materialId) {
        letGo(key, materialId);
        tx.update(
                """
                update key_material set sealed = null, expiration_model = null, valid_to_ms = null
                where account = ? and region = ? and key_id = ? and material_id = ?
                """,
                key.account(),
                key.region(),
                key.id(),
                materialId);
        tx.stale(tx.memory().materials, key);
    }

    /** Takes away a material that a replica waited for, and was not given. */
    public void removeAbsent(KeyArn key, String materialId) {
        tx.update(
                """
                delete from key_material
                where account = ? and region = ? and key_id = ? and material_id = ? and sealed is null
                """,
                key.account(),
                key.region(),
                key.id(),
                materialId);
        tx.stale(tx.memory().materials, key);
    }

    /** Adds a material, or writes one anew: its facts, and the material itself or its absence. */
    public void put(KeyArn key, Facts facts, @Nullable Secret secret) {
        Blob publicKey = facts.publicKey();
        Expiration expiration = facts.expiration();
        RotationType rotationType = facts.rotationType();
        if (tx.inserted(key) == null) { // what is written anew may leave what was sealed before
            letGo(key, facts.id());
            tx.superseded();
        }
        tx.update(
                """
                insert into key_material (account, region, key_id, material_id, sequence, state, sealed,
                    public_key, description, expiration_model, valid_to_ms, rotated_ms, rotation_type,
                    created_ms)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (account, region, key_id, material_id) do update set
                    state = excluded.state, sealed = excluded.sealed,
                    public_key = excluded.public_key, description = excluded.description, expiration_model = excluded.expiration_model,
                    valid_to_ms = excluded.valid_to_ms, rotated_ms = excluded.rotated_ms,
                    rotation_type = excluded.rotation_type
                """,
                key.account(),
                key.region(),
                key.id(),
                facts.id(),
                facts.sequence(),
                facts.state(),
                secret == null ? null : tx.seals().add(secret, bound(key, facts)),
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

    /**
     * From now on this material, which is present, encrypts.
     *
     * @throws IllegalStateException if it does not open: a key that works is not given one
     */
    public void makeCurrent(KeyArn key, String materialId, Instant rotated, RotationType type) {
        KeyMaterial opened =
                tx.sql()
                        .find(
                                OF_KEY + " and m.material_id = ?",
                                row -> read(key, row),
                                key.account(),
                                key.region(),
                                key.id(),
                                materialId);
        if (opened == null || opened.secret() == null) {
            throw new IllegalStateException(key + " lost material " + materialId);
        }
        opened.secret().close();
        tx.update(
                """
                update key_material set state = ?, rotated_ms = ?, rotation_type = ?
                where account = ? and region = ? and key_id = ? and material_id = ?
                """,
                State.CURRENT,
                rotated,
                type.wire(),
                key.account(),
                key.region(),
                key.id(),
                materialId);
        tx.stale(tx.memory().materials, key);
    }

    /** Gives a material another description, or none. */
    public void describe(KeyArn key, String materialId, @Nullable String description) {
        tx.update(
                """
                update key_material set description = ?
                where account = ? and region = ? and key_id = ? and material_id = ?
                """,
                description,
                key.account(),
                key.region(),
                key.id(),
                materialId);
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
        letGo(key, materialId);
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
        byte[] sealed = over(row) ? null : row.getBytes("sealed");
        return new KeyMaterial(
                facts(row), sealed == null ? null : tx.seals().open(sealed, bound(key, row)));
    }

    private boolean over(ResultSet row) throws SQLException {
        return tx.over(Sql.instant(row, "valid_to_ms"));
    }

    private Facts facts(ResultSet row) throws SQLException {
        byte[] publicKey = row.getBytes("public_key");
        String expirationModel = over(row) ? null : row.getString("expiration_model");
        String rotationType = row.getString("rotation_type");
        return new Facts(
                row.getString("material_id"),
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
    }

    private Bound bound(KeyArn arn, Facts facts) {
        Key made = tx.inserted(arn);
        Key key = made == null ? tx.keys().find(arn) : made;
        if (key == null) {
            throw new IllegalStateException(arn + " has material and is no key");
        }
        Expiration expiration = facts.expiration();
        return new Bound(
                arn,
                facts.id(),
                key.spec(),
                key.usage(),
                key.origin(),
                expiration == null ? null : expiration.model().wire(),
                expiration == null ? null : expiration.validTo(),
                facts.publicKey());
    }

    private static Bound bound(KeyArn key, ResultSet row) throws SQLException {
        byte[] publicKey = row.getBytes("public_key");
        return new Bound(
                key,
                row.getString("material_id"),
                Keys.known(KeySpec.ofWire(row.getString("spec")), "key spec"),
                Keys.known(KeyUsageType.ofWire(row.getString("key_usage")), "key usage"),
                Keys.known(OriginType.ofWire(row.getString("origin")), "origin"),
                row.getString("expiration_model"),
                Sql.instant(row, "valid_to_ms"),
                publicKey == null ? null : new Blob(publicKey));
    }

    /** Where a material's row is, as it stands there. */
    record Place(String account, String region, String keyId, String materialId) {

        static final Place FIRST = new Place("", "", "", "");
    }

    /** A material that is present, as its row holds it. */
    record Held(Bound bound, Blob sealed) {}

    /** Up to {@code limit} materials of all keys after the given one. Opens no row. */
    List<Place> places(Place after, int limit) {
        return tx.sql()
                .list(
                        """
                        select account, region, key_id, material_id from key_material
                        where (account, region, key_id, material_id) > (?, ?, ?, ?)
                        order by account, region, key_id, material_id limit ?
                        """,
                        row ->
                                new Place(
                                        row.getString(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getString(4)),
                        after.account(),
                        after.region(),
                        after.keyId(),
                        after.materialId(),
                        limit);
    }

    /**
     * The material at this place; null if none is present.
     *
     * @throws IllegalArgumentException if the row holds what none can hold
     * @throws IllegalStateException the same
     */
    @Nullable Held held(Place place) {
        return tx.sql()
                .find(
                        """
                        select m.material_id, m.sealed, m.public_key, m.expiration_model,
                            m.valid_to_ms, k.spec, k.key_usage, k.origin
                        from key_material m join kms_key k
                            on k.account = m.account and k.region = m.region and k.key_id = m.key_id
                        where m.account = ? and m.region = ? and m.key_id = ? and m.material_id = ?
                            and m.sealed is not null
                        """,
                        row -> read(place, row),
                        place.account(),
                        place.region(),
                        place.keyId(),
                        place.materialId());
    }

    private static Held read(Place place, ResultSet row) throws SQLException {
        KeyArn key =
                new KeyArn(
                        new Region(place.region()),
                        new AccountId(place.account()),
                        new KeyId(place.keyId()));
        try {
            return new Held(bound(key, row), new Blob(row.getBytes("sealed")));
        } catch (StoreException e) { // not a fault of the database, which others would share
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Puts the new form in the place of the old, unless the row has changed since it was read. */
    void renew(Held held, byte[] sealed) {
        KeyArn key = held.bound().key();
        int rows =
                tx.update(
                        """
                update key_material set sealed = ?
                where account = ? and region = ? and key_id = ? and material_id = ? and sealed = ?
                """,
                        sealed,
                        key.account(),
                        key.region(),
                        key.id(),
                        held.bound().materialId(),
                        held.sealed().bytes());
        if (rows == 0) {
            tx.superseded(); // no key has what was sealed anew
        }
    }

    /**
     * The numbers of those sealed materials from the first to the last that a key has, less the
     * first. A damaged row may hold any number: it is none of these.
     */
    BitSet heldSeals(long first, long last) {
        BitSet held = new BitSet(Math.toIntExact(last - first + 1));
        tx.sql()
                .each(
                        """
                        select sealed from key_material
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

    /**
     * To be called before rows of a key lose what they hold: a store in memory has no files to
     * erase it from, and nobody who would do it later.
     *
     * @param materialId null for all of the key
     */
    void letGo(KeyArn key, @Nullable String materialId) {
        if (tx.sealing().erasesLater()) {
            return;
        }
        for (byte[] sealed :
                tx.sql()
                        .list(
                                """
                                select sealed from key_material
                                where account = ? and region = ? and key_id = ?
                                    and material_id = coalesce(?, material_id)
                                    and sealed is not null
                                """,
                                row -> row.getBytes(1),
                                key.account(),
                                key.region(),
                                key.id(),
                                materialId)) {
            if (Seals.numbered(sealed)) {
                tx.seals().delete(Seals.number(sealed));
            }
        }
    }
}
