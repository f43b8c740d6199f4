package trent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.api.ServiceException;
import trent.crypto.Entropy;
import trent.seal.RootKeyFile;
import trent.store.Store.CannotOpen;
import trent.testing.EmbeddedPostgres;
import trent.testing.PgBouncer;
import trent.testing.TcpProxy;

/** Which databases are refused, and what a store does when its database goes away and comes back. */
@Timeout(120)
@Tag("postgresql")
class PostgresTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private static final EmbeddedPostgres SERVER = EmbeddedPostgres.start();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    private RootKeyFile rootKey;
    private String url;

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @BeforeEach
    void choose(@TempDir Path folder) {
        rootKey = new RootKeyFile(folder.resolve("root.key"));
        url = SERVER.newDatabase();
    }

    @AfterEach
    void end() {
        threads.close();
    }

    // ---- what is refused

    @Test
    void aDatabaseThatDoesNotSyncIsRefused() throws Exception {
        try {
            set("fsync = off");
            await(() -> answer(url, "show fsync").equals("off"));
            assertRefused("has fsync off", "Nothing was changed. Set fsync = on there");
        } finally {
            set("fsync = on");
        }
        await(() -> answer(url, "show fsync").equals("on"));
        assertWorks();
    }

    @Test
    void aDatabaseThatIsReadOnlyIsRefused() throws Exception {
        SERVER.execute(
                "alter database %s set default_transaction_read_only = on".formatted(name()));
        assertRefused("takes no changes: it is a replica, or read-only");
        SERVER.execute("alter database %s reset default_transaction_read_only".formatted(name()));
        assertWorks();
    }

    @Test
    void aReplicaIsRefused() throws Exception {
        try (EmbeddedPostgres replica = EmbeddedPostgres.start()) {
            url = replica.newDatabase();
            assertWorks();
            replica.restartAsStandby();
            assertThatThrownBy(() -> open(settings()).close())
                    .isInstanceOf(CannotOpen.class)
                    .hasMessageContaining("takes no changes: it is a replica, or read-only");
            assertThat(Store.exists(settings())).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void aPoolerOfTransactionsIsRefusedAndOneOfSessionsIsNot(String mode) throws Exception {
        assertWorks();
        Path program = PgBouncer.installed().orElse(null);
        assumeTrue(program != null, "PgBouncer is not installed");
        try (PgBouncer pooler = PgBouncer.start(program, SERVER, mode)) {
            url = throughPort(url, pooler.port());
            if (mode.equals("session")) {
                assertWorks();
            } else {
                assertThatThrownBy(() -> open(settings()).close())
                        .isInstanceOf(CannotOpen.class)
                        .hasMessageContaining("pooler that shares connections between transactions")
                        .hasMessageContaining("Nothing was changed");
            }
        }
    }

    @Test
    void commitsAreSyncedEvenWhereTheDatabaseWouldNot() throws Exception {
        SERVER.execute("alter database %s set synchronous_commit = off".formatted(name()));
        assertThat(answer(url, "show synchronous_commit")).isEqualTo("off");
        assertWorks();
        try (PostgresDatabase database = new PostgresDatabase(settings())) {
            String writer = database.write(sql -> shown(sql, "synchronous_commit"));
            assertThat(writer).isEqualTo("on");
        }
    }

    /** Who asks for more, such as an answer of the replicas, keeps it. */
    @Test
    void aStrongerPromiseIsLeftAsItIs() throws Exception {
        SERVER.execute("alter database %s set synchronous_commit = remote_apply".formatted(name()));
        try (PostgresDatabase database = new PostgresDatabase(settings())) {
            String writer = database.write(sql -> shown(sql, "synchronous_commit"));
            assertThat(writer).isEqualTo("remote_apply");
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsSaidSo() {
        assertThatThrownBy(() -> Store.init(PostgresSettings.of(url + "x"), rootKey, ENTROPY))
                .isInstanceOf(CannotOpen.class)
                .hasMessageContaining("does not exist")
                .hasMessageContaining("Make it with createdb");
        assertThat(rootKey.exists()).isFalse();
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(() -> Store.init(settings(), rootKey, ENTROPY))
                .isInstanceOf(CannotOpen.class)
                .hasMessageContainingAll(words);
        assertThat(rootKey.exists()).as("a root key without a store").isFalse();
    }

    @Test
    void aStoreWhoseMakingWasCutShortIsMade() throws Exception {
        try (PostgresDatabase database = new PostgresDatabase(settings())) {
            assertThatThrownBy(
                            () ->
                                    Baseline.make(
                                            database,
                                            _ -> {
                                                throw new IllegalStateException("cut short");
                                            }))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(Store.exists(settings())).isFalse();
        assertWorks();
        assertThatThrownBy(() -> Store.init(settings(), rootKey, ENTROPY))
                .isInstanceOf(CannotOpen.class)
                .hasMessageStartingWith("there is a store in this database already");
    }

    /** Elsewhere each table is there at once, whatever becomes of the rest: it is not a stranger's. */
    @Test
    void onlyWhereTablesComeAtOnceAreTheyKnownToBeOurs() {
        assertThat(Baseline.makesTablesInTransactions("PostgreSQL 18.0 on x86_64")).isTrue();
        assertThat(Baseline.makesTablesInTransactions("CockroachDB CCL v25.2.1")).isFalse();
        assertThat(Baseline.makesTablesInTransactions("PostgreSQL 15.2-YB-2.25.0.0-b0")).isFalse();
    }

    /** Makes the store if there is none, and uses it. */
    private void assertWorks() throws IOException, CannotOpen {
        try (House house = house(settings())) {
            assertThat(house.caller().encrypt(house.caller().newKey())).isNotEmpty();
        }
    }

    // ---- a database that goes away and comes back

    @Test
    void aStoreGoesOnWhenItsDatabaseWasKilled() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();
        try (House house = house(settings())) {
            House.Caller caller = house.caller();
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                writers.add(
                        threads.submit(
                                () -> {
                                    while (!done.get()) {
                                        try {
                                            acknowledged.add(caller.newKey());
                                            answered.incrementAndGet();
                                        } catch (ServiceException e) {
                                            refusals.add(e.code() + ": " + e.getMessage());
                                        }
                                    }
                                    return done;
                                }));
            }
            for (int i = 0; i < 3; i++) {
                int before = answered.get();
                await(() -> answered.get() > before + 20);
                SERVER.restart();
            }
            int before = answered.get();
            await(() -> answered.get() > before + 20);
            done.set(true);
            for (Future<?> writer : writers) {
                writer.get(60, TimeUnit.SECONDS);
            }
            assertAllThere(house, acknowledged);
        }
        assertThat(refusals).allMatch(PostgresTest::saysTryAgain);
        try (House again = house(settings())) {
            assertAllThere(again, acknowledged);
        }
    }

    private static void assertAllThere(House house, Iterable<String> keys) {
        for (String key : keys) {
            assertThat(house.caller().tried("DescribeKey", "KeyId", key))
                    .as(key)
                    .isEqualTo(House.OK);
        }
    }

    /** Each half of the wire, and both: what was sent or said does not arrive. */
    @Test
    void aCutLinkCostsItsTimeOutAndNoMore() throws Exception {
        assertWorks(); // and makes the root key, which all have
        List<Future<?>> cuts = new ArrayList<>();
        for (Set<TcpProxy.Direction> each :
                List.of(
                        EnumSet.of(TcpProxy.Direction.TO_SERVER),
                        EnumSet.of(TcpProxy.Direction.FROM_SERVER),
                        EnumSet.allOf(TcpProxy.Direction.class))) {
            cuts.add(threads.submit(() -> cut(each)));
        }
        for (Future<?> each : cuts) {
            each.get();
        }
    }

    private boolean cut(Set<TcpProxy.Direction> directions) throws Exception {
        try (TcpProxy proxy = TcpProxy.to(SERVER.port());
                House house = house(impatient(SERVER.newDatabase(), proxy))) {
            House.Caller caller = house.caller();
            String key = caller.newKey();
            caller.newAlias("alias/before", key);
            proxy.swallow(directions.toArray(TcpProxy.Direction[]::new));
            List<Future<String>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String name = "alias/" + i;
                calls.add(threads.submit(() -> createAlias(caller, name, key)));
                calls.add(threads.submit(() -> caller.tried("ListAliases"))); // is never in memory
            }
            for (Future<String> call : calls) {
                assertThat(call.get(60, TimeUnit.SECONDS)).matches(PostgresTest::saysTryAgain);
            }
            proxy.heal();
            await(() -> createAlias(caller, "alias/after", key).equals(House.OK));
            assertThat(caller.decrypt(caller.encrypt("alias/before"), Map.of())).hasSize(1);
            assertThat(caller.aliasNames("KeyId", key)).contains("alias/before", "alias/after");
        }
        return true;
    }

    private static String createAlias(House.Caller caller, String name, String key) {
        return caller.tried("CreateAlias", "AliasName", name, "TargetKeyId", key);
    }

    private static boolean saysTryAgain(String outcome) {
        return outcome.matches("(?:DependencyTimeoutException|ServiceUnavailable).* Try again\\.");
    }

    // ---- the place

    private PostgresSettings settings() {
        return PostgresSettings.of(url);
    }

    /** Gives up as soon as the settings allow. */
    private static PostgresSettings impatient(String url, TcpProxy proxy) {
        return new PostgresSettings(
                throughPort(url, proxy.port()),
                null,
                false,
                PostgresSettings.CONNECTIONS,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                PostgresSettings.POLL);
    }

    private static String throughPort(String url, int port) {
        return url.replace(":" + SERVER.port() + "/", ":" + port + "/");
    }

    private String name() {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private House house(PostgresSettings settings) throws IOException, CannotOpen {
        if (!Store.exists(settings)) {
            Store.init(settings, rootKey, ENTROPY);
        }
        return new House(open(settings), ENTROPY);
    }

    private Store open(PostgresSettings settings) throws IOException, CannotOpen {
        return Store.open(settings, rootKey, ENTROPY);
    }

    private static void set(String setting) {
        SERVER.execute("alter system set " + setting);
        SERVER.execute("select pg_reload_conf()");
    }

    private static String shown(Sql sql, String setting) {
        return String.valueOf(
                sql.<String>find(
                        "select setting from pg_settings where name = ?",
                        row -> row.getString(1),
                        setting));
    }

    private static String answer(String url, String query) throws SQLException {
        try (Connection connection = EmbeddedPostgres.connect(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within a minute");
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
