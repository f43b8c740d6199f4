package trent.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The PgBouncer of this machine, where there is one, in front of a server. It ends with the JVM
 * that started it.
 */
public final class PgBouncer implements AutoCloseable {

    /** Ends it at the end of its own input: then the JVM has closed it or is no more. */
    private static final String GUARD =
            """
            trap '' INT TERM HUP
            folder=$1
            shift
            "$@" > "$folder/log" 2>&1 < /dev/null &
            read -r _
            kill -KILL $!
            wait $!
            rm -rf "$folder"
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process guard;
    private final int port;

    private PgBouncer(Process guard, int port) {
        this.guard = guard;
        this.port = port;
    }

    /** Where the program is; empty if it is not installed. */
    public static Optional<Path> installed() {
        String path = System.getenv("PATH");
        return Stream.concat(
                        Stream.of((path == null ? "" : path).split(":")),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts this program in front of a server.
     *
     * @param mode for how long a client keeps a connection: {@code session} or {@code transaction}
     */
    public static PgBouncer start(Path program, EmbeddedPostgres server, String mode) {
        try {
            Path folder =
                    Files.createTempDirectory(
                            "trent-pgbouncer",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rwxr-xr-x")));
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            Path settings = folder.resolve("pgbouncer.ini");
            Files.writeString(
                    settings,
                    """
                    [databases]
                    * = host=127.0.0.1 port=%d user=trent
                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = %d
                    unix_socket_dir =
                    auth_type = any
                    pool_mode = %s
                    default_pool_size = 10
                    ignore_startup_parameters = extra_float_digits
                    """
                            .formatted(server.port(), port, mode));
            List<String> command = new ArrayList<>(List.of("sh", "-c", GUARD, "guard"));
            command.add(folder.toString());
            command.addAll(Binaries.asUnprivileged(program.toString(), settings.toString()));
            Process guard =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            PgBouncer made = new PgBouncer(guard, port);
            made.await(folder.resolve("log"));
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void await(Path log) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(log) || !Files.readString(log, UTF_8).contains("process up")) {
            if (System.nanoTime() - deadline > 0) {
                String said = Files.exists(log) ? Files.readString(log, UTF_8) : "";
                close();
                throw new IllegalStateException("PgBouncer does not start: " + said);
            }
            Thread.sleep(10);
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        try {
            guard.getOutputStream().close();
            guard.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
