package trent.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * The folders in which a suite's servers keep their data and logs: removed after a suite that
 * passed, kept and named after one that failed, with the command that repeats it.
 */
final class Workplace
        implements AfterAllCallback, TestWatcher, LifecycleMethodExecutionExceptionHandler {

    private static final List<Path> FOLDERS = new ArrayList<>();
    private static boolean keep;

    /** A fresh folder whose name says what it is for. */
    static synchronized Path folder(String purpose) {
        try {
            Path folder = Files.createTempDirectory("trent-" + purpose + "-");
            FOLDERS.add(folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on the folders of this suite are evidence. */
    static synchronized void keep() {
        keep = true;
    }

    @Override
    public void testFailed(ExtensionContext test, @Nullable Throwable cause) {
        keep();
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext suite, Throwable cause)
            throws Throwable {
        keep();
        throw cause;
    }

    @Override
    public void afterAll(ExtensionContext suite) {
        if (suite.getParent().flatMap(ExtensionContext::getTestClass).isPresent()) {
            return; // a nested class: its folders belong to the whole suite
        }
        tidy(suite.getRequiredTestClass().getSimpleName());
    }

    private static synchronized void tidy(String suite) {
        if (keep) {
            FOLDERS.forEach(folder -> System.err.println("kept: " + folder));
            System.err.println(
                    "repeat: mvn -B -pl clients -am verify -Dtest="
                            + suite
                            + " -Dsurefire.failIfNoSpecifiedTests=false");
        } else {
            FOLDERS.forEach(Workplace::remove);
        }
        FOLDERS.clear();
        keep = false;
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
