package trent.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The packaged server as a process of its own, started by the launcher that users start.
 *
 * <p>The launcher execs the server, so the process that was started here is the server: {@link
 * #kill} hits nothing else. Each start writes its output to files of its own beside the data, so
 * nothing is lost when the process dies.
 */
final class TrentProcess implements AutoCloseable {

    /** Generous: the launcher may have to build the tree first. */
    private static final Duration START = Duration.ofMinutes(5);

    private static final Duration STOP = Duration.ofSeconds(60);
    private static final Pattern URL = Pattern.compile("https?://[\\w.\\[\\]:-]+:\\d+");

    private final Settings settings;
    private int starts;
    private volatile @Nullable Running running;

    private TrentProcess(Settings settings) {
        this.settings = settings;
    }

    /**
     * How to start it. {@code arguments} come after the command; a port of 0
     * lets the system choose.
     */
    record Settings(
            String command,
            Path folder,
            @Nullable String listen,
            @Nullable String adminListen,
            List<String> arguments,
            Map<String, String> environment) {

        /** More arguments, for example {@code --data} and a folder. */
        Settings with(Object... more) {
            List<String> all = new ArrayList<>(arguments);
            for (Object argument : more) {
                all.add(argument.toString());
            }
            return new Settings(
                    command, folder, listen, adminListen, List.copyOf(all), environment);
        }

        Settings environment(String name, String value) {
            Map<String, String> all = new TreeMap<>(environment);
            all.put(name, value);
            return new Settings(command, folder, listen, adminListen, arguments, Map.copyOf(all));
        }

        /** Without {@code --listen}: what the environment says, or else the default, counts. */
        Settings withoutListen() {
            return new Settings(command, folder, null, adminListen, arguments, environment);
        }

        /** Without {@code --admin-listen}. */
        Settings withoutAdminListen() {
            return new Settings(command, folder, listen, null, arguments, environment);
        }

        Settings listening(String address) {
            return listen == null
                    ? this
                    : new Settings(command, folder, address, adminListen, arguments, environment);
        }

        private List<String> commandLine() {
            List<String> line = new ArrayList<>(List.of(launcher().toString(), command));
            if (listen != null) {
                line.addAll(List.of("--listen", listen));
            }
            if (adminListen != null) {
                line.addAll(List.of("--admin-listen", adminListen));
            }
            line.addAll(arguments);
            return line;
        }

        /** Starts it and waits until it serves. */
        TrentProcess start() {
            TrentProcess trent = new TrentProcess(this);
            trent.launch(this);
            return trent;
        }

        /** Starts what is expected to end by itself, and waits until it has. */
        Ended runToEnd() {
            return execute(commandLine(), environment, folder);
        }
    }

    /** What a process that ended by itself left behind. */
    record Ended(int exitCode, String stdout, String stderr) {

        String output() {
            return stdout + stderr;
        }
    }

    private record Running(
            Process process, URI url, @Nullable URI admin, Path stdout, Path stderr) {}

    /** {@code trent dev}: state in memory, any credentials. */
    static Settings dev() {
        return new Settings(
                "dev", Workplace.folder("dev"), "127.0.0.1:0", "127.0.0.1:0", List.of(), Map.of());
    }

    /**
     * {@code trent server} on a data folder of its own, with {@link Signer#ROOT}
     * as its root credentials.
     */
    static Settings server() {
        return serverWithoutCredentials()
                .environment("TRENT_ROOT_ACCESS_KEY_ID", Signer.ROOT.accessKeyId())
                .environment("TRENT_ROOT_SECRET_ACCESS_KEY", Signer.ROOT.secretAccessKey());
    }

    /** {@code trent server} that must make its root credentials itself. */
    static Settings serverWithoutCredentials() {
        Path folder = Workplace.folder("server");
        return new Settings(
                "server",
                folder,
                "127.0.0.1:0",
                "127.0.0.1:0",
                List.of("--data", folder.resolve("data").toString()),
                Map.of());
    }

    /**
     * {@code trent server} on a store that several share, with {@link Signer#ROOT} as its
     * root credentials. {@code trent init} takes the same settings.
     */
    static Settings node(String command, String store, Path rootKey) {
        boolean serves = command.equals("server");
        return new Settings(
                        command,
                        Workplace.folder("node"),
                        serves ? "127.0.0.1:0" : null,
                        serves ? "127.0.0.1:0" : null,
                        List.of("--store", store, "--seal", "file:" + rootKey),
                        Map.of())
                .environment("TRENT_ROOT_ACCESS_KEY_ID", Signer.ROOT.accessKeyId())
                .environment("TRENT_ROOT_SECRET_ACCESS_KEY", Signer.ROOT.secretAccessKey());
    }

    /** Runs the launcher with exactly these arguments and waits for its end. */
    static Ended run(String... arguments) {
        List<String> line = new ArrayList<>(List.of(launcher().toString()));
        line.addAll(List.of(arguments));
        return execute(line, Map.of(), Workplace.folder("command"));
    }

    static Path home() {
        return Path.of(System.getProperty("trent.home", "..")).toAbsolutePath().normalize();
    }

    /** Of the source tree, or with {@code -Dtrent.launcher=FILE} of a package that is to be tried. */
    private static Path launcher() {
        String given = System.getProperty("trent.launcher");
        return given == null ? home().resolve("trent") : Path.of(given);
    }

    URI url() {
        return running().url();
    }

    int port() {
        return url().getPort();
    }

    URI admin() {
        URI admin = running().admin();
        if (admin == null) {
            throw new AssertionError("no admin address on standard output:\n" + stdout());
        }
        return admin;
    }

    long pid() {
        return running().process().pid();
    }

    Path data() {
        return settings.folder().resolve("data");
    }

    String stdout() {
        return read(running().stdout());
    }

    String stderr() {
        return read(running().stderr());
    }

    /** A connection that speaks HTTP as it is told. */
    RawConnection connect() throws IOException {
        return RawConnection.to(port());
    }

    /** A client that signs as {@code test}: the root of account 000000000000 in dev. */
    Kms kms() {
        return kms(Signer.TEST);
    }

    Kms kms(Signer signer) {
        return new Kms(port(), signer);
    }

    /** GET on the admin address. */
    RawConnection.Reply admin(String path) throws IOException {
        try (RawConnection connection = RawConnection.to(admin().getPort())) {
            connection.send(
                    "GET "
                            + path
                            + " HTTP/1.1\r\nHost: "
                            + admin().getAuthority()
                            + "\r\nConnection: close\r\n\r\n");
            return connection.reply();
        }
    }

    /** SIGKILL: no shutdown hook runs, nothing is flushed. */
    void kill() {
        Process process = running().process();
        process.destroyForcibly();
        awaitEnd(process);
    }

    /** SIGSTOP: from now on it does nothing, and does not know of it. */
    void freeze() {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() {
        signal("CONT");
    }

    /** Any other signal, such as {@code INT}. */
    void signal(String name) {
        // The shell's own: not every machine has the program.
        Tool.Result sent =
                Tool.run(settings.folder(), Map.of(), "bash", "-c", "kill -" + name + " " + pid());
        if (sent.exitCode() != 0) {
            throw new AssertionError("SIG%s: %s".formatted(name, sent.stderr()));
        }
    }

    /** SIGTERM, without waiting. */
    void terminate() {
        running().process().destroy();
    }

    /** SIGTERM; the exit code. */
    int stop() {
        terminate();
        return awaitEnd(running().process());
    }

    int exitCode() {
        return awaitEnd(running().process());
    }

    /** Starts it again on the same data, on the same port where it is still free. */
    void restart() {
        if (running().process().isAlive()) {
            throw new IllegalStateException("still running");
        }
        launch(settings.listening("127.0.0.1:" + freeOrAny(port())));
    }

    /** Kills it if it still runs. Its folder stays until the suite has ended. */
    @Override
    public void close() {
        Running last = running;
        if (last != null && last.process().isAlive()) {
            kill();
        }
    }

    private void launch(Settings how) {
        starts++;
        Path stdout = how.folder().resolve("stdout-" + starts + ".log");
        Path stderr = how.folder().resolve("stderr-" + starts + ".log");
        Process process = begin(how.commandLine(), how.environment(), how.folder(), stdout, stderr);
        boolean listening =
                Await.within(START, () -> !process.isAlive() || urlIn(stdout, false) != null);
        URI url = urlIn(stdout, false);
        if (!listening || url == null || !process.isAlive()) {
            Workplace.keep();
            process.destroyForcibly();
            throw new AssertionError(
                    "Trent did not start: %s\nin %s\n%s\n%s"
                            .formatted(
                                    how.commandLine(), how.folder(), read(stdout), read(stderr)));
        }
        Await.within(Duration.ofSeconds(1), () -> urlIn(stdout, true) != null);
        URI admin = urlIn(stdout, true);
        running = new Running(process, url, admin, stdout, stderr);
        if (admin != null) {
            Await.until("ready", Duration.ofSeconds(30), () -> ready(admin));
        }
    }

    /** Whether it says that it serves. */
    boolean ready() throws IOException, InterruptedException {
        return ready(admin());
    }

    private static boolean ready(URI admin) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(admin.resolve("/readyz"))
                            .timeout(Duration.ofSeconds(2))
                            .build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        }
    }

    /**
     * The first line names the service's URL; a later line that speaks of admin names the other.
     */
    private static @Nullable URI urlIn(Path stdout, boolean admin) {
        List<String> lines = read(stdout).lines().limit(20).toList();
        for (int i = 0; i < lines.size(); i++) {
            Matcher url = URL.matcher(lines.get(i));
            boolean wanted = admin ? i > 0 && lines.get(i).contains("admin") : i == 0;
            if (wanted && url.find()) {
                return URI.create(url.group());
            }
        }
        return null;
    }

    private static Process begin(
            List<String> line,
            Map<String, String> environment,
            Path folder,
            Path stdout,
            Path stderr) {
        ProcessBuilder builder =
                new ProcessBuilder(line)
                        .directory(folder.toFile())
                        .redirectOutput(stdout.toFile())
                        .redirectError(stderr.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("TRENT_") && !name.equals("TRENT_NO_DOWNLOAD"));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Ended execute(List<String> line, Map<String, String> environment, Path folder) {
        Path stdout = folder.resolve("ended-stdout.log");
        Path stderr = folder.resolve("ended-stderr.log");
        Process process = begin(line, environment, folder, stdout, stderr);
        try {
            int exitCode = awaitEnd(process);
            return new Ended(exitCode, read(stdout), read(stderr));
        } finally {
            process.destroyForcibly();
        }
    }

    private static int awaitEnd(Process process) {
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                Workplace.keep();
                throw new AssertionError(
                        "process %d still runs after %d s"
                                .formatted(process.pid(), STOP.toSeconds()));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static int freeOrAny(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return port;
        } catch (IOException taken) {
            return 0;
        }
    }

    private Running running() {
        Running last = running;
        if (last == null) {
            throw new IllegalStateException("never started");
        }
        return last;
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
