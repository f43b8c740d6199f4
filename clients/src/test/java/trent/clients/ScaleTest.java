package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.clients.Tool.Result;
import trent.testing.EmbeddedPostgres;

/**
 * Stores of many rows, with the small heap of the launcher. Prints how long an Encrypt takes, which
 * is to be as long with a million keys as with a hundred; that all are answered, and from how much
 * memory, is held to.
 */
@ExtendWith(Workplace.class)
class ScaleTest {

    /** Heap, direct memory, code, and what the JVM and SQLite have beside. */
    private static final int MOST_RESIDENT_MIB = 320;

    /** A million rows in a database, one statement each and more. */
    private static final long MAKING_SECONDS = 3_600;

    /** A scan for each use would read so many rows a thousand times and more. */
    private static final int MOST_SCANS = 20;

    /** From tables that hold a row or more for each key, user or grant. */
    private static final String ROWS_SCANNED =
            """
            select coalesce(sum(seq_tup_read), 0) from pg_stat_user_tables
            where relname in ('kms_key', 'alias', 'key_material', 'key_policy', 'key_grant', 'tag', 'iam_entity',
                    'iam_inline_policy', 'access_key')
            """;

    private static final String FEW = "100, 100, 90";
    private static final String MANY = "1000000, 10000, 50000";

    @ParameterizedTest
    @CsvSource({FEW, MANY})
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void manyKeysUsersAndGrants(int keys, int users, int grants) {
        TrentProcess.Settings server = TrentProcess.server();
        Path folder = server.folder();
        make(folder, keys, users, grants);
        measure(server.with("--seal", "file:" + folder.resolve("root.key")), keys, users, grants);
    }

    /**
     * In a database, each use that is not in memory reads by indexes alone. Keys and aliases are
     * counted for the metrics now and then, which is a scan.
     */
    @ParameterizedTest
    @CsvSource({FEW, MANY})
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void manyInADatabase(int keys, int users, int grants) throws SQLException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.startOnDisk()) {
            String url = postgres.newDatabase();
            Path folder = Workplace.folder("many");
            make(folder, keys, users, grants, url);
            analyze(url); // autovacuum would, a minute later
            long before = rowsScanned(url);
            measure(
                    TrentProcess.node("server", url, folder.resolve("root.key")),
                    keys,
                    users,
                    grants);
            long scanned = rowsScanned(url) - before;
            System.out.printf("%d rows read by scans of large tables%n", scanned);
            if (keys > 1_000) { // else a scan is as quick as an index
                assertThat(scanned).isLessThan((long) MOST_SCANS * keys);
            }
        }
    }

    private static void analyze(String url) throws SQLException {
        try (Connection connection = EmbeddedPostgres.connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute("vacuum analyze");
        }
    }

    private static long rowsScanned(String url) throws SQLException {
        try (Connection connection = EmbeddedPostgres.connect(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(ROWS_SCANNED)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }

    private static void measure(TrentProcess.Settings server, int keys, int users, int grants) {
        Path script = Tool.resource(server.folder(), "scale.py", "scale.py");
        try (TrentProcess trent =
                server.with("--quota", "keys=1000000", "--account", "100000000000").start()) {
            Result result =
                    Tool.run(
                            server.folder(),
                            Map.of(),
                            "python3",
                            script.toString(),
                            Integer.toString(trent.port()),
                            Long.toString(trent.pid()),
                            Integer.toString(keys),
                            Integer.toString(users),
                            Integer.toString(grants));
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            System.out.print(result.stdout());
            List<JsonNode> rows = result.stdout().lines().map(Json::of).toList();
            assertThat(rows).hasSize(5);
            for (JsonNode row : rows) {
                assertThat(row.path("failed").asInt()).as(row.toString()).isZero();
                assertThat(row.path("resident_mib").asInt())
                        .as(row.toString())
                        .isLessThan(MOST_RESIDENT_MIB);
            }
        }
    }

    private static void make(Path folder, int keys, int users, int grants, String... more) {
        Path server = TrentProcess.home().resolve("server/target");
        List<String> line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx1g",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                server.resolve("trent/lib")
                                        + "/*:"
                                        + server.resolve("test-classes"),
                                "trent.ManyRows",
                                folder.toString(),
                                Integer.toString(keys),
                                Integer.toString(users),
                                Integer.toString(grants)));
        line.addAll(List.of(more));
        Result made = Tool.run(MAKING_SECONDS, folder, Map.of(), line.toArray(String[]::new));
        assertThat(made.exitCode()).as(made.stderr()).isZero();
    }
}
