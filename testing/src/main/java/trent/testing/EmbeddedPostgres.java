package trent.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL on a free port of this machine, with a folder of its own, safe to kill. It ends
 * with the JVM that started it, however that ends, and leaves no process and no file behind.
 *
 * <p>It syncs what it commits, as one in service does. Everybody on this machine may connect as
 * {@code trent}, who may do everything.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    /** The version that is there without {@code --all}. */
    public static final String NEWEST = "18.0.0";

    /** All of them, the newest first; those before it are there with {@code --all} only. */
    public static final List<String> VERSIONS = List.of(NEWEST, "17.5.0", "16.9.0", "15.13.0");

    /**
     * The server's parent. It starts it when it is told to, and says its process id; it takes away
     * what the kernel keeps of one that was killed, which would stop the next start. At the end of
     * its input the JVM has closed it or is no more: then the server ends as after a power cut, which
     * is quick and frees its memory, and its folder is removed.
     */
    private static final String GUARD =
            """
            trap '' INT TERM HUP
            run=$1
            shift
            server=
            while read -r word port; do
                case $word in
                    start)
                        "$@" -p "$port" >> "$run/log" 2>&1 < /dev/null &
                        server=$!
                        echo $server
                        ;;
                    forget)
                        wait $server
                        server=
                        echo done
                        ;;
                esac
            done
            if [ -n "$server" ]; then
                kill -QUIT $server
                wait $server
            fi
            rm -rf "$run"
            """;

    private static final List<String> SETTINGS =
            List.of(
                    "listen_addresses=127.0.0.1",
                    "unix_socket_directories=",
                    "max_connections=200",
                    "shared_buffers=32MB",
                    // Files of its folder, which a kill cannot leave behind elsewhere.
                    "dynamic_shared_memory_type=mmap");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static @Nullable EmbeddedPostgres shared;

    private final Path run;
    private final AtomicInteger databases = new AtomicInteger();
    private final Process guard;
    private final Writer orders;
    private final BufferedReader answers;
    private int port;
    private @Nullable ProcessHandle server;

    private EmbeddedPostgres(Binaries binaries, Path run) throws IOException {
        this.run = run;
        List<String> command = new ArrayList<>(List.of("sh", "-c", GUARD, "guard", run.toString()));
        command.addAll(
                Binaries.asUnprivileged(
                        binaries.home().resolve("bin/postgres").toString(),
                        "-D",
                        run.resolve("data").toString()));
        SETTINGS.forEach(each -> command.addAll(List.of("-c", each)));
        guard =
                new ProcessBuilder(command)
                        .directory(run.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        orders = guard.outputWriter(UTF_8);
        answers = guard.inputReader(UTF_8);
    }

    /**
     * A server of the version that the system property {@code trent.postgresql} names, or of the
     * newest.
     */
    public static EmbeddedPostgres start() {
        return start(System.getProperty("trent.postgresql", NEWEST));
    }

    /**
     * A server of one of {@link #VERSIONS}, with its data in memory if the machine has room: that
     * outlives the server's processes, and a sync costs nothing.
     */
    public static EmbeddedPostgres start(String version) {
        Binaries binaries = Binaries.of(version);
        try {
            return started(binaries, binaries.newRunInMemory());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** A server of the newest version with its data on disk, for whoever measures. */
    public static EmbeddedPostgres startOnDisk() {
        Binaries binaries = Binaries.of(NEWEST);
        try {
            return started(binaries, binaries.newRunOnDisk());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static EmbeddedPostgres started(Binaries binaries, Path run)
            throws IOException, InterruptedException {
        EmbeddedPostgres made = new EmbeddedPostgres(binaries, run);
        made.startOnAFreePort();
        return made;
    }

    /**
     * The one server of this JVM, as {@link #start()} makes one. Do not kill or close it: others use
     * it, and it ends with the JVM.
     */
    public static synchronized EmbeddedPostgres shared() {
        EmbeddedPostgres there = shared;
        if (there == null) {
            there = start();
            shared = there;
        }
        return there;
    }

    public int port() {
        return port;
    }

    /** Its process; a new one after each restart. */
    public ProcessHandle process() {
        ProcessHandle running = server;
        if (running == null) {
            throw new IllegalStateException("The server does not run.");
        }
        return running;
    }

    /** Where the server writes its log; it starts with nothing and grows over restarts. */
    public Path log() {
        return run.resolve("log");
    }

    /** The URL of a new database with nothing in it. */
    public String newDatabase() {
        String name = "trent_" + databases.incrementAndGet();
        execute("create database " + name);
        return url(name);
    }

    /** Runs a statement as the superuser, in the database {@code postgres}. */
    public void execute(String sql) {
        try (Connection connection = connect(url("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Connects to one of the databases that {@link #newDatabase} has named. */
    public static Connection connect(String url) throws SQLException {
        // The driver knows no user before the host.
        return DriverManager.getConnection("jdbc:" + url.replace("trent@", "") + "?user=trent");
    }

    private String url(String database) {
        return "postgresql://trent@127.0.0.1:%d/%s".formatted(port, database);
    }

    /** kill -9 of the server and of all its processes, at once; returns when they are gone. */
    public synchronized void kill() {
        ProcessHandle running = process();
        List<ProcessHandle> all = new ArrayList<>();
        all.add(running);
        running.descendants().forEach(all::add);
        all.forEach(ProcessHandle::destroyForcibly);
        try {
            for (ProcessHandle each : all) {
                while (runs(each)) {
                    Thread.sleep(1);
                }
            }
            order("forget");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        server = null;
    }

    /** Starts it again on the same port and data; kills it before if it runs. */
    public synchronized void restart() {
        if (server != null) {
            kill();
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!started()) {
                // What was forked while it was killed ends by itself, and holds its memory until
                // then.
                if (System.nanoTime() - deadline > 0) {
                    throw failed();
                }
                Thread.sleep(20);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * Starts it again as a standby: it may be read, and accepts no change. It follows nobody, so
     * that it stays one.
     */
    public synchronized void restartAsStandby() {
        kill();
        try {
            Binaries.run(
                    Binaries.asUnprivileged(
                            "touch", run.resolve("data/standby.signal").toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        restart();
    }

    /** Ends the server and removes its folder. */
    @Override
    public synchronized void close() {
        try {
            orders.close();
            guard.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        server = null;
    }

    private String order(String what) throws IOException {
        orders.write(what + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("The guard of the server has ended.");
        }
        return answer;
    }

    private void startOnAFreePort() throws IOException, InterruptedException {
        for (int attempt = 0; attempt < 10; attempt++) {
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            // Somebody may have been quicker with the port.
            if (started()) {
                return;
            }
        }
        throw failed();
    }

    /** Starts it; false if it has ended again. */
    private boolean started() throws IOException, InterruptedException {
        long id = Long.parseLong(order("start " + port));
        ProcessHandle running = ProcessHandle.of(id).orElse(null);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (running != null && runs(running)) {
            if (ready(id)) {
                server = running;
                return true;
            }
            if (System.nanoTime() - deadline > 0) {
                throw failed();
            }
            Thread.sleep(5);
        }
        order("forget");
        return false;
    }

    /**
     * Whether a process still does something. One that has ended, and that its parent does not want
     * to know of, is alive by ProcessHandle.
     */
    static boolean runs(ProcessHandle process) throws IOException {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** As pg_ctl finds it out: the server says so in the eighth line of its file. */
    private boolean ready(long id) throws IOException {
        try {
            List<String> lines = Files.readAllLines(run.resolve("data/postmaster.pid"), UTF_8);
            return lines.size() >= 8
                    && lines.getFirst().strip().equals(Long.toString(id))
                    && lines.get(7).strip().equals("ready");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private IllegalStateException failed() throws IOException {
        return new IllegalStateException(
                "PostgreSQL does not start: " + Files.readString(log(), UTF_8));
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }
}
