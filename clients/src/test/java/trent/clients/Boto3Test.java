package trent.clients;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** The AWS SDK for Python, by the cases of {@code boto3_suite.py}. */
@ExtendWith(Workplace.class)
class Boto3Test {

    @TestFactory
    Stream<DynamicTest> everyCaseOfTheScript() {
        Path folder = Workplace.folder("boto3");
        Path script = Tool.resource(folder, "boto3_suite.py", "boto3_suite.py");
        long written =
                Tool.resource("boto3_suite.py")
                        .lines()
                        .filter(line -> line.startsWith("@case"))
                        .count();
        try (TrentProcess trent = TrentProcess.dev().start()) {
            return Rows.of(
                    Tool.run(
                            folder, Map.of(), "python3", script.toString(), trent.url().toString()),
                    (int) written);
        }
    }
}
