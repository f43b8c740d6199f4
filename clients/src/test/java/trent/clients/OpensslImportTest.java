package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.List;
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
        Path script = Tool.resource(folder, SCRIPT);
        long written = Tool.resource(SCRIPT).lines().filter("@case"::equals).count();
        Tool.Result result;
        try (TrentProcess trent = TrentProcess.dev().start()) {
            result =
                    Tool.run(
                            folder, Map.of(), "python3", script.toString(), trent.url().toString());
        }
        List<String> lines = result.stdout().lines().toList();
        Stream<DynamicTest> whole =
                Stream.of(
                        dynamicTest(
                                "all %d cases ran".formatted(written),
                                () -> {
                                    assertThat(lines).as(result.stderr()).hasSize((int) written);
                                    assertThat(result.exitCode())
                                            .as(String.join("\n", lines))
                                            .isZero();
                                }));
        Stream<DynamicTest> cases =
                lines.stream()
                        .map(
                                line ->
                                        dynamicTest(
                                                line,
                                                () -> {
                                                    if (!line.startsWith("ok ")) {
                                                        fail(line);
                                                    }
                                                }));
        return Stream.concat(whole, cases);
    }
}
