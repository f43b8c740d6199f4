package trent.clients;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** What was taken away counts from its acknowledgement on, also for those who are calling. */
@ExtendWith(Workplace.class)
class RacesTest {

    private static final int ROWS = 10;

    @TestFactory
    Stream<DynamicTest> inServer() {
        return rows(TrentProcess.server(), Signer.ROOT);
    }

    @TestFactory
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    Stream<DynamicTest> inDevelopment() {
        return rows(TrentProcess.dev(), Signer.TEST);
    }

    private static Stream<DynamicTest> rows(TrentProcess.Settings settings, Signer root) {
        Path folder = Workplace.folder("races");
        Tool.resource(folder, "raw.py", "raw.py");
        Path script = Tool.resource(folder, "races.py", "races.py");
        try (TrentProcess trent = settings.start()) {
            return Rows.of(
                    Tool.run(
                            folder,
                            Map.of(),
                            "python3",
                            script.toString(),
                            Integer.toString(trent.port()),
                            root.accessKeyId(),
                            root.secretAccessKey()),
                    ROWS);
        }
    }
}
