package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** What docs/testing.md says, line by line, and how the AWS SDK for Python meets the controls. */
@ExtendWith(Workplace.class)
class ControlsTest {

    private static final Pattern PYTHON = Pattern.compile("(?s)```python\n(.*?)```");

    @TestFactory
    Stream<DynamicTest> everyCaseOfTheScript() {
        try (TrentProcess trent = TrentProcess.dev().start()) {
            return Rows.ofCases(
                    "controls_suite.py", trent.url().toString(), trent.admin().toString());
        }
    }

    @Test
    void theProgramOfTheDocumentationWorksAsItStands() throws IOException {
        Path folder = Workplace.folder("testing");
        String program =
                PYTHON.matcher(page())
                                .results()
                                .map(block -> block.group(1))
                                .collect(Collectors.joining("\n"))
                        + "\ntrent.terminate()\nassert trent.wait() == 0\n";
        Path script = Files.writeString(folder.resolve("testing.py"), program);
        Tool.Result ran =
                Tool.run(
                        folder,
                        Map.of(),
                        "bash",
                        "-c",
                        "cd '%s' && exec python3 '%s'".formatted(TrentProcess.home(), script));
        assertThat(ran.exitCode()).as(ran.stdout() + ran.stderr()).isZero();
        assertThat(program).contains("/reset", "/clock", "/faults");
    }

    @Test
    void itsCommandLinesWorkAsTheyStand() throws IOException {
        List<String> lines =
                page().lines()
                        .filter(line -> line.startsWith("    curl "))
                        .map(String::strip)
                        .toList();
        assertThat(lines).hasSize(6);
        try (TrentProcess trent = TrentProcess.dev().start()) {
            for (String line : lines) {
                Tool.Result ran =
                        Tool.run(
                                Workplace.folder("curl"),
                                Map.of("ADMIN", trent.admin().toString()),
                                "bash",
                                "-c",
                                line.replaceFirst("curl", "curl -sS --fail-with-body"));
                assertThat(ran.exitCode()).as(line + ran.stdout() + ran.stderr()).isZero();
                assertThat(ran.stdout()).as(line).startsWith("{");
            }
        }
    }

    @Test
    void aStoreThatIsKeptIsEmptiedOnlyIfThatIsSaid() throws IOException {
        Path data = Workplace.folder("kept").resolve("data");
        TrentProcess.Settings kept = TrentProcess.dev().with("--data", data);
        String reset = "curl -sS -X POST -H 'Content-Type: application/json' $ADMIN/reset";
        try (TrentProcess trent = kept.start()) {
            assertThat(asked(trent, reset)).contains("--allow-reset");
            assertThat(trent.stop()).isZero();
        }
        try (TrentProcess trent = kept.with("--allow-reset").start()) {
            assertThat(asked(trent, reset)).contains("\"resets\":1");
            assertThat(trent.stop()).isZero();
        }
        assertThat(TrentProcess.server().with("--allow-reset").runToEnd().exitCode()).isEqualTo(2);
        TrentProcess.Ended shared =
                TrentProcess.dev()
                        .with("--allow-reset", "--store", "postgresql://localhost/kms", "--seal")
                        .with("file:" + data.resolve("root.key"))
                        .runToEnd();
        assertThat(shared.exitCode()).isEqualTo(2);
        assertThat(shared.output()).contains("--allow-reset goes with --data");
    }

    private static String asked(TrentProcess trent, String line) {
        return Tool.run(
                        Workplace.folder("curl"),
                        Map.of("ADMIN", trent.admin().toString()),
                        "bash",
                        "-c",
                        line)
                .stdout();
    }

    private static String page() throws IOException {
        return Files.readString(TrentProcess.home().resolve("docs").resolve("testing.md"));
    }
}
