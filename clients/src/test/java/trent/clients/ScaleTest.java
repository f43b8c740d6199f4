package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.clients.Tool.Result;

/**
 * Stores of many rows, with the small heap of the launcher. Prints how long an Encrypt takes, which
 * is to be as long with a million keys as with a hundred; that all are answered, and from how much
 * memory, is held to.
 */
@ExtendWith(Workplace.class)
class ScaleTest {

    /** Heap, direct memory, code, and what the JVM and SQLite have beside. */
    private static final int MOST_RESIDENT_MIB = 320;

    @ParameterizedTest
    @CsvSource({"100, 100, 90", "1000000, 10000, 50000"})
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void manyKeysUsersAndGrants(int keys, int users, int grants) {
        TrentProcess.Settings server = TrentProcess.server();
        Path folder = server.folder();
        make(folder, keys, users, grants);
        Path script = Tool.resource(folder, "scale.py", "scale.py");
        try (TrentProcess trent =
                server.with(
                                "--seal",
                                "file:" + folder.resolve("root.key"),
                                "--quota",
                                "keys=1000000")
                        .start()) {
            Result result =
                    Tool.run(
                            folder,
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
            assertThat(rows).hasSize(4);
            for (JsonNode row : rows) {
                assertThat(row.path("failed").asInt()).as(row.toString()).isZero();
                assertThat(row.path("resident_mib").asInt())
                        .as(row.toString())
                        .isLessThan(MOST_RESIDENT_MIB);
            }
        }
    }

    private static void make(Path folder, int keys, int users, int grants) {
        Path server = TrentProcess.home().resolve("server/target");
        Result made =
                Tool.run(
                        folder,
                        Map.of(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        server.resolve("trent/lib") + "/*:" + server.resolve("test-classes"),
                        "trent.ManyRows",
                        folder.toString(),
                        Integer.toString(keys),
                        Integer.toString(users),
                        Integer.toString(grants));
        assertThat(made.exitCode()).as(made.stderr()).isZero();
    }
}
