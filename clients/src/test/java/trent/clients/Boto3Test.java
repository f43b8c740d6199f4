package trent.clients;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** The AWS SDK for Python, by the cases of {@code boto3_suite.py}. */
@ExtendWith(Workplace.class)
class Boto3Test {

    @TestFactory
    Stream<DynamicTest> everyCaseOfTheScript() {
        try (TrentProcess trent = TrentProcess.dev().start()) {
            return Rows.ofCases("boto3_suite.py", trent.url().toString());
        }
    }
}
