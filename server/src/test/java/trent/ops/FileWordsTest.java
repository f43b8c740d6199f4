package trent.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of files and folders that cannot be used; most of it is in wrong-settings.txt. */
class FileWordsTest {

    @TempDir Path folder = Path.of("");

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(
                        new AccessDeniedException("/etc/trent"),
                        "/etc/trent may not be used by the user that Trent runs as ("),
                Arguments.of(new NoSuchFileException("/none"), "/none does not exist. "),
                Arguments.of(
                        new FileAlreadyExistsException("/none", null, "somebody made it"),
                        "/none is there already: somebody made it"),
                Arguments.of(
                        new FileAlreadyExistsException("/none"),
                        "/none is there already, and is not what Trent needs there. "),
                Arguments.of(
                        new FileSystemException("/none", null, "Read-only file system"),
                        "/none cannot be used: Read-only file system. "),
                Arguments.of(
                        new FileSystemException("/none"), "/none cannot be used. Name another"),
                Arguments.of(new IOException("in words already"), "in words already"));
    }

    /** A bare path, or the name of an exception, says nobody what to do. */
    @ParameterizedTest
    @MethodSource("faults")
    void everyFaultHasWords(IOException fault, String words) {
        assertThat(FileWords.of(fault)).startsWith(words).doesNotContain("Exception");
    }

    @Test
    void aFileOnTheWayIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(FileWords.of(new FileSystemException(file.resolve("below").toString())))
                .startsWith(file + " is a file, and so there is no " + file.resolve("below"));
    }

    @Test
    void whatIsThereAndReadableIsTaken() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Path linked = Files.createSymbolicLink(folder.resolve("linked"), folder);
        for (Path each : new Path[] {file, link, linked.resolve("file"), Path.of("/dev/null")}) {
            assertThatCode(() -> FileWords.requireReadable("--seed", each))
                    .doesNotThrowAnyException();
        }
        for (Path each :
                new Path[] {folder, linked, linked.resolve("new"), folder.resolve("a/b/c")}) {
            assertThatCode(() -> FileWords.requireFolder("--data", each))
                    .doesNotThrowAnyException();
        }
        assertThat(folder.resolve("a")).doesNotExist();
    }

    /** The one place that nobody can write to, be it as the superuser. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aPlaceThatCannotBeWrittenIsSaidBeforeAnythingIsMade() {
        Path place = Path.of("/proc/sys/none/data");
        assertThatThrownBy(() -> FileWords.requireFolder("--data", place))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot make it in /proc/sys");
    }
}
