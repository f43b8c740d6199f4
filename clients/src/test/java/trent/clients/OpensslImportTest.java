package trent.clients;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Keys that the openssl command line made and wrapped, by the cases of {@code openssl_import.py}.
 */
@ExtendWith(Workplace.class)
class OpensslImportTest {

    private static final String SCRIPT = "openssl_import.py";

    @TestFactory
    Stream<DynamicTest> everyCaseOfTheScript() {
        Path folder = Workplace.folder("openssl");
        Path script = Tool.resource(folder, SCRIPT, SCRIPT);
        long written = Tool.resource(SCRIPT).lines().filter("@case"::equals).count();
        try (TrentProcess trent = TrentProcess.dev().start()) {
            return Rows.of(
                    Tool.run(
                            folder, Map.of(), "python3", script.toString(), trent.url().toString()),
                    (int) written);
        }
    }
}
