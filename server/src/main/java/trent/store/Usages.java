package trent.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import trent.api.KeyLastUsageTrackingOperation;
import trent.name.KeyArn;

/** The table of the last use of each key. */
public final class Usages {

    private static final String TRACKED_SINCE = "key usage tracked since";

    private final Tx tx;

    Usages(Tx tx) {
        this.tx = tx;
    }

    /** The last use of the key, or null if none was noted. */
    public @Nullable Usage find(KeyArn key) {
        return tx.sql()
                .find(
                        """
                select used_ms, operation, request_id from key_usage
                where account = ? and region = ? and key_id = ?
                """,
                        row ->
                                new Usage(
                                        row.getLong("used_ms"),
                                        Keys.known(
                                                KeyLastUsageTrackingOperation.ofWire(
                                                        row.getString("operation")),
                                                "operation"),
                                        row.getString("request_id")),
                        key.account(),
                        key.region(),
                        key.id());
    }

    /** Notes a use, unless a later one is noted already. */
    public void put(KeyArn key, Usage usage) {
        tx.update(
                """
                insert into key_usage (account, region, key_id, used_ms, operation, request_id)
                values (?, ?, ?, ?, ?, ?)
                on conflict (account, region, key_id) do update
                    set used_ms = excluded.used_ms, operation = excluded.operation,
                        request_id = excluded.request_id
                    where excluded.used_ms >= key_usage.used_ms
                """,
                key.account(),
                key.region(),
                key.id(),
                usage.millis(),
                usage.operation().wire(),
                usage.requestId());
    }

    /** Since when uses are noted in this store; null if they never were. */
    public @Nullable Instant trackedSince() {
        String millis = Settings.find(tx.sql(), TRACKED_SINCE);
        return millis == null ? null : Instant.ofEpochMilli(Long.parseLong(millis));
    }

    /** From this time on, uses are noted. */
    public void trackSince(Instant start) {
        tx.update(
                "insert into setting (name, value) values (?, ?) on conflict (name) do nothing",
                TRACKED_SINCE,
                Long.toString(start.toEpochMilli()));
    }
}
