package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What somebody sees who starts Trent at a keyboard, and that what is offered to paste works. */
@ExtendWith(Workplace.class)
@Timeout(600)
class TerminalTest {

    private static final String ESCAPE = "\u001b[";
    private static final String SHOWN = "Ctrl-C ends it";

    private final Path folder = Workplace.folder("terminal");

    @Test
    void devShowsWhatOneNeedsAndWhatIsPastedWorks() {
        String answer = run("xterm", Map.of(), SHOWN, "c", "dev");
        String terminal = Json.text(answer, "terminal");
        String plain = terminal.replaceAll("\u001b\\[\\d*m", "");
        assertThat(terminal).contains(ESCAPE);
        assertThat(plain)
                .contains("for development: whoever reaches the port is root")
                .contains("in memory, gone at exit")
                .containsPattern("Trent \\d+\\.\\d+")
                .containsPattern("account +000000000000")
                .containsPattern("admin +http://127\\.0\\.0\\.1:\\d+")
                .contains("AWS_ENDPOINT_URL_IAM=http://127.0.0.1:", "AWS_ENDPOINT_URL_STS=")
                .contains("aws kms create-key");
        assertThat(plain.split("Paste this", -1)).as("shown once").hasSize(2);
        assertThat(Json.text(answer, "stdout"))
                .matches(
                        "Trent is listening on http://127\\.0\\.0\\.1:\\d+\nadmin on http://127\\.0\\.0\\.1:\\d+\n");
        assertThat(pasted(answer, "stdout")).as(pasted(answer, "stderr")).contains("\"KeyId\"");
        assertThat(Json.of(answer).path("exit").asInt(-1)).isZero();
    }

    @Test
    void underTlsTheAuthorityIsAmongIt() {
        Tool.makeCertificate(folder, "it's a.pem", "it's a.key");
        String answer =
                run(
                        "xterm",
                        Map.of("NO_COLOR", "1"),
                        SHOWN,
                        "c",
                        "dev",
                        "--tls-cert",
                        "it's a.pem",
                        "--tls-key",
                        "it's a.key",
                        "--data",
                        "data",
                        "--seal",
                        "file:" + folder.resolve("root.key"));
        String terminal = Json.text(answer, "terminal");
        assertThat(terminal)
                .as("NO_COLOR")
                .doesNotContain(ESCAPE)
                .contains("kept in data, root key in " + folder.resolve("root.key"))
                .contains("AWS_CA_BUNDLE='", "https://127.0.0.1:");
        assertThat(pasted(answer, "stdout")).as(pasted(answer, "stderr")).contains("\"KeyId\"");
    }

    @Test
    void serverShowsLess() {
        String answer =
                run("dumb", Map.of(), "next +curl", "c", "server", "--data", "data-of-server");
        assertThat(Json.text(answer, "terminal"))
                .as("a terminal that knows no colours")
                .doesNotContain(ESCAPE)
                .contains("every signature is verified", "kept in data-of-server")
                .doesNotContain("export ");
        assertThat(Json.text(answer, "stdout")).contains("AWS_SECRET_ACCESS_KEY=");
        assertThat(Json.text(answer, "terminal")).doesNotContain("AWS_SECRET_ACCESS_KEY=");
    }

    @Test
    void aSecondCtrlCEndsItAtOnce() {
        String answer = run("xterm", Map.of(), SHOWN, "hcc", "dev");
        assertThat(Json.text(answer, "terminal"))
                .contains("stopping: 1 call", "a second signal ends the process at once");
        assertThat(Json.of(answer).path("exit").asInt(-1)).isEqualTo(130);
    }

    private static String pasted(String answer, String stream) {
        return Json.of(answer).path("pasted").path(stream).asText();
    }

    private String run(
            String term,
            Map<String, String> environment,
            String until,
            String keys,
            String... arguments) {
        Path script = Tool.resource(folder, "terminal.py", "terminal.py");
        List<String> line = new ArrayList<>(List.of("python3", script.toString(), until, keys));
        line.add(TrentProcess.home().resolve("trent").toString());
        line.addAll(List.of(arguments));
        line.addAll(List.of("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"));
        Map<String, String> all = new TreeMap<>(environment);
        all.put("TERM", term);
        Tool.Result result = Tool.run(folder, all, line.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        return result.stdout();
    }
}
