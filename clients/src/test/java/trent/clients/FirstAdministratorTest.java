package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** From the root to the first administrator, by the lines of the README. */
@ExtendWith(Workplace.class)
class FirstAdministratorTest {

    private static final Pattern SHOWN =
            Pattern.compile("AWS_ACCESS_KEY_ID=(\\S+)\\s+AWS_SECRET_ACCESS_KEY=(\\S+)");

    @Test
    void theLinesOfTheReadmeLeadFromRootToTheFirstAdministrator() throws IOException {
        Path folder = Workplace.folder("administrator");
        try (TrentProcess trent = TrentProcess.serverWithoutCredentials().start()) {
            Matcher shown = SHOWN.matcher(trent.stdout());
            assertThat(shown.find()).as(trent.stdout()).isTrue();
            Signer root = new Signer(shown.group(1), shown.group(2), "us-east-2");

            Tool.Result result =
                    Tool.run(
                            folder,
                            Map.of(
                                    "AWS_ACCESS_KEY_ID",
                                    root.accessKeyId(),
                                    "AWS_SECRET_ACCESS_KEY",
                                    root.secretAccessKey()),
                            "bash",
                            "-e",
                            "-c",
                            lines().replace("http://127.0.0.1:4599", trent.url().toString())
                                    + "aws kms create-key --query KeyMetadata.Enabled --output text\n");

            assertThat(result.exitCode()).as(result.stderr()).isZero();
            String arn = "arn:aws:iam::000000000000:user/admin\n";
            assertThat(result.stdout()).isEqualTo(arn + arn + "True\n");
            assertThat(trent.kms(root).call("ListKeys", Map.of()).code())
                    .isEqualTo("UnrecognizedClientException");
            String[] admin =
                    Files.readString(folder.resolve("admin.key")).strip().split("\\s+", -1);
            assertThat(
                            trent.kms(new Signer(admin[0], admin[1], "us-east-2"))
                                    .call("ListKeys", Map.of())
                                    .code())
                    .isEqualTo("200");
        }
    }

    /** The block below the heading. */
    private static String lines() throws IOException {
        StringBuilder lines = new StringBuilder();
        Files.readString(TrentProcess.home().resolve("README.md"))
                .lines()
                .dropWhile(line -> !line.equals("### The first administrator"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .filter(line -> line.startsWith("    "))
                .forEach(line -> lines.append(line.strip()).append('\n'));
        assertThat(lines).contains("AdministratorAccess", "Inactive");
        return lines.toString();
    }
}
