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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trent.House;
import trent.api.KmsOperation;
import trent.api.ServiceUnavailable;
import trent.crypto.Entropy;
import trent.seal.RootKeyFile;
import trent.store.Store.CannotOpen;
import trent.testing.EmbeddedPostgres;

/** Nodes that share a database: what one has acknowledged, every other knows. */
@Timeout(120)
@Tag("postgresql")
class ClusterTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    @TempDir Path folder = Path.of("");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private PostgresSettings place = PostgresSettings.of(EmbeddedPostgres.shared().newDatabase());

    @BeforeEach
    void make() throws IOException, CannotOpen {
        place =
                PostgresSettings.of(EmbeddedPostgres.shared().newDatabase())
                        .withLease(Duration.ofSeconds(1), Duration.ofMillis(20));
        Store.init(place, rootKey(), ENTROPY);
    }

    @AfterEach
    void end() {
        threads.close();
    }

    @Test
    void everyChangeIsKnownToTheOtherNodeWhenItIsAcknowledged() throws Exception {
        try (House one = house();
                House other = house()) {
            House.Caller changes = one.caller();
            House.Caller reads = other.caller();
            String first = changes.newKey();
            String second = changes.newKey();
            for (int i = 0; i < 20; i++) {
                String name = "alias/" + i;
                assertThat(reads.tried("DescribeKey", "KeyId", name)).startsWith("NotFound");
                changes.newAlias(name, first);
                assertThat(reads.describe(name).keyId()).isEqualTo(first);
                changes.ask(KmsOperation.UPDATE_ALIAS, "AliasName", name, "TargetKeyId", second);
                assertThat(reads.describe(name).keyId()).isEqualTo(second);
                assertThat(reads.aliasNames("KeyId", first)).isEmpty();
                changes.ask(KmsOperation.DISABLE_KEY, "KeyId", second);
                assertThat(reads.tried("Encrypt", "KeyId", name, "Plaintext", "YQ=="))
                        .startsWith("DisabledException");
                changes.ask(KmsOperation.ENABLE_KEY, "KeyId", second);
                reads.ask(KmsOperation.DELETE_ALIAS, "AliasName", name);
                assertThat(changes.tried("DescribeKey", "KeyId", name)).startsWith("NotFound");
            }
        }
    }

    @Test
    void aChangeIsNotAnsweredBeforeTheOtherNodeHasForgotten() throws Exception {
        try (House one = house();
                House other = house()) {
            String key = one.caller().newKey();
            assertThat(other.caller().describe(key).enabled()).isTrue();
            Future<?> change;
            try (Connection locks = DriverManager.getConnection(place.url());
                    Statement statement = locks.createStatement()) {
                locks.setAutoCommit(false);
                statement.execute("lock table node in access exclusive mode"); // nobody can follow
                change =
                        threads.submit(
                                () -> one.caller().ask(KmsOperation.DISABLE_KEY, "KeyId", key));
                Thread.sleep(500);
                assertThat(change.isDone()).isFalse();
                locks.rollback();
            }
            Object _ = change.get();
            assertThat(other.caller().describe(key).enabled()).isFalse();
        }
    }

    @Test
    void aNodeWithoutALeaseAnswersFromTheDatabaseAlone() throws Exception {
        try (House one = house();
                House other = house()) {
            String key = one.caller().newKey();
            assertThat(other.caller().describe(key).enabled()).isTrue();
            other.store().leave();
            assertThat(state(other).leaseValid()).isFalse();
            long start = System.nanoTime();
            Object _ = one.caller().ask(KmsOperation.DISABLE_KEY, "KeyId", key);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("it waits for no lease of a node that has left")
                    .isLessThan(place.lease());
            assertThat(other.caller().describe(key).enabled()).isFalse();
        }
    }

    /** What joins is a commit too, and readers follow to it before the node knows that it was made. */
    @Test
    void aNodeThatJoinsAnewWhileItReadsHasNotGoneBack() throws Exception {
        try (House one = house();
                House other = house()) {
            String key = one.caller().newKey();
            AtomicBoolean over = new AtomicBoolean();
            List<Future<?>> busy = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                busy.add(
                        threads.submit(
                                () -> {
                                    while (!over.get()) {
                                        Object _ = one.caller().ask(KmsOperation.LIST_KEYS);
                                    }
                                }));
            }
            busy.add(
                    threads.submit(
                            () -> {
                                while (!over.get()) {
                                    Object _ =
                                            other.caller()
                                                    .ask(KmsOperation.ENABLE_KEY, "KeyId", key);
                                }
                            }));
            try {
                for (int i = 0; i < 30; i++) {
                    execute("delete from node");
                    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
                    while (nodes() < 2 && System.nanoTime() < end) {
                        Thread.sleep(1);
                    }
                    assertThat(one.store().staleBecause()).isNull();
                    assertThat(nodes()).isEqualTo(2);
                }
            } finally {
                over.set(true);
            }
            for (Future<?> each : busy) {
                Object _ = each.get();
            }
        }
    }

    @Test
    void aNodeThatIsBehindARestoredDatabaseAnswersNothing() throws Exception {
        try (House one = house()) {
            String key = one.caller().newKey();
            assertThat(one.store().staleBecause()).isNull();
            execute("update feed_head set position = 1");
            execute("delete from change_feed where position > 1");
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (one.store().staleBecause() == null && System.nanoTime() < end) {
                Thread.sleep(10);
            }
            assertThat(one.store().staleBecause()).contains("went back");
            assertThatThrownBy(() -> one.caller().describe(key))
                    .isInstanceOf(ServiceUnavailable.class);
            try (House again = house()) { // it was told
                assertThat(again.caller().describe(key).enabled()).isTrue();
            }
        }
    }

    @Test
    void ofSeveralThatMakeTheStoreAtOnceOneDoes() throws Exception {
        PostgresSettings fresh = PostgresSettings.of(EmbeddedPostgres.shared().newDatabase());
        List<Future<Boolean>> made = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            RootKeyFile file = new RootKeyFile(folder.resolve("root.key." + i));
            made.add(
                    threads.submit(
                            () -> {
                                try {
                                    Store.init(fresh, file, ENTROPY);
                                    return true;
                                } catch (CannotOpen e) {
                                    assertThat(e).hasMessageContaining("there is a store");
                                    return false;
                                }
                            }));
        }
        int makers = 0;
        for (int i = 0; i < made.size(); i++) {
            boolean maker = made.get(i).get();
            makers += maker ? 1 : 0;
            assertThat(new RootKeyFile(folder.resolve("root.key." + i)).exists())
                    .as("a root key that opens nothing is not left behind")
                    .isEqualTo(maker);
        }
        assertThat(makers).isEqualTo(1);
    }

    private RootKeyFile rootKey() {
        return new RootKeyFile(folder.resolve("root.key"));
    }

    private House house() throws IOException, CannotOpen {
        return new House(Store.open(place, rootKey(), ENTROPY), ENTROPY);
    }

    private static ClusterState state(House house) {
        return Objects.requireNonNull(house.store().cluster());
    }

    private int nodes() throws SQLException {
        try (Connection connection = DriverManager.getConnection(place.url());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from node")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private void execute(String text) throws SQLException {
        try (Connection connection = DriverManager.getConnection(place.url());
                Statement statement = connection.createStatement()) {
            boolean _ = statement.execute(text);
        }
    }
}
