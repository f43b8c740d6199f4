package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The AWS SDK for JavaScript 3, by the rows of {@code js/suite.js}, and 2, which signs less, by
 * those of {@code js/suite2.cjs}.
 */
@ExtendWith(Workplace.class)
class JsSdkTest {

    /** Where {@code ./trent verify} puts the SDK; a script finds it from there only. */
    private static final Path SDK = TrentProcess.home().resolve("clients/target/js");

    private static final Pattern ROW = Pattern.compile("(?m)^ *row\\(");

    @TestFactory
    Stream<DynamicTest> everyRowOfTheScript() {
        try (TrentProcess trent = TrentProcess.dev().start()) {
            return rows("suite.js", trent.url().toString());
        }
    }

    @TestFactory
    Stream<DynamicTest> everyRowOfTheScriptForTheSdkOfBefore() {
        try (TrentProcess trent = TrentProcess.server().start()) {
            return rows(
                    "suite2.cjs",
                    trent.url().toString(),
                    Signer.ROOT.accessKeyId(),
                    Signer.ROOT.secretAccessKey());
        }
    }

    private static Stream<DynamicTest> rows(String name, String... arguments) {
        assertThat(SDK.resolve("installed"))
                .as("the AWS SDKs for JavaScript; ./trent verify clients fetches them")
                .exists();
        Path script = Tool.resource(SDK, "js/" + name, name);
        int written = (int) ROW.matcher(Tool.resource("js/" + name)).results().count();
        List<String> command = new ArrayList<>(List.of("node", script.toString()));
        command.addAll(List.of(arguments));
        return Rows.of(
                Tool.run(
                        Workplace.folder("js"),
                        Map.of(
                                "NODE_NO_WARNINGS",
                                "1",
                                "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE",
                                "1"),
                        command.toArray(String[]::new)),
                written);
    }
}
