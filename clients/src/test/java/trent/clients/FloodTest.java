package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.clients.Tool.Result;

/**
 * Strangers who hold all that they can get: the packaged server, with the small heap of its
 * launcher, stays up and serves who signs. The attacks are in flood.py, which runs by hand too.
 */
@ExtendWith(Workplace.class)
class FloodTest {

    /** Each of them alone ended the process, or kept everybody waiting, before there was a sum. */
    @ParameterizedTest
    @ValueSource(strings = {"bodies", "pipeline"})
    void whoSignsIsServed(String attack) {
        assertServed(flooded(TrentProcess.server(), attack, "2"));
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    @ValueSource(
            strings = {
                "many_bodies",
                "headers",
                "short_headers",
                "silent",
                "idle+callers",
                "writes",
                "admin",
                "admin_silent",
                "bodies+headers+pipeline+silent+admin"
            })
    void whoSignsIsServedBesideThousands(String attack) {
        assertServed(flooded(TrentProcess.server(), attack, "12"));
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    @ValueSource(
            strings = {
                "handshakes",
                "record",
                "many_bodies",
                "h2_bodies",
                "h2_resets",
                "h2_continuation",
                "h2_pings",
                "h2_settings",
                "h2_empty_data",
                "h2_heads"
            })
    void whoSignsIsServedOverTls(String attack) {
        Path folder = Workplace.folder("certificate");
        Tool.makeCertificate(folder, "cert.pem", "key.pem");
        TrentProcess.Settings tls =
                TrentProcess.server()
                        .with(
                                "--tls-cert",
                                folder.resolve("cert.pem"),
                                "--tls-key",
                                folder.resolve("key.pem"));
        assertServed(flooded(tls, attack, "8", "--tls"));
    }

    @Test
    void theAdminAddressIsBoundedToo() {
        assertServed(flooded(TrentProcess.server(), "admin", "2", "--scale", "0.2"));
    }

    private static JsonNode flooded(
            TrentProcess.Settings settings, String attack, String seconds, String... more) {
        Path folder = Workplace.folder("flood");
        Path script = Tool.resource(folder, "flood.py", "flood.py");
        try (TrentProcess trent = settings.start()) {
            List<String> line =
                    new ArrayList<>(
                            List.of(
                                    "python3",
                                    script.toString(),
                                    Integer.toString(trent.port()),
                                    attack,
                                    "--admin",
                                    Integer.toString(trent.admin().getPort()),
                                    "--pid",
                                    Long.toString(trent.pid()),
                                    "--seconds",
                                    seconds));
            line.addAll(List.of(more));
            Result result = Tool.run(folder, Map.of(), line.toArray(String[]::new));
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            System.out.print(result.stdout());
            assertThat(trent.stderr()).doesNotContain("OutOfMemoryError");
            return Json.of(result.stdout());
        }
    }

    /** No figure of this machine's speed: that somebody was served during, and everybody after. */
    private static void assertServed(JsonNode outcome) {
        assertThat(outcome.path("alive").asBoolean()).as(outcome.toString()).isTrue();
        assertThat(outcome.path("after").asInt()).as(outcome.toString()).isEqualTo(200);
        assertThat(outcome.path("served").asInt()).as(outcome.toString()).isPositive();
    }
}
