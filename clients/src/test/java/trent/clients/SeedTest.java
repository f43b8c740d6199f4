package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.TrentProcess.Ended;

/** The example of docs/seed.md, used by those whom it declares. */
@ExtendWith(Workplace.class)
class SeedTest {

    private static final String ALICE_SECRET = "alicesecretalicesecretalicesecretalices1";

    @Test
    void whomASeedDeclaresMayDoWhatItSays() throws IOException {
        Path seed = example();
        TrentProcess.Settings server =
                TrentProcess.server()
                        .with("--seed", seed)
                        .environment("ALICE_SECRET", ALICE_SECRET);
        try (TrentProcess trent = server.start()) {
            String byAlias =
                    "kms encrypt --key-id alias/blue --plaintext AA== --query KeyId --output text";
            assertThat(alice(trent, byAlias).stdout())
                    .contains("key/1234abcd-12ab-34cd-56ef-1234567890ab");
            assertThat(
                            alice(
                                            trent,
                                            byAlias.replace(
                                                    "alias/blue",
                                                    "1234abcd-12ab-34cd-56ef-1234567890ab"))
                                    .stderr())
                    .contains("AccessDenied");
            assertThat(
                            alice(
                                            trent,
                                            "sts assume-role --role-session-name s1 --role-arn"
                                                    + " arn:aws:iam::111122223333:role/auditor"
                                                    + " --query AssumedRoleUser.Arn --output text")
                                    .stdout())
                    .contains("assumed-role/auditor/s1");
            assertThat(trent.stop()).isZero();
            assertThat(trent.stdout() + trent.stderr())
                    .doesNotContain(ALICE_SECRET, "bobsecret", "000102030405");
            trent.restart();
            assertThat(alice(trent, byAlias).stdout()).contains("key/1234abcd");
            assertThat(trent.stderr()).doesNotContain("seed line");
        }
    }

    @Test
    void aWrongSeedStopsTheStart() throws IOException {
        Path seed = example();
        Files.writeString(seed, "accounts:\n  111122223333:\n    usres: []\n");
        Ended refused = TrentProcess.dev().with("--seed", seed).runToEnd();
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output()).contains(", line 3: ", "usres").doesNotContain("\tat ");
        Ended alone = TrentProcess.server().with("--seed-apply").runToEnd();
        assertThat(alone.exitCode()).isEqualTo(2);
        assertThat(alone.output()).contains("--seed-apply goes with --seed");
    }

    /** As a shell's process substitution is: it can be read once. */
    @Test
    void aSeedThatIsAPipeIsSown() throws Exception {
        Path folder = Workplace.folder("seed-pipe");
        Path pipe = folder.resolve("pipe");
        assertThat(Tool.run(folder, Map.of(), "mkfifo", pipe.toString()).exitCode()).isZero();
        Thread writer =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try {
                                        Files.writeString(
                                                pipe, "accounts: {\"111122223333\": {}}\n");
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                });
        try (TrentProcess trent = TrentProcess.dev().with("--seed", pipe).start()) {
            writer.join();
            Await.until(
                    "the seed is sown",
                    Duration.ofSeconds(10),
                    () -> trent.stderr().contains("the seed is sown"));
            Tool.Result reset =
                    Tool.run(
                            folder,
                            Map.of(),
                            "curl",
                            "-sS",
                            "--max-time",
                            "60",
                            "-X",
                            "POST",
                            "-H",
                            "Content-Type: application/json",
                            trent.admin() + "/reset");
            assertThat(reset.stdout()).as(reset.stderr()).contains("\"resets\":1");
            assertThat(trent.stop()).isZero();
        }
    }

    private static Path example() throws IOException {
        Path folder = Workplace.folder("seed");
        String page = Files.readString(TrentProcess.home().resolve("docs").resolve("seed.md"));
        Path seed = folder.resolve("seed.yaml");
        Files.writeString(
                seed,
                page.substring(page.indexOf("```yaml\n") + 8, page.indexOf("\n```\n")) + "\n");
        Path secret = folder.resolve("root.secret");
        Files.writeString(secret, "rootsecretrootsecretrootsecretrootsecret\n");
        for (Path each : new Path[] {seed, secret}) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rw-------"));
        }
        return seed;
    }

    private static Tool.Result alice(TrentProcess trent, String arguments) {
        return Tool.run(
                Workplace.folder("seed-cli"),
                Map.of(
                        "AWS_ACCESS_KEY_ID",
                        "AKIAALICEOFEXAMPLE11",
                        "AWS_SECRET_ACCESS_KEY",
                        ALICE_SECRET,
                        "AWS_DEFAULT_REGION",
                        "us-east-2",
                        "AWS_ENDPOINT_URL",
                        trent.url().toString()),
                "bash",
                "-c",
                "aws " + arguments);
    }
}
