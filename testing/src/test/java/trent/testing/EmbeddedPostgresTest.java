package trent.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddedPostgresTest {

    static Stream<String> versions() {
        return EmbeddedPostgres.VERSIONS.stream()
                .filter(
                        version ->
                                version.equals(EmbeddedPostgres.NEWEST)
                                        || Boolean.getBoolean("trent.all"));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void isOfItsVersionAndSyncs(String version) throws SQLException {
        try (var server = EmbeddedPostgres.start(version)) {
            String url = server.newDatabase();
            String major = version.substring(0, version.indexOf('.'));
            assertThat(answer(url, "show server_version")).startsWith(major + ".");
            assertThat(answer(url, "show fsync")).isEqualTo("on");
            assertThat(answer(url, "show server_encoding")).isEqualTo("UTF8");
            assertThat(answer(url, "select count(*) from pg_stat_user_tables")).isEqualTo("0");
        }
    }

    @Test
    void whatWasCommittedIsThereAfterAKill() throws SQLException {
        try (var server = EmbeddedPostgres.start()) {
            String url = server.newDatabase();
            execute(url, "create table t (n int)");
            for (int n = 1; n <= 3; n++) {
                execute(url, "insert into t values (" + n + ")");
                ProcessHandle before = server.process();
                server.kill();
                assertThatThrownBy(() -> answer(url, "select 1")).isInstanceOf(SQLException.class);
                server.restart();
                assertThat(server.process()).isNotEqualTo(before);
                assertThat(answer(url, "select count(*) from t")).isEqualTo("" + n);
            }
        }
    }

    @Test
    void aStandbyIsReadAndNotWritten() throws SQLException {
        try (var server = EmbeddedPostgres.start()) {
            String url = server.newDatabase();
            execute(url, "create table t (n int)");
            server.restartAsStandby();
            assertThat(answer(url, "select pg_is_in_recovery()")).isEqualTo("t");
            assertThat(answer(url, "select count(*) from t")).isEqualTo("0");
            assertThatThrownBy(() -> execute(url, "insert into t values (1)"))
                    .hasMessageContaining("read-only transaction");
        }
    }

    @Test
    void nothingIsLeftOfOneThatWasClosed() throws IOException {
        Path log;
        List<ProcessHandle> processes;
        try (var server = EmbeddedPostgres.start()) {
            log = server.log();
            processes =
                    Stream.concat(Stream.of(server.process()), server.process().descendants())
                            .toList();
            assertThat(log).exists();
        }
        assertThat(processes).hasSizeGreaterThan(3);
        for (ProcessHandle each : processes) {
            assertThat(EmbeddedPostgres.runs(each)).isFalse();
        }
        assertThat(log.getParent()).doesNotExist();
    }

    @Test
    void nothingIsLeftWhenItsJvmIsKilled() throws IOException, InterruptedException {
        Process jvm =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Dtrent.home=" + System.getProperty("trent.home"),
                                "-classpath",
                                System.getProperty("java.class.path"),
                                Starts.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (var says = new BufferedReader(new InputStreamReader(jvm.getInputStream(), UTF_8))) {
            Path run = Path.of(says.readLine());
            ProcessHandle server = ProcessHandle.of(Long.parseLong(says.readLine())).orElseThrow();
            assertThat(EmbeddedPostgres.runs(server)).isTrue();
            jvm.destroyForcibly();
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (EmbeddedPostgres.runs(server) || Files.exists(run)) {
                assertThat(System.nanoTime()).as("the server has not ended").isLessThan(deadline);
                Thread.sleep(10);
            }
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** Starts a server, says where it is, and waits to be killed. */
    static final class Starts {

        private Starts() {}

        static void main() throws InterruptedException {
            var server = EmbeddedPostgres.shared();
            System.out.println(server.log().getParent());
            System.out.println(server.process().pid());
            Thread.sleep(Duration.ofMinutes(5));
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = EmbeddedPostgres.connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String answer(String url, String sql) throws SQLException {
        try (Connection connection = EmbeddedPostgres.connect(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
