package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** The AWS SDK for JavaScript 3, by the rows of {@code js/suite.js}. */
@ExtendWith(Workplace.class)
class JsSdkTest {

    /** Where {@code ./trent verify} puts the SDK; a script finds it from there only. */
    private static final Path SDK = TrentProcess.home().resolve("clients/target/js");

    private static final Pattern ROW = Pattern.compile("(?m)^ *row\\(");

    @TestFactory
    Stream<DynamicTest> everyRowOfTheScript() {
        assertThat(SDK.resolve("installed"))
                .as("the AWS SDK for JavaScript; ./trent verify clients fetches it")
                .exists();
        Path script = Tool.resource(SDK, "js/suite.js", "suite.js");
        int written = (int) ROW.matcher(Tool.resource("js/suite.js")).results().count();
        try (TrentProcess trent = TrentProcess.dev().start()) {
            return Rows.of(
                    Tool.run(
                            Workplace.folder("js"),
                            Map.of("NODE_NO_WARNINGS", "1"),
                            "node",
                            script.toString(),
                            trent.url().toString()),
                    written);
        }
    }
}
