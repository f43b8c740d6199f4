package trent.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import trent.clients.TrentProcess.Settings;

/**
 * A fault that is planted into one class of the packaged server, to see whether a test would find
 * it: the class is compiled from its real source with a text or two replaced, and goes before the
 * packaged one.
 *
 * @param source of the class, from {@code server/src/main/java} on
 * @param replacements by texts that stand there exactly once; else planting fails, since the source
 *     has moved on
 */
record Planted(String source, Map<String, String> replacements) {

    Planted(String source, String text, String replacement) {
        this(source, Map.of(text, replacement));
    }

    /** Compiles it; the settings of servers that have the fault. */
    UnaryOperator<Settings> compiled() {
        Path folder = Workplace.folder("planted");
        String libraries = libraries();
        compile(folder, libraries);
        String options = "-XX:AOTMode=off -classpath %s:%s".formatted(folder, libraries);
        return settings -> settings.environment("TRENT_JAVA_OPTS", options);
    }

    private void compile(Path folder, String libraries) {
        Path original = TrentProcess.home().resolve("server/src/main/java").resolve(source);
        Path planted = folder.resolve("source").resolve(source);
        try {
            Files.createDirectories(planted.getParent());
            Files.writeString(planted, faulty(Files.readString(original)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringBuilder errors = new StringBuilder();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, Locale.ROOT, null)) {
            boolean compiled =
                    compiler.getTask(
                                    null,
                                    files,
                                    diagnostic -> errors.append(diagnostic).append('\n'),
                                    List.of(
                                            "-proc:none",
                                            "-implicit:none",
                                            "-classpath",
                                            libraries,
                                            "-d",
                                            folder.toString()),
                                    null,
                                    files.getJavaFileObjects(planted))
                            .call();
            if (!compiled) {
                throw new AssertionError("%s with %s: %s".formatted(source, replacements, errors));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String faulty(String original) {
        String faulty = original;
        for (Map.Entry<String, String> each : replacements.entrySet()) {
            int at = original.indexOf(each.getKey());
            if (at < 0 || original.indexOf(each.getKey(), at + 1) >= 0) {
                throw new AssertionError(
                        "%s has not exactly one \"%s\": name the text that does now what it did"
                                .formatted(source, each.getKey()));
            }
            faulty = faulty.replace(each.getKey(), each.getValue());
        }
        return faulty;
    }

    /** The packaged server's class path. */
    private static String libraries() {
        Path data = Workplace.folder("build").resolve("data");
        TrentProcess.Ended built = // makes the package if it must
                TrentProcess.run("init", "--data", data.toString());
        if (built.exitCode() != 0) {
            throw new AssertionError(built.output());
        }
        Path folder = TrentProcess.home().resolve("server/target/trent/lib");
        try (Stream<Path> jars = Files.list(folder)) {
            return jars.map(Path::toString).sorted().collect(Collectors.joining(":"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
