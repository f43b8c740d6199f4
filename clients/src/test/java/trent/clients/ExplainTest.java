package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Why somebody may or may not: by the AWS CLI's policy simulator, and by {@code trent explain}. */
@ExtendWith(Workplace.class)
class ExplainTest {

    private static final String POLICY =
            "{\"Version\":\"2012-10-17\",\"Statement\":{\"Sid\":\"Dept\",\"Effect\":\"Allow\",\"Action\":\"kms:Decrypt\","
                    + "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"kms:EncryptionContext:dept\":\"it\"}}}}";

    private static final String ALICE = "arn:aws:iam::000000000000:user/alice";

    @Test
    void bothSayTheSame() {
        Path folder = Workplace.folder("explain");
        try (TrentProcess trent = TrentProcess.dev().start()) {
            Map<String, String> environment =
                    Map.of(
                            "AWS_ACCESS_KEY_ID", "test",
                            "AWS_SECRET_ACCESS_KEY", "test",
                            "AWS_DEFAULT_REGION", "us-east-2",
                            "AWS_ENDPOINT_URL", trent.url().toString());
            bash(folder, environment, "aws iam create-user --user-name alice");
            bash(
                    folder,
                    environment,
                    "aws iam put-user-policy --user-name alice --policy-name p --policy-document '"
                            + POLICY
                            + "'");
            String key =
                    bash(
                                    folder,
                                    environment,
                                    "aws kms create-key --query KeyMetadata.Arn --output text")
                            .stdout()
                            .strip();

            String simulate =
                    "aws iam simulate-principal-policy --output json --policy-source-arn "
                            + ALICE
                            + " --action-names kms:Decrypt kms:Encrypt --resource-arns "
                            + key;
            JsonNode without =
                    Json.of(bash(folder, environment, simulate).stdout()).path("EvaluationResults");
            assertThat(without).hasSize(2);
            assertThat(without.path(0).path("EvalDecision").asText()).isEqualTo("implicitDeny");
            assertThat(without.path(0).path("MissingContextValues").path(0).asText())
                    .isEqualTo("kms:EncryptionContext:dept");
            JsonNode with =
                    Json.of(
                                    bash(
                                                    folder,
                                                    environment,
                                                    simulate
                                                            + " --context-entries ContextKeyName=kms:EncryptionContext:dept,ContextKeyType=string,ContextKeyValues=it")
                                            .stdout())
                            .path("EvaluationResults");
            assertThat(with.path(0).path("EvalDecision").asText()).isEqualTo("allowed");
            assertThat(with.path(0).path("MatchedStatements").path(0).path("SourcePolicyId"))
                    .hasToString("\"user_alice_p\"");
            assertThat(with.path(1).path("EvalDecision").asText()).isEqualTo("implicitDeny");

            String explain =
                    TrentProcess.home().resolve("trent")
                            + " explain --as "
                            + ALICE
                            + " --action kms:Decrypt --key "
                            + key;
            Tool.Result denied = Tool.run(folder, environment, "bash", "-c", explain);
            assertThat(denied.exitCode()).isEqualTo(1);
            assertThat(denied.stdout())
                    .contains(
                            "Dept: says nothing (StringEquals kms:EncryptionContext:dept: the request has no such key)");
            Tool.Result allowed =
                    Tool.run(folder, environment, "bash", "-c", explain + " --context dept=it");
            assertThat(allowed.exitCode()).as(allowed.stderr()).isZero();
            assertThat(allowed.stdout()).startsWith("ALLOWED kms:Decrypt on " + key);
        }
    }

    private static Tool.Result bash(Path folder, Map<String, String> environment, String command) {
        Tool.Result result = Tool.run(folder, environment, "bash", "-c", command);
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        return result;
    }
}
