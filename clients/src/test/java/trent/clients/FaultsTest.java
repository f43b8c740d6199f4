package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.Tool.Result;

/**
 * Faults and floods, with the figure that tells how the packaged server bears them. The scenarios
 * are in faults.py, which runs by hand too, on this tree or on another one to compare with.
 */
@ExtendWith(Workplace.class)
class FaultsTest {

    @Test
    void aSmallVolumeIsNotLockedByTheLog() {
        assertThat(figures("small_volume").path("writes, and it is not locked").asInt())
                .isEqualTo(5000);
    }

    @Test
    void aDamagedPageHurtsItsOwnKeysOnly() {
        JsonNode figures = figures("damaged_page");
        assertThat(figures.path("starts").asBoolean()).isTrue();
        assertThat(figures.path("unreadable of 600 keys").asInt()).isLessThan(100);
    }

    @Test
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void aFullDiskIsOverWhenItHasRoomAgain() {
        JsonNode figures = figures("full_disk");
        assertThat(figures.path("readyz told of it").asBoolean()).isTrue();
        assertThat(figures.path("ready again").asBoolean()).isTrue();
        assertThat(figures.path("failed of 200 writes afterwards").asInt()).isZero();
        assertThat(figures.path("refused, but there").asInt()).isZero();
    }

    @Test
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void aLeapOfTheClockDestroysNoKey() {
        assertThat(figures("leap").path("destroyed of 20 keys").asInt(-1)).isZero();
    }

    /** The ratios are printed: what they come to depends on what else the machine does. */
    @Test
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void othersGoOnBesideFloodsOfKeys() {
        JsonNode figures = figures("key_floods");
        assertThat(figures.path("Encrypt p99").path("ratio").asDouble()).isPositive();
        assertThat(figures("six_keys").path("keys made").asInt()).isPositive();
    }

    @Test
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void whoIsRefusedDoesNotCutTheOthersCommits() {
        assertThat(
                        figures("refused_tags")
                                .path("writes beside refused, by those beside accepted")
                                .asDouble())
                .isGreaterThan(0.2);
    }

    @Test
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void oneMoreGrantOfANameIsNotReadBesideAllOthers() {
        JsonNode figures = figures("named_grants");
        assertThat(figures.path("alive").asBoolean()).isTrue();
        assertThat(figures.path("grants").asInt()).isEqualTo(50_000);
    }

    @Test
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void nothingIsAcknowledgedThatIsLost() {
        JsonNode figures = figures("moved_files");
        for (String what : List.of("trent.db", "trent.lock", "the folder")) {
            assertThat(figures.path(what).path("acknowledged and lost").asInt(-1))
                    .as(what)
                    .isZero();
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void ofDeletedKeysNoSealedCopyIsLeft() {
        JsonNode figures = figures("erased");
        assertThat(figures.path("deleted").asInt()).isEqualTo(20);
        assertThat(figures.path("sealed copies found").asInt(-1)).isZero();
    }

    @Test
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void whatIsReadDoesNotGoBack() {
        JsonNode figures = figures("pairs");
        assertThat(figures.path("pairs").asInt()).isPositive();
        assertThat(figures.path("went back, %").asDouble(-1)).isZero();
    }

    private static JsonNode figures(String... scenario) {
        Path folder = Workplace.folder("faults");
        Path _ = Tool.resource(folder, "flood.py", "flood.py"); // which the other one imports
        Path script = Tool.resource(folder, "faults.py", "faults.py");
        List<String> line =
                new ArrayList<>(
                        List.of(
                                "python3",
                                script.toString(),
                                TrentProcess.home().resolve("trent").toString()));
        line.addAll(List.of(scenario));
        Result result = Tool.run(folder, Map.of(), line.toArray(String[]::new));
        if (result.stderr().contains("'mount'")) {
            Assumptions.abort("only root can mount a small disk");
        }
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        System.out.print(result.stdout());
        return Json.of(result.stdout());
    }
}
