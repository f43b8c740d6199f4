package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** Identities and who may do what, as an administrator keeps them: by the AWS CLI alone. */
@ExtendWith(Workplace.class)
class WhoTest {

    private static final String ISSUER = "https://issuer.example.com";
    private static final int ROWS = 13;

    @TestFactory
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    Stream<DynamicTest> inDevelopment() {
        return rows(TrentProcess.dev(), Signer.TEST, Map.of(), ROWS);
    }

    @TestFactory
    Stream<DynamicTest> inServerWithRealSignatures() {
        return rows(TrentProcess.server(), Signer.ROOT, Map.of("ROOT_IN", "server"), ROWS + 1);
    }

    private static Stream<DynamicTest> rows(
            TrentProcess.Settings settings, Signer root, Map<String, String> more, int rows) {
        Path folder = Workplace.folder("who");
        Path script = Tool.resource(folder, "who_suite.sh", "who_suite.sh");
        Path issuer = Tool.resource(folder, "issuer.py", "issuer.py");
        Path keys = folder.resolve("keys.json");
        Tool.Result token =
                Tool.run(folder, Map.of(), "python3", issuer.toString(), ISSUER, keys.toString());
        assertThat(token.exitCode()).as(token.stderr()).isZero();
        try (TrentProcess trent = settings.with("--oidc-keys", ISSUER + "=" + keys).start()) {
            Map<String, String> environment = new HashMap<>(more);
            environment.put("AWS_ACCESS_KEY_ID", root.accessKeyId());
            environment.put("AWS_SECRET_ACCESS_KEY", root.secretAccessKey());
            environment.put("AWS_DEFAULT_REGION", "us-east-2");
            environment.put("AWS_ENDPOINT_URL", trent.url().toString());
            environment.put("ISSUER", ISSUER);
            environment.put("ID_TOKEN", token.stdout().strip());
            return Rows.of(Tool.run(folder, environment, "bash", script.toString()), rows);
        }
    }
}
