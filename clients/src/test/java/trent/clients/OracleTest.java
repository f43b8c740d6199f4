package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Neither bytes nor time tell whether another account has a key, an alias, or the key of a
 * ciphertext: when they are asked for the first time after a start, and again.
 */
@ExtendWith(Workplace.class)
class OracleTest {

    private static final boolean ALL = Boolean.getBoolean("trent.all");
    private static final int PAIRS = ALL ? 20_000 : 2_000;

    /**
     * Percent of the pairs that the best threshold may tell apart. Few pairs have such a threshold
     * by chance; what this test was written for had 67 to 98.
     */
    private static final int LIMIT = ALL ? 55 : 60;

    private static final int ROWS = 6;

    @TestFactory
    Stream<DynamicTest> nobodyLearnsWhatOthersHave() {
        Path folder = Workplace.folder("oracle");
        Tool.resource(folder, "raw.py", "raw.py");
        Path script = Tool.resource(folder, "oracle.py", "oracle.py");
        Path names = folder.resolve("names.json");
        try (TrentProcess trent =
                TrentProcess.dev()
                        .with("--data", folder.resolve("data"), "--quota", "keys=1000000")
                        .start()) {
            Tool.Result made = run(folder, script, "make", trent, names, PAIRS);
            assertThat(made.exitCode()).as(made.stderr()).isZero();
            assertThat(trent.stop()).isZero();
            trent.restart();
            Tool.Result asked = run(folder, script, "ask", trent, names, LIMIT);
            System.out.print(asked.stdout());
            return Rows.of(asked, ROWS);
        }
    }

    private static Tool.Result run(
            Path folder, Path script, String what, TrentProcess trent, Path names, int number) {
        return Tool.run(
                folder,
                Map.of(),
                "python3",
                script.toString(),
                what,
                Integer.toString(trent.port()),
                names.toString(),
                Integer.toString(number));
    }
}
