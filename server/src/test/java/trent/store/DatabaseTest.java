package trent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The WAL is emptied into the database that it belongs to, whoever reads meanwhile. */
@Timeout(60)
@Tag("sqlite")
class DatabaseTest {

    private static final int ROUNDS = 20;

    @TempDir Path folder = Path.of("");

    @Test
    void theWalOfAnotherDatabaseIsLeftAlone() throws Exception {
        Path file = folder.resolve("one.db");
        Path other = folder.resolve("other.db");
        try (SqliteDatabase made = SqliteDatabase.in(other)) {
            change(made, "create table t (n integer)");
        }
        try (SqliteDatabase database = SqliteDatabase.in(file)) {
            change(database, "create table t (n integer)");
            Files.move(file, folder.resolve("aside.db"));
            Files.move(other, file);
            byte[] before = Files.readAllBytes(file);
            assertThatThrownBy(database::emptyWal)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is not the file any more that was opened");
            assertThat(Files.readAllBytes(file)).isEqualTo(before);
        }
    }

    /** Each reads shortly, but at every moment one does. */
    @Test
    void steadyReadersDoNotKeepTheWal() throws Exception {
        Path file = folder.resolve("one.db");
        AtomicBoolean done = new AtomicBoolean();
        try (SqliteDatabase database = SqliteDatabase.in(file);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            change(database, "create table t (n integer)");
            for (int i = 0; i < 2; i++) {
                threads.execute(
                        () -> {
                            while (!done.get()) {
                                database.read(DatabaseTest::slowly);
                            }
                        });
            }
            int emptied = 0;
            for (int i = 0; i < ROUNDS; i++) {
                change(database, "insert into t values (1)");
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos()); // both read what is new
                emptied += database.emptyWal() ? 1 : 0;
            }
            done.set(true);
            assertThat(emptied).isGreaterThan(ROUNDS / 2);
        }
    }

    private static int slowly(Sql sql) {
        int rows = sql.list("select n from t", row -> row.getInt(1)).size();
        LockSupport.parkNanos(Duration.ofMillis(3).toNanos());
        return rows;
    }

    private static void change(SqliteDatabase database, String statement) {
        database.write(
                sql -> {
                    sql.begin();
                    sql.update(statement);
                    sql.commit();
                    return true;
                });
    }
}
