package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.clients.TrentProcess.Ended;

/**
 * Attested calls and SM2 keys by the AWS SDK for Python: the cases of {@code attested_suite.py}.
 */
@ExtendWith(Workplace.class)
class AttestedTest {

    @Test
    void everyCaseOfTheScript() {
        Path folder = Workplace.folder("attested");
        requireOpenSsl(folder);
        String script = Tool.resource(folder, "attested_suite.py", "attested_suite.py").toString();
        long written = Tool.resource("attested_suite.py").lines().filter("@case"::equals).count();
        Tool.Result made = Tool.run(folder, Map.of(), "python3", script, "make", folder.toString());
        assertThat(made.exitCode()).as(made.stderr()).isZero();
        try (TrentProcess trent =
                TrentProcess.dev()
                        .with("--attestation-roots", folder.resolve("roots.pem"))
                        .environment("TRENT_SM2_REGIONS", "us-east-2,eu-west-1")
                        .start()) {
            Tool.Result result =
                    Tool.run(
                            folder,
                            Map.of(),
                            "python3",
                            script,
                            "run",
                            folder.toString(),
                            trent.url().toString());
            List<String> lines = result.stdout().lines().toList();
            assertThat(lines)
                    .as(result.stderr())
                    .hasSize((int) written)
                    .allMatch(line -> line.startsWith("ok "));
            assertThat(result.exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            --sm2-regions       | US-EAST-2   | 2 | --sm2-regions takes Regions
            --sm2-regions       | us_east_2   | 2 | --sm2-regions takes Regions
            --attestation-roots | missing.pem | 1 | missing.pem (--attestation-roots) does not exist
            """)
    void aSettingThatIsWrongStopsTheStart(String flag, String value, int exitCode, String text) {
        Ended refused =
                TrentProcess.run(
                        "dev",
                        "--listen",
                        "127.0.0.1:0",
                        "--admin-listen",
                        "127.0.0.1:0",
                        flag,
                        value);
        assertThat(refused.exitCode()).as(refused.output()).isEqualTo(exitCode);
        assertThat(refused.output()).contains(text).doesNotContain("\tat ");
    }

    /** The root credential is shown once, so a start that fails must not have made it. */
    @Test
    void wrongRootsLeaveNoStoreBehind() {
        TrentProcess.Settings server = TrentProcess.serverWithoutCredentials();
        Ended refused = server.with("--attestation-roots", "missing.pem").runToEnd();
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(server.folder().resolve("data")).doesNotExist();
    }

    private static void requireOpenSsl(Path folder) {
        boolean found;
        try {
            found = Tool.run(folder, Map.of(), "openssl", "version").exitCode() == 0;
        } catch (UncheckedIOException e) {
            found = false;
        }
        if (!found) {
            System.out.println("skipped: the attested calls need the program openssl");
        }
        assumeTrue(found, "the program openssl is not there");
    }
}
