package trent.store;

import org.jspecify.annotations.Nullable;
import trent.name.KeyArn;

/** The table of key policies, kept as they were given. Each key has one, named {@code default}. */
public final class Policies {

    private final Tx tx;

    Policies(Tx tx) {
        this.tx = tx;
    }

    /** The policy, or null if there is no such key. */
    public @Nullable String of(KeyArn key) {
        return tx.sql()
                .find(
                        "select document from key_policy where account = ? and region = ? and key_id = ?",
                        row -> row.getString(1),
                        key.account(),
                        key.region(),
                        key.id());
    }

    public void put(KeyArn key, String document) {
        tx.update(
                """
                insert into key_policy (account, region, key_id, document) values (?, ?, ?, ?)
                on conflict (account, region, key_id) do update set document = excluded.document
                """,
                key.account(),
                key.region(),
                key.id(),
                document);
    }
}
