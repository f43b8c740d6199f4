package trent.clients;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Keys that the openssl command line made and wrapped, by the cases of {@code openssl_import.py}.
 */
@ExtendWith(Workplace.class)
class OpensslImportTest {

    @TestFactory
    Stream<DynamicTest> everyCaseOfTheScript() {
        try (TrentProcess trent = TrentProcess.dev().start()) {
            return Rows.ofCases("openssl_import.py", trent.url().toString());
        }
    }
}
