package trent.store;

import java.util.List;

/** The table of what a provider of web identities is known by: client ids and thumbprints. */
public final class ProviderValues {

    private final Tx tx;

    ProviderValues(Tx tx) {
        this.tx = tx;
    }

    /** What a value is. */
    public enum Kind {
        CLIENT_ID,
        THUMBPRINT
    }

    /** The values of this kind, in their order. */
    public List<String> of(String providerId, Kind kind) {
        return tx.sql()
                .list(
                        """
                        select value from iam_provider_value
                        where provider_id = ? and kind = ? order by value
                        """,
                        row -> row.getString(1),
                        providerId,
                        kind);
    }

    public void add(Entity provider, Kind kind, String value) {
        tx.identitiesChanged(provider.account());
        tx.update(
                """
                insert into iam_provider_value (provider_id, kind, value) values (?, ?, ?)
                on conflict (provider_id, kind, value) do nothing
                """,
                provider.id(),
                kind,
                value);
    }

    public void remove(Entity provider, Kind kind, String value) {
        tx.identitiesChanged(provider.account());
        tx.update(
                """
                delete from iam_provider_value where provider_id = ? and kind = ? and value = ?
                """,
                provider.id(),
                kind,
                value);
    }
}
