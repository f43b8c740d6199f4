package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What IAM acknowledged is there after a kill, and nothing is there by half. */
@ExtendWith(Workplace.class)
class IdentityDurabilityTest {

    private static final int KILLS = Boolean.getBoolean("trent.all") ? 30 : 2;

    @Test
    void whatWasAcknowledgedSurvivesAKill() {
        Path folder = Workplace.folder("killed");
        Tool.resource(folder, "raw.py", "raw.py");
        Path script = Tool.resource(folder, "killed.py", "killed.py");
        String file = folder.resolve("written.json").toString();
        try (TrentProcess trent = TrentProcess.server().start()) {
            for (int i = 0; i < KILLS; i++) {
                run(folder, script, "write", trent, file, Long.toString(trent.pid()));
                assertThat(trent.exitCode()).as("killed").isNotZero();
                trent.restart();
                System.out.print(run(folder, script, "check", trent, file).stdout());
            }
        }
    }

    private static Tool.Result run(
            Path folder, Path script, String what, TrentProcess trent, String... more) {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                "python3",
                                script.toString(),
                                what,
                                Integer.toString(trent.port()),
                                Signer.ROOT.accessKeyId(),
                                Signer.ROOT.secretAccessKey()));
        line.addAll(List.of(more));
        Tool.Result result = Tool.run(folder, Map.of(), line.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.stdout() + result.stderr()).isZero();
        return result;
    }
}
