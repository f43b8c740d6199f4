package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.testing.EmbeddedPostgres;

/** The packaged server on a database that several share, as its operator meets it. */
@ExtendWith(Workplace.class)
@Timeout(600)
class SharedStoreTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern ADMIN = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");
    private static final Pattern STATEMENT = Pattern.compile("-c \"([^\"]+)\"");
    private static final Pattern SHOWN =
            Pattern.compile("AWS_ACCESS_KEY_ID=(\\S+)\\s+AWS_SECRET_ACCESS_KEY=(\\S+)");

    private final Path folder = Workplace.folder("shared");

    /** The lines of the README, but for who runs the database and which ports are free. */
    @Test
    void theLinesOfTheReadmeStartTwoNodesOnOneDatabase() throws IOException {
        EmbeddedPostgres database = EmbeddedPostgres.shared();
        String lines = readme();
        Matcher statements = STATEMENT.matcher(lines);
        while (statements.find()) {
            database.execute(statements.group(1));
        }
        String script =
                lines.replaceFirst("(?m)^sudo .*\\R", "")
                                .replace("@localhost/", "@127.0.0.1:" + database.port() + "/")
                                .replace("./trent", TrentProcess.home().resolve("trent").toString())
                                .replace(
                                        "server &",
                                        "server --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 &")
                                .replaceAll("127\\.0\\.0\\.1:460[12]", "127.0.0.1:0")
                                .replaceAll(
                                        "server (.*) &", "server $1 > node-\\$\\$-\\$RANDOM.log &")
                        + """
                trap 'kill $(jobs -p); wait' EXIT
                for i in $(seq 600); do
                    [ "$(cat node-*.log | grep -c '^Trent is listening')" = 2 ] && break
                    sleep 0.1
                done
                cat node-*.log
                """;

        Tool.Result result = Tool.run(folder, Map.of(), "bash", "-e", "-c", script);

        assertThat(result.exitCode()).as(result.stderr()).isZero();
        assertThat(result.stdout())
                .contains("Made a new store in jdbc:postgresql://127.0.0.1:")
                .contains("and its root key, " + folder.resolve("root.key"));
        assertThat(result.stdout().lines().filter(line -> line.startsWith("Trent is listening")))
                .hasSize(2);
        assertThat(SHOWN.matcher(result.stdout()).results())
                .as("the store's root credential is shown once")
                .hasSize(1);
        assertThat(result.stdout() + result.stderr())
                .doesNotContain(Files.readString(folder.resolve("db.password")).strip());
    }

    @Test
    void aServerThatWaitsEndsWhenItIsAskedTo() throws Exception {
        Path log = folder.resolve("waiting.log");
        Process process =
                new ProcessBuilder(
                                TrentProcess.home().resolve("trent").toString(),
                                "server",
                                "--listen=127.0.0.1:0",
                                "--admin-listen=127.0.0.1:0",
                                "--store=" + EmbeddedPostgres.shared().newDatabase(),
                                "--seal=file:" + folder.resolve("none.key"))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            Await.until("it waits", SOON, () -> text(log).contains("trent init"));
            Matcher admin = ADMIN.matcher(text(log).replace("\\/", "/"));
            assertThat(admin.find()).as(text(log)).isTrue();
            int port = URI.create(admin.group()).getPort();
            try (RawConnection connection = RawConnection.to(port)) { // as a load balancer asks
                connection.send("GET /readyz HTTP/1.0\r\n\r\n");
                RawConnection.Reply reply = connection.reply();
                assertThat(reply.status()).isEqualTo(503);
                assertThat(reply.body()).contains("there is no store yet in");
            }
            process.destroy();
            assertThat(process.waitFor()).isZero();
            assertThat(text(log)).contains("stopped");
        } finally {
            process.destroyForcibly();
        }
    }

    /** As three copies of one deployment do. */
    @Test
    void nodesThatStartAtOnceWithTheSameSeedSowItOnce() throws Exception {
        String store = EmbeddedPostgres.shared().newDatabase();
        Path rootKey = folder.resolve("root.key");
        assertThat(TrentProcess.node("init", store, rootKey).runToEnd().exitCode()).isZero();
        Path seed = folder.resolve("seed.yaml");
        StringBuilder text = new StringBuilder("accounts:\n  \"000000000000\":\n    keys:\n");
        for (int i = 0; i < 20; i++) {
            text.append(
                    "      - {id: 00000000-0000-4000-8000-0000000000%02d, region: us-east-2}\n"
                            .formatted(i));
        }
        text.append("    aliases:\n");
        for (int i = 0; i < 20; i++) {
            text.append(
                    "      - {name: alias/seeded%d, region: us-east-2, key: 00000000-0000-4000-8000-0000000000%02d}\n"
                            .formatted(i, i));
        }
        Files.writeString(seed, text);
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<TrentProcess>> starting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                starting.add(
                        threads.submit(
                                () ->
                                        TrentProcess.node("server", store, rootKey)
                                                .with("--seed", seed)
                                                .start()));
            }
            int made = 0;
            for (Future<TrentProcess> each : starting) {
                try (TrentProcess node = each.get()) {
                    made += node.stderr().contains("the seed is sown") ? 1 : 0;
                }
            }
            assertThat(made).isEqualTo(1);
        }
    }

    @Test
    void accountsAreMadeAndDisabledBesideARunningServer() throws Exception {
        List<String> shared =
                List.of(
                        "--store",
                        EmbeddedPostgres.shared().newDatabase(),
                        "--seal",
                        "file:" + folder.resolve("account.key"));
        assertThat(run("init", shared).exitCode()).isZero();
        TrentProcess.Settings server =
                new TrentProcess.Settings(
                        "server", folder, "127.0.0.1:0", "127.0.0.1:0", shared, Map.of());
        try (TrentProcess trent = server.start()) {
            TrentProcess.Ended added = run("account add 111122223333", shared);
            assertThat(added.stdout()).startsWith("Account 111122223333 is there from now on.");
            Matcher shown = SHOWN.matcher(added.stdout());
            assertThat(shown.find()).isTrue();
            Kms root = trent.kms(new Signer(shown.group(1), shown.group(2), "us-east-2"));
            assertThat(root.call("ListKeys", Map.of()).code()).isEqualTo("200");

            TrentProcess.Ended held = run("release-deletions", shared);
            assertThat(held.exitCode()).isEqualTo(2);
            assertThat(held.stderr()).contains("1 more are at work on this store");

            assertThat(run("account disable 111122223333", shared).stdout())
                    .contains("from now on nobody of it is let in");
            assertThat(root.call("ListKeys", Map.of()).code()).isNotEqualTo("200");
            assertThat(trent.stop()).isZero();
        }
        TrentProcess.Ended released = run("release-deletions", shared);
        assertThat(released.exitCode()).as(released.output()).isZero();
    }

    private static TrentProcess.Ended run(String command, List<String> flags) {
        List<String> line = new ArrayList<>(List.of(command.split(" ", -1)));
        line.addAll(flags);
        return TrentProcess.run(line.toArray(String[]::new));
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file, UTF_8) : "";
    }

    /** The block below the heading. */
    private static String readme() throws IOException {
        StringBuilder lines = new StringBuilder();
        Files.readString(TrentProcess.home().resolve("README.md"))
                .lines()
                .dropWhile(line -> !line.equals("## Several nodes, one database"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .filter(line -> line.startsWith("    "))
                .forEach(line -> lines.append(line.strip()).append('\n'));
        assertThat(lines).contains("./trent init", "TRENT_STORE=");
        return lines.toString();
    }
}
