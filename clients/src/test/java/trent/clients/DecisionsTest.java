package trent.clients;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Who may do what, decided by the whole server: the rows of {@code whole-server.txt} and {@code
 * principals.txt}, which {@code decisions.py} calls.
 */
@ExtendWith(Workplace.class)
class DecisionsTest {

    @TestFactory
    Stream<DynamicTest> everyRowOfTheTables() {
        Path folder = Workplace.folder("decisions");
        Path script = Tool.resource(folder, "decisions.py", "decisions.py");
        Path rows = Tool.resource(folder, "whole-server.txt", "whole-server.txt");
        Path principals = Tool.resource(folder, "principals.txt", "principals.txt");
        long written =
                Tool.resource("whole-server.txt")
                                .lines()
                                .filter(line -> line.startsWith("row "))
                                .count()
                        + Tool.resource("principals.txt")
                                .lines()
                                .filter(line -> line.matches("[A-Z].*"))
                                .count();
        try (TrentProcess trent = TrentProcess.dev().start()) {
            return Rows.of(
                    Tool.run(
                            folder,
                            Map.of(),
                            "python3",
                            script.toString(),
                            trent.url().toString(),
                            rows.toString(),
                            principals.toString()),
                    (int) written);
        }
    }
}
