package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A jar that was replaced beside the AOT cache of the one before, with its time and its size. */
@ExtendWith(Workplace.class)
class ChangedJarTest {

    static final String NEW = "these are the new classes";

    private final Path root = Workplace.folder("tree");
    private final Path out = root.resolve("server/target/trent");
    private int starts;

    /** A tree of its own: the package as it was built, and what the launcher looks at. */
    @BeforeEach
    void copyTheTree() throws IOException {
        Path home = TrentProcess.home();
        copy(home.resolve("trent"), root.resolve("trent"));
        Path help = Files.createDirectories(root.resolve("packaging/help"));
        copy(home.resolve("packaging/help/commands"), help.resolve("commands"));
        Path built = home.resolve("server/target/trent");
        try (Stream<Path> files = Files.walk(built)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = out.resolve(built.relativize(file).toString());
                Files.createDirectories(to.getParent());
                copy(file, to);
            }
        }
    }

    @Test
    void runsAtOnceAndTheCacheIsMadeAnew() throws IOException {
        assertThat(started())
                .contains("Made a new store")
                .doesNotContain(NEW); // the folder was moved
        Path cache = out.resolve("trent.aot");
        assertThat(cache).exists();
        byte[] madeFrom = Files.readAllBytes(out.resolve("made-from"));

        replaceJar(root, out.resolve("lib"));

        assertThat(started()).contains(NEW);
        assertThat(Files.readAllBytes(out.resolve("made-from"))).isNotEqualTo(madeFrom);
    }

    /** What is only touched costs one comparison and no cache. */
    @Test
    void theSameContentKeepsTheCache() throws IOException {
        started();
        byte[] marks = Files.readAllBytes(out.resolve("made-from.marks"));
        Object cache = Files.readAttributes(out.resolve("trent.aot"), "unix:ino").get("ino");
        Path jar = serverJar(out.resolve("lib"));
        Path copy = root.resolve("copy.jar");
        copy(jar, copy);
        Files.move(copy, jar, StandardCopyOption.REPLACE_EXISTING);

        assertThat(started()).contains("Made a new store");

        assertThat(Files.readAttributes(out.resolve("trent.aot"), "unix:ino").get("ino"))
                .isEqualTo(cache);
        assertThat(Files.readAllBytes(out.resolve("made-from.marks"))).isNotEqualTo(marks);
    }

    /** As {@code cp -p} of a jar of the same size does it, into the file that is there. */
    static void replaceJar(Path root, Path lib) throws IOException {
        Path jar = serverJar(lib);
        var time = Files.getLastModifiedTime(jar);
        Path changed = root.resolve("changed.jar");
        copy(jar, changed);
        Path source = Files.createDirectories(root.resolve("src/trent")).resolve("Trent.java");
        Files.writeString(
                source,
                "package trent; public class Trent { public static void main(String[] a) { System.out.println(\""
                        + NEW
                        + "\"); } }");
        int compiled =
                Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
                        .run(
                                null,
                                null,
                                null,
                                "-d",
                                root.resolve("src").toString(),
                                source.toString());
        assertThat(compiled).isZero();
        try (FileSystem zip =
                FileSystems.newFileSystem(changed, Map.of("compressionMethod", "STORED"))) {
            Files.copy(
                    root.resolve("src/trent/Trent.class"),
                    zip.getPath("trent/Trent.class"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Files.write(jar, Files.readAllBytes(changed));
        Files.setLastModifiedTime(jar, time);
    }

    private static Path serverJar(Path lib) throws IOException {
        try (Stream<Path> jars = Files.list(lib)) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith("trent-server-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** What a command says that needs the server's classes, and ends by itself. */
    private String started() throws IOException {
        starts++;
        Tool.Result result =
                Tool.run(
                        Files.createDirectories(root.resolve("run")),
                        Map.of(),
                        root.resolve("trent").toString(),
                        "init",
                        "--data",
                        root.resolve("run/data-" + starts).toString());
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        return result.stdout();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(
                from, to, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
    }
}
