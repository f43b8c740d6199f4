package trent.store;

import static trent.store.Keys.known;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.name.AccountId;
import trent.name.AliasArn;
import trent.name.AliasName;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;

/**
 * The table of aliases. A name is unique in its account and Region, by the database's constraint.
 */
public final class Aliases {

    private final Tx tx;

    Aliases(Tx tx) {
        this.tx = tx;
    }

    /** The alias, or null if there is none. */
    public @Nullable Alias find(AliasArn arn) {
        return tx.sql()
                .find(
                        """
                select account, region, name, key_id, created_ms, updated_ms from alias
                where account = ? and region = ? and name = ?
                """,
                        Aliases::read,
                        arn.account(),
                        arn.region(),
                        arn.name());
    }

    /**
     * The same, after the same steps whether there is such an alias or not: the row at its place or
     * the next one is read.
     */
    @Nullable Alias findUntold(AliasArn arn) {
        Alias nearest =
                tx.sql()
                        .find(
                                """
                                select account, region, name, key_id, created_ms, updated_ms from alias
                                where (account, region, name) >= (?, ?, ?)
                                order by account, region, name limit 1
                                """,
                                Aliases::read,
                                arn.account(),
                                arn.region(),
                                arn.name());
        return nearest == null || !nearest.arn().equals(arn) ? null : nearest;
    }

    /** How many there are, of all accounts. */
    long count() {
        Long count = tx.sql().find("select count(*) from alias", row -> row.getLong(1));
        return count == null ? 0 : count;
    }

    /** All aliases of a key, in the order of their names. */
    public List<Alias> of(KeyArn key) {
        return tx.sql()
                .list(
                        """
                select account, region, name, key_id, created_ms, updated_ms from alias
                where account = ? and region = ? and key_id = ? order by name
                """,
                        Aliases::read,
                        key.account(),
                        key.region(),
                        key.id());
    }

    /**
     * Up to {@code limit} aliases of the account and Region in the order of their names,
     * after the given one.
     */
    public List<Alias> list(AccountId account, Region region, String afterName, int limit) {
        return tx.sql()
                .list(
                        """
                select account, region, name, key_id, created_ms, updated_ms from alias
                where account = ? and region = ? and name > ? order by name limit ?
                """,
                        Aliases::read,
                        account,
                        region,
                        afterName,
                        limit);
    }

    /** The key as an alias sees it, or null if there is none. */
    public @Nullable AliasTarget target(KeyArn key) {
        // One statement of four columns, where the whole key and a count would be two of nineteen:
        // each column costs the writer, whom all changes wait for, half a microsecond.
        return tx.sql()
                .find(
                        """
                        select spec, key_usage, state, (select count(*) from alias
                            where account = k.account and region = k.region and key_id = k.key_id)
                        from kms_key k where account = ? and region = ? and key_id = ?
                        """,
                        row ->
                                new AliasTarget(
                                        known(KeySpec.ofWire(row.getString(1)), "key spec"),
                                        known(KeyUsageType.ofWire(row.getString(2)), "key usage"),
                                        known(KeyState.ofWire(row.getString(3)), "key state"),
                                        row.getInt(4)),
                        key.account(),
                        key.region(),
                        key.id());
    }

    /**
     * Adds an alias; false, and nothing has changed, if its name is taken in
     * its account and Region.
     */
    public boolean insert(Alias alias) {
        // Not an error that we catch: on PostgreSQL an error ends the whole transaction, and with
        // it the other callers' writes that share this commit.
        int rows =
                tx.update(
                        """
                        insert into alias (account, region, name, key_id, created_ms, updated_ms)
                        values (?, ?, ?, ?, ?, ?)
                        on conflict (account, region, name) do nothing
                        """,
                        alias.arn().account(),
                        alias.arn().region(),
                        alias.arn().name(),
                        alias.target(),
                        alias.created(),
                        alias.updated());
        if (rows == 1) {
            forget(alias); // memory keeps that there was none
        }
        return rows == 1;
    }

    /** Gives an existing alias another key; {@code moved} is the alias as it will be. */
    public void move(Alias existing, Alias moved) {
        tx.update(
                """
                update alias set key_id = ?, updated_ms = ?
                where account = ? and region = ? and name = ?
                """,
                moved.target(),
                moved.updated(),
                moved.arn().account(),
                moved.arn().region(),
                moved.arn().name());
        forget(existing);
        forget(moved);
    }

    public void delete(Alias alias) {
        tx.update(
                "delete from alias where account = ? and region = ? and name = ?",
                alias.arn().account(),
                alias.arn().region(),
                alias.arn().name());
        forget(alias);
    }

    private void forget(Alias alias) {
        tx.stale(tx.memory().aliases, alias.arn());
        tx.stale(tx.memory().aliasesOfKey, alias.targetArn());
    }

    private static Alias read(ResultSet row) throws SQLException {
        return new Alias(
                new AliasArn(
                        new Region(row.getString("region")),
                        new AccountId(row.getString("account")),
                        new AliasName(row.getString("name"))),
                new KeyId(row.getString("key_id")),
                Instant.ofEpochMilli(row.getLong("created_ms")),
                Instant.ofEpochMilli(row.getLong("updated_ms")));
    }
}
