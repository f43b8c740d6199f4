package trent.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A real file system of a few megabytes, which can be filled and freed. */
final class SmallDisk implements AutoCloseable {

    private final Path folder;
    private final Path ballast;

    private SmallDisk(Path folder) {
        this.folder = folder;
        this.ballast = folder.resolve("ballast");
    }

    /** Mounts it; where that is not allowed the test is skipped, and says so. */
    static SmallDisk mount(Path folder, int kib) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        if (run("mount", "-t", "tmpfs", "-o", "size=" + kib + "k", "tmpfs", folder.toString())
                != 0) {
            System.err.println("SKIPPED: no small disk can be mounted here; run the tests as root");
            Assumptions.abort("only root can mount a small disk");
        }
        return new SmallDisk(folder);
    }

    Path folder() {
        return folder;
    }

    /** Leaves not one byte free. */
    void fill() throws IOException {
        byte[] block = new byte[4096];
        try (var out =
                Files.newOutputStream(
                        ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw full;
            }
        }
    }

    /** Leaves so much free. */
    void leave(int kib) throws IOException {
        fill();
        try (var out = FileChannel.open(ballast, StandardOpenOption.WRITE)) {
            out.truncate(out.size() - kib * 1024L);
        }
    }

    void free() throws IOException {
        Files.delete(ballast);
    }

    @Override
    public void close() {
        try {
            if (run("umount", "-l", folder.toString()) != 0) {
                throw new IllegalStateException("still mounted: " + folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return -1;
        }
        return process.exitValue();
    }
}
