package trent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.api.DependencyTimeoutException;
import trent.api.KmsOperation;
import trent.api.ServiceUnavailable;
import trent.crypto.Entropy;
import trent.seal.RootKeyFile;
import trent.store.Store.CannotOpen;
import trent.testing.EmbeddedPostgres;

/**
 * A node, and a database in which rows change under it as other nodes, a failover or an operator
 * would change them, at moments that no real one could be made to hit.
 */
@Timeout(120)
@Tag("postgresql")
class StrangeNodesTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    /** So rarely does the node look by itself that what is seen is seen by the call at hand. */
    private static final Duration RARELY = Duration.ofSeconds(1);

    private static final Duration OFTEN = Duration.ofMillis(20);

    @TempDir Path folder = Path.of("");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private PostgresSettings place = PostgresSettings.of(EmbeddedPostgres.shared().newDatabase());

    @BeforeEach
    void make() throws IOException, CannotOpen {
        Store.init(place, rootKey(), ENTROPY);
    }

    @AfterEach
    void end() {
        threads.close();
    }

    @Test
    void anAcknowledgedCommitThatTheDatabaseHasLostIsMissedByTheNextChange() throws Exception {
        try (House one = house(RARELY)) {
            String key = one.caller().newKey();
            loseTheLastCommit();
            assertThatThrownBy(() -> one.caller().ask(KmsOperation.DISABLE_KEY, "KeyId", key))
                    .isInstanceOf(ServiceUnavailable.class);
            until(() -> one.store().staleBecause() != null);
            assertThat(one.store().staleBecause()).contains("went back");
        }
    }

    @Test
    void orByTheNextRead() throws Exception {
        try (House one = house(RARELY)) {
            Object _ = one.caller().newKey();
            loseTheLastCommit();
            assertThatThrownBy(() -> one.caller().ask(KmsOperation.LIST_KEYS))
                    .isInstanceOf(ServiceUnavailable.class);
            until(() -> one.store().staleBecause() != null);
        }
    }

    @Test
    void orIfAnotherCommitIsInItsPlace() throws Exception {
        try (House one = house(RARELY)) {
            String key = one.caller().newKey();
            execute(
                    "update change_feed set batch = 'another' where position = (select position from feed_head)");
            assertThatThrownBy(() -> one.caller().ask(KmsOperation.DISABLE_KEY, "KeyId", key))
                    .isInstanceOf(ServiceUnavailable.class);
            until(() -> one.store().staleBecause() != null);
            assertThat(one.store().staleBecause()).contains("went back");
        }
    }

    /** A read gets the feed in parts, and begins anew with what is too far behind. */
    @ParameterizedTest
    @ValueSource(ints = {1, 30, 31, 32, 100, 1_100})
    void aReadFollowsHoweverFarTheOthersHaveGone(int commits) throws Exception {
        try (House one = house(RARELY)) {
            String key = one.caller().newKey();
            Object _ = one.caller().ask(KmsOperation.DISABLE_KEY, "KeyId", key);
            Object _ = one.caller().ask(KmsOperation.ENABLE_KEY, "KeyId", key);
            assertThat(one.caller().describe(key).enabled()).isTrue();
            execute(
                    """
                    insert into change_feed (position, batch, node, touched)
                    select h.position + n, 'other ' || n, 'other', case when n = 1 then f.touched else '' end
                    from generate_series(1, %d) n, feed_head h join change_feed f on f.position = h.position;
                    update feed_head set position = position + %d;
                    update kms_key set state = 'Disabled'
                    """
                            .formatted(commits, commits));
            Object _ = one.caller().ask(KmsOperation.LIST_KEYS);
            assertThat(one.caller().describe(key).enabled()).isFalse();
            Object _ = one.caller().ask(KmsOperation.ENABLE_KEY, "KeyId", key);
            assertThat(one.caller().describe(key).enabled()).isTrue();
        }
    }

    /** What waits for the others is not acknowledged by a database that does not have it any more. */
    @Test
    void whoWaitsWhenTheDatabaseGoesBackIsNotToldThatAllIsWell() throws Exception {
        try (House one = house(OFTEN)) {
            String key = one.caller().newKey();
            neighbour(60_000);
            long before = number("select position from feed_head");
            Future<?> change =
                    threads.submit(() -> one.caller().ask(KmsOperation.DISABLE_KEY, "KeyId", key));
            until(() -> number("select position from feed_head") > before);
            loseTheLastCommit();
            assertThatThrownBy(change::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(DependencyTimeoutException.class);
            assertThat(one.store().staleBecause()).contains("went back");
        }
    }

    /** The others count a lease as ended only when its row is gone, which its owner can prevent. */
    @Test
    void aLeaseThatIsRenewedAtTheLastMomentIsWaitedFor() throws Exception {
        try (House one = house(OFTEN)) {
            String key = one.caller().newKey();
            neighbour(1);
            Future<?> change;
            try (Connection owner = DriverManager.getConnection(place.url());
                    Statement renewal = owner.createStatement()) {
                owner.setAutoCommit(false);
                renewal.execute(
                        "update node set renewal = 1, lease_ms = 60000 where id = 'neighbour'");
                change =
                        threads.submit(
                                () -> one.caller().ask(KmsOperation.DISABLE_KEY, "KeyId", key));
                // The node believes that the lease is over, and waits to take its row away.
                until(
                        () ->
                                number(
                                                "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                                        + " and query like 'delete from node%' and datname ="
                                                        + " current_database()")
                                        > 0);
                assertThat(change.isDone()).isFalse();
                owner.commit();
            }
            until(() -> state(one).liveNodes() == 2);
            assertThat(change.isDone()).isFalse();
            execute("update node set followed = 1000000 where id = 'neighbour'");
            Object _ = change.get(60, TimeUnit.SECONDS);
            assertThat(one.caller().describe(key).enabled()).isFalse();
        }
    }

    /** Else it would use, with the older version, what only the newer one knows. */
    @Test
    void aNodeThatWasAwayWhileTheTablesWereContractedStaysAway() throws Exception {
        try (House one = house(OFTEN)) {
            String key = one.caller().newKey();
            execute("update setting set value = '99' where name = 'schema version needed'");
            execute("delete from node");
            until(() -> one.store().staleBecause() != null);
            assertThat(one.store().staleBecause()).contains("newer Trent (schema 99");
            assertThat(number("select count(*) from node")).isZero();
            assertThatThrownBy(() -> one.caller().describe(key))
                    .isInstanceOf(ServiceUnavailable.class);
            assertThatThrownBy(() -> one.caller().ask(KmsOperation.DISABLE_KEY, "KeyId", key))
                    .isInstanceOf(ServiceUnavailable.class);
        }
        execute(
                "update setting set value = '%d' where name = 'schema version needed'"
                        .formatted(Upgrade.version(Upgrade.CHANGES)));
        try (House again = house(OFTEN)) {
            assertThat(again.caller().ask(KmsOperation.LIST_KEYS)).isNotNull();
        }
    }

    @Test
    void tablesOfAnotherProgramAreNotTakenForOurs() throws Exception {
        place = PostgresSettings.of(EmbeddedPostgres.shared().newDatabase());
        RootKeyFile file = new RootKeyFile(folder.resolve("other.key"));
        execute("create table alias (id int); create table setting (id int)");
        assertThatThrownBy(() -> Store.init(place, file, ENTROPY))
                .isInstanceOf(CannotOpen.class)
                .hasMessageContaining("\"setting\"")
                .hasMessageContaining("currentSchema=NAME");
        assertThat(file.exists()).isFalse();
        assertThat(number("select count(*) from pg_tables where schemaname = 'public'"))
                .isEqualTo(2);
        execute("create schema ours");
        place = PostgresSettings.of(withSchema(place.url(), "ours"));
        Store.init(place, file, ENTROPY);
        assertThat(Store.exists(place)).isTrue();
    }

    private static String withSchema(String url, String schema) {
        String name = "currentSchema=" + schema;
        return url.replace("jdbc:", "") + (url.contains("?") ? "&" : "?") + name;
    }

    @Test
    void aNodeOfDevelopmentAndAServersDoNotBothOpenANewStore() throws Exception {
        for (int round = 0; round < 5; round++) {
            place = PostgresSettings.of(EmbeddedPostgres.shared().newDatabase());
            RootKeyFile file = new RootKeyFile(folder.resolve("key of round " + round));
            Store.init(place, file, ENTROPY);
            List<Future<@Nullable Store>> opening = new ArrayList<>();
            for (Mode mode : Mode.values()) {
                opening.add(threads.submit(() -> opened(file, new Opening(mode, false, null))));
            }
            int opened = 0;
            for (Future<@Nullable Store> each : opening) {
                try (Store store = each.get()) {
                    opened += store == null ? 0 : 1;
                }
            }
            assertThat(opened).isEqualTo(1);
        }
    }

    private @Nullable Store opened(RootKeyFile file, Opening opening) throws IOException {
        try {
            return Store.open(place, file, ENTROPY, opening);
        } catch (CannotOpen e) {
            assertThat(e).hasMessageContaining("Nothing was changed");
            return null;
        }
    }

    @Test
    void aStoreOfDevelopmentIsNotTakenOverBesideANodeThatServesIt() throws Exception {
        Opening takenOver = new Opening(Mode.SERVICE, true, null);
        Opening development = new Opening(Mode.DEVELOPMENT, false, null);
        try (Store _ = Store.open(place, rootKey(), ENTROPY, development)) {
            assertThatThrownBy(() -> Store.open(place, rootKey(), ENTROPY, takenOver))
                    .isInstanceOf(CannotOpen.class)
                    .hasMessageContaining("1 more nodes are at work");
            Store.open(place, rootKey(), ENTROPY, development).close();
        }
        Store.open(place, rootKey(), ENTROPY, takenOver).close();
        assertThatThrownBy(() -> Store.open(place, rootKey(), ENTROPY, development))
                .isInstanceOf(CannotOpen.class);
    }

    @Test
    void oneNodeIsAloneAtATime() throws Exception {
        try (House one = house(OFTEN);
                House other = house(OFTEN)) {
            Future<Store.Alone> second;
            try (Store.Alone _ = one.store().alone("a test")) {
                second = threads.submit(() -> other.store().alone("a test"));
                until(
                        () ->
                                number(
                                                "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                                        + " and query like 'insert into setting%' and datname ="
                                                        + " current_database()")
                                        > 0);
                assertThat(second.isDone()).isFalse();
                other.store().alone("another test").close();
            }
            second.get(60, TimeUnit.SECONDS).close();
            one.store().alone("a test").close();
            assertThat(number("select count(*) from setting where name like '%test'")).isZero();
        }
    }

    /** As a standby does that takes over and has not got it. */
    private void loseTheLastCommit() throws SQLException {
        execute(
                "delete from change_feed where position = (select position from feed_head);"
                        + " update feed_head set position = position - 1");
    }

    /** A node that never follows. */
    private void neighbour(int leaseMillis) throws SQLException {
        execute(
                "insert into node (id, renewal, followed, lease_ms, version) values ('neighbour', 0, 0, %d, %d);"
                                .formatted(leaseMillis, Upgrade.version(Upgrade.CHANGES))
                        + " update feed_head set nodes = nodes + 1");
    }

    private RootKeyFile rootKey() {
        return new RootKeyFile(folder.resolve("root.key"));
    }

    private House house(Duration poll) throws IOException, CannotOpen {
        PostgresSettings settings = place.withLease(Duration.ofSeconds(5), poll);
        return new House(Store.open(settings, rootKey(), ENTROPY), ENTROPY);
    }

    private static ClusterState state(House house) {
        return Objects.requireNonNull(house.store().cluster());
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it has not come true").isLessThan(end);
            Thread.sleep(2);
        }
    }

    private long number(String query) {
        try (Connection connection = DriverManager.getConnection(place.url());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    private void execute(String text) throws SQLException {
        try (Connection connection = DriverManager.getConnection(place.url());
                Statement statement = connection.createStatement()) {
            boolean _ = statement.execute(text);
        }
    }
}
