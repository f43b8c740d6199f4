package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** The AWS CLI, as a person at a shell uses it. */
@ExtendWith(Workplace.class)
@TestInstance(Lifecycle.PER_CLASS)
class AwsCliTest {

    /** What the README promises to work as pasted. */
    private static final String README =
            """
            export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-2 AWS_ENDPOINT_URL_KMS=http://127.0.0.1:4599
            KEY=$(aws kms create-key --query KeyMetadata.KeyId --output text)
            aws kms create-alias --alias-name alias/ExampleAlias --target-key-id $KEY
            aws kms encrypt --key-id alias/ExampleAlias --plaintext fileb://secret.txt --query CiphertextBlob --output text | base64 -d > secret.enc
            aws kms decrypt --ciphertext-blob fileb://secret.enc --query Plaintext --output text | base64 -d
            """;

    private final TrentProcess trent = TrentProcess.dev().start();

    @AfterAll
    void stop() {
        trent.close();
    }

    @Test
    void theFiveLinesOfTheReadme() throws IOException {
        Path folder = Workplace.folder("cli");
        Files.writeString(folder.resolve("secret.txt"), "the secret\nof two lines\n");

        Tool.Result result = bash(folder);

        assertThat(result.stderr()).isEmpty();
        assertThat(result.stdout()).isEqualTo("the secret\nof two lines\n");
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void theReadmeHasExactlyTheseLines() throws IOException {
        assertThat(
                        Files.readString(TrentProcess.home().resolve("README.md"))
                                .lines()
                                .map(String::strip))
                .containsSubsequence(README.lines().toList());
    }

    @Test
    void aliasesAreListedAndLeadToTheirKey() {
        Tool.Result made = aws("kms create-key --query KeyMetadata.KeyId --output text");
        String key = made.stdout().strip();
        assertThat(
                        aws("kms create-alias --alias-name alias/Listed --target-key-id " + key)
                                .stdout())
                .isEmpty();

        JsonNode aliases =
                Json.of(aws("kms list-aliases --output json --key-id " + key).stdout())
                        .path("Aliases");
        assertThat(aliases).hasSize(1);
        assertThat(aliases.path(0).path("AliasName").asText()).isEqualTo("alias/Listed");
        assertThat(aliases.path(0).path("AliasArn").asText())
                .isEqualTo("arn:aws:kms:us-east-2:000000000000:alias/Listed");
        assertThat(aliases.path(0).path("TargetKeyId").asText()).isEqualTo(key);

        String described =
                aws("kms describe-key --key-id alias/Listed --query KeyMetadata.KeyId --output text")
                        .stdout();
        assertThat(described.strip()).isEqualTo(key);
    }

    @Test
    void anErrorIsPrintedInAwsWords() {
        Tool.Result result = aws("kms describe-key --key-id alias/Missing");

        assertThat(result.exitCode()).as("254 of CLI 2, 255 of CLI 1").isIn(254, 255);
        assertThat(result.stderr().strip())
                .endsWith(
                        "An error occurred (NotFoundException) when calling the DescribeKey operation: "
                                + "Alias arn:aws:kms:us-east-2:000000000000:alias/Missing is not found.");
    }

    @Test
    void aTakenNameIsPrintedInAwsWords() {
        String key = aws("kms create-key --query KeyMetadata.KeyId --output text").stdout().strip();
        String create = "kms create-alias --alias-name alias/Taken --target-key-id " + key;
        assertThat(aws(create).exitCode()).isZero();

        assertThat(aws(create).stderr().strip())
                .endsWith(
                        "An error occurred (AlreadyExistsException) when calling the CreateAlias operation: "
                                + "An alias with the name arn:aws:kms:us-east-2:000000000000:alias/Taken already exists");
    }

    @TestFactory
    Stream<DynamicTest> everyRowOfTheScript() {
        Path folder = Workplace.folder("cli");
        Path script = Tool.resource(folder, "cli_suite.sh", "cli_suite.sh");
        int written =
                (int)
                        Tool.resource("cli_suite.sh")
                                .lines()
                                .filter(line -> line.strip().startsWith("row \""))
                                .count();
        return Rows.of(Tool.run(folder, environment(), "bash", script.toString()), written);
    }

    private Tool.Result aws(String arguments) {
        return Tool.run(Workplace.folder("cli"), environment(), "bash", "-c", "aws " + arguments);
    }

    private Map<String, String> environment() {
        return Map.of(
                "AWS_ACCESS_KEY_ID", "test",
                "AWS_SECRET_ACCESS_KEY", "test",
                "AWS_DEFAULT_REGION", "us-east-2",
                "AWS_ENDPOINT_URL_KMS", trent.url().toString());
    }

    private Tool.Result bash(Path folder) {
        String script = README.replace("http://127.0.0.1:4599", trent.url().toString());
        return Tool.run(folder, Map.of(), "bash", "-e", "-o", "pipefail", "-c", script);
    }
}
