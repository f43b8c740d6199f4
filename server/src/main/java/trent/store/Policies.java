package trent.store;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.name.KeyArn;

/** The table of key policies, kept as they were given. Each key has one, named {@code default}. */
public final class Policies {

    private final Tx tx;

    Policies(Tx tx) {
        this.tx = tx;
    }

    /**
     * A policy as it was given.
     *
     * @param ids by ARN, whom its principals stood for when it was written, as {@link
     *     trent.call.Principal#answersTo} has it; without an entry an ARN stands for nobody
     */
    public record Stored(String document, Map<String, String> ids) {

        public Stored {
            ids = Map.copyOf(ids);
        }
    }

    /** The policy, or null if there is no such key. */
    public @Nullable Stored of(KeyArn key) {
        return tx.sql()
                .find(
                        """
                        select document, principal_ids from key_policy
                        where account = ? and region = ? and key_id = ?
                        """,
                        row -> stored(row.getString(1), row.getString(2)),
                        key.account(),
                        key.region(),
                        key.id());
    }

    /**
     * The policy of the key, or of the next one if there is no such key: so that the
     * steps of who looks are the same.
     */
    @Nullable Nearest nearest(KeyArn key) {
        return tx.sql()
                .find(
                        """
                        select account, region, key_id, document, principal_ids from key_policy
                        where (account, region, key_id) >= (?, ?, ?)
                        order by account, region, key_id limit 1
                        """,
                        row ->
                                new Nearest(
                                        Keys.readArn(row),
                                        stored(row.getString(4), row.getString(5))),
                        key.account(),
                        key.region(),
                        key.id());
    }

    /** A policy and whose it is. */
    record Nearest(KeyArn key, Stored policy) {}

    private static Stored stored(String document, @Nullable String principalIds) {
        Map<String, String> ids = Pairs.read(principalIds);
        return new Stored(document, ids == null ? Map.of() : ids);
    }

    public void put(KeyArn key, Stored policy) {
        tx.update(
                """
                insert into key_policy (account, region, key_id, document, principal_ids)
                values (?, ?, ?, ?, ?)
                on conflict (account, region, key_id) do update
                    set document = excluded.document, principal_ids = excluded.principal_ids
                """,
                key.account(),
                key.region(),
                key.id(),
                policy.document(),
                policy.ids().isEmpty() ? null : Pairs.text(policy.ids()));
        tx.stale(tx.memory().policies, key);
    }
}
