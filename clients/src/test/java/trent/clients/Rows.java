package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The rows of a script in another language, as tests with their names: it prints {@code ok ROW} or
 * {@code FAIL ROW: WHY}, one line for each, and exits with 0 if all passed.
 */
final class Rows {

    private Rows() {}

    /** One test for each row, after one that fails if rows are missing or the script broke off. */
    static Stream<DynamicTest> of(Tool.Result result, int atLeast) {
        List<String> lines = result.stdout().lines().toList();
        DynamicTest whole =
                dynamicTest(
                        "all of %d or more rows ran".formatted(atLeast),
                        () -> {
                            assertThat(lines)
                                    .as(result.stderr())
                                    .hasSizeGreaterThanOrEqualTo(atLeast);
                            assertThat(result.exitCode())
                                    .as(String.join("\n", lines) + result.stderr())
                                    .isZero();
                        });
        return Stream.concat(Stream.of(whole), lines.stream().map(Rows::row));
    }

    /** Of a Python script with cases, each of which begins with {@code @case}: all must run. */
    static Stream<DynamicTest> ofCases(String script, String... arguments) {
        Path folder = Workplace.folder("cases");
        List<String> line = new ArrayList<>();
        line.add("python3");
        line.add(Tool.resource(folder, script, script).toString());
        line.addAll(List.of(arguments));
        long written =
                Tool.resource(script).lines().filter(each -> each.startsWith("@case")).count();
        return of(Tool.run(folder, Map.of(), line.toArray(String[]::new)), (int) written);
    }

    private static DynamicTest row(String line) {
        return dynamicTest(
                line.split(":", 2)[0],
                () -> {
                    if (!line.startsWith("ok ")) {
                        fail(line);
                    }
                });
    }
}
