package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.ops.Commands.Command;

/**
 * What the launcher does by itself, in a source tree where nothing is built: with no program on its
 * path it can start neither a JVM nor Maven.
 */
@Tag("sqlite")
class LauncherTest {

    static final Path HOME =
            Path.of(Objects.requireNonNull(System.getProperty("trent.home"), "trent.home"));

    private static final String MORE = "trent --help and trent COMMAND --help say what there is.\n";
    private static final long SECONDS = 600;

    /** What ended, and what it said. */
    record Ended(int code, String out, String err) {}

    @TempDir private Path folder;

    private Path tree;
    private Path nowhere;

    @BeforeEach
    void aTreeThatIsNotBuilt() throws IOException {
        tree = Files.createDirectory(folder.resolve("a tree"));
        nowhere = Files.createDirectory(folder.resolve("nowhere"));
        for (String name : List.of("trent", "pom.xml")) {
            Files.copy(HOME.resolve(name), tree.resolve(name));
        }
        copy(HOME.resolve("packaging/help"), tree.resolve("packaging/help"));
    }

    // ---- help

    static Stream<String> subjects() {
        return Help.subjects().stream();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void helpNeedsNoJava(String subject) throws Exception {
        assertThat(trent("help", subject)).isEqualTo(new Ended(0, Help.about(subject), ""));
        assertThat(tree.resolve("server")).doesNotExist();
    }

    @Test
    void eachCommandsHelpNeedsNoJava() throws Exception {
        for (Command command : Command.values()) {
            Ended expected = new Ended(0, Help.of(command), "");
            assertThat(trent(command.toString(), "--help")).isEqualTo(expected);
            assertThat(trent(command.toString(), "-h")).isEqualTo(expected);
        }
        Ended general = new Ended(0, Help.general(), "");
        assertThat(trent("--help")).isEqualTo(general);
        assertThat(trent("-h")).isEqualTo(general);
        assertThat(trent("help")).isEqualTo(general);
    }

    @ParameterizedTest
    @ValueSource(strings = {"version", "--version", "-V", "dev --version", "version -V"})
    void theVersionNeedsNoJava(String line) throws Exception {
        Ended ended = trent(line.split(" ", -1));
        assertThat(ended.code()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).matches("trent \\d+\\.\\d+\\.\\d+\\S*\njava .+\n");
        assertThat(tree.resolve("server")).doesNotExist();
    }

    // ---- what there is not

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            dv                            | There is no command dv. Did you mean dev? There are: account, dev, explain, health, help, init, migrate, package, release-deletions, server, verify, version.
            hepl                          | There is no command hepl. There are: account, dev, explain, health, help, init, migrate, package, release-deletions, server, verify, version.
            dev --lisen x                 | Unknown flag --lisen. Did you mean --listen?
            dev --stor=b://u:s3cret@      | Unknown flag --stor. Did you mean --store?
            dev --contract                | --contract is a flag of trent migrate, and means nothing here. Leave it out, or give that command.
            init --listen=a               | --listen is a flag of trent dev and trent server, and means nothing here. Leave it out, or give that command.
            --quota                       | --quota is a flag of trent dev and trent server, and means nothing here. Leave it out, or give that command.
            dev —data                     | Unknown argument: —data. It begins with a dash that is no hyphen: flags begin with --.
            dev --listen                  | --listen needs a value.
            dev --listen --data /a        | --listen needs a value.
            dev --listen a --listen b     | --listen is given more than once.
            dev more                      | Unknown argument: more.
            dev --data /a -- --seal       | Unknown argument: --seal.
            dev b://u:s3cret@h            | Unknown argument: b://....
            dev -x                        | Unknown flag -x.
            dev --help=me                 | Unknown flag --help. Did you mean --help?
            server --seed-apply=yes       | --seed-apply takes no value: it is given, or left out.
            --lisen                       | Unknown flag --lisen.
            explain --who --contxt a=b    | Unknown flag --contxt. Did you mean --context?
            explain --who --key           | --key needs a value.
            explain --version             | Unknown flag --version. Did you mean --region?
            explain --as a b              | Unknown argument: b.
            help dev server               | Unknown argument: server.
            help trent                    | There is no command or topic trent. There are: account, completion, dev, environment, exit-codes, explain, health, help, init, migrate, package, release-deletions, server, verify, version.
            version more                  | Unknown argument: more.
            """)
    void isRefusedInTheServersWords(String line, String message) throws Exception {
        List<String> words = List.of(line.split(" ", -1));
        String ofTheServer =
                catchThrowableOfType(WrongUse.class, () -> ofServer(words)).getMessage();
        assertThat(ofTheServer).isEqualTo(message);
        assertThat(trent(words.toArray(String[]::new)))
                .isEqualTo(new Ended(2, "", "trent: " + message + "\n" + MORE));
        assertThat(tree.resolve("server")).doesNotExist();
    }

    @Test
    void withoutACommandItNamesThem() throws Exception {
        assertThat(trent().err())
                .startsWith("trent: Give a command: account, dev, explain, health, help, init,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "verify a b | verify takes one room, not a and b.",
                "verify --al | Unknown flag --al. Did you mean --all?",
                "health x | health takes an address such as http://127.0.0.1:4600/readyz, not x.",
                "health https://a | health takes an address such as http://127.0.0.1:4600/readyz, not https://a.",
                "package now | Unknown argument: now."
            })
    void wrongUseOfWhatTheLauncherDoes(String row) throws Exception {
        String[] sides = row.split(" \\| ", 2);
        assertThat(trent(sides[0].split(" ", -1)))
                .isEqualTo(new Ended(2, "", "trent: " + sides[1] + "\n" + MORE));
    }

    /** They are the server's to judge; here it is not found. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev",
                "dev --listen x",
                "dev --listen=x --data=",
                "dev --listen --lisen",
                "dev -listen x",
                "dev -logx",
                "server --quota a --quota=b",
                "account frobnicate",
                "explain --who --context a=b c=d --fact e=f"
            })
    void whatMayBeRightIsHandedOn(String line) throws Exception {
        Ended ended = trent(line.split(" ", -1));
        assertThat(ended.code()).isEqualTo(69);
        assertThat(ended.err()).contains("has no java of Java 25");
    }

    @Provide
    Arbitrary<List<String>> lines() {
        return Arbitraries.of(
                        "--listen",
                        "--listen=a",
                        "--lisen",
                        "--quota",
                        "--quota=b",
                        "--seal-readable-by-others",
                        "--seal-readable-by-others=c",
                        "--help=d",
                        "--",
                        "-",
                        "-e",
                        "",
                        "f g",
                        "--data")
                .list()
                .ofMaxSize(6);
    }

    /** For every line of flags, what the launcher refuses the server refuses, and in the same words; values the server judges. */
    @Property(tries = 150)
    void launcherAndServerAgree(@ForAll("lines") List<String> words) throws Exception {
        WrongUse wrong =
                catchThrowableOfType(
                        WrongUse.class, () -> Flags.parse(Command.DEV.flags(), words, Map.of()));
        if (wrong != null && String.valueOf(wrong.getMessage()).contains("is given, and empty")) {
            return; // a value, which the launcher leaves to the server, whatever else is wrong
        }
        List<String> line = new ArrayList<>(List.of(HOME.resolve("trent").toString(), "dev"));
        line.addAll(words);
        Ended ended = bash(Map.of("PATH", "/nowhere", "TRENT_JAVA_HOME", "/nowhere"), line);
        assertThat(ended.err())
                .startsWith(
                        wrong == null
                                ? "trent: TRENT_JAVA_HOME=/nowhere has no java"
                                : "trent: " + wrong.getMessage() + "\n");
    }

    /** What the server says of a line that it can only refuse. */
    private static void ofServer(List<String> words) throws Exception {
        Commands commands =
                new Commands(
                        (_, _) -> {
                            throw new AssertionError("it starts");
                        },
                        Map.of());
        commands.run(words);
    }

    // ---- health

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            200 OK                  | 0 | ready     |
            503 Service Unavailable | 1 | not ready | answers 503.
            """)
    void healthIsWhatTheServerAnswers(String status, int code, String body, @Nullable String says)
            throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> asked =
                    CompletableFuture.supplyAsync(() -> answer(server, status, body));
            String address = "127.0.0.1:" + server.getLocalPort();
            Ended ended = trent(Map.of("TRENT_ADMIN_LISTEN", address), "health");
            assertThat(asked.get(SECONDS, TimeUnit.SECONDS)).startsWith("GET /readyz HTTP/1.0");
            assertThat(ended.code()).isEqualTo(code);
            assertThat(ended.out()).isEqualTo(body + "\n");
            assertThat(ended.err())
                    .isEqualTo(
                            says == null
                                    ? ""
                                    : "trent: http://" + address + "/readyz " + says + "\n");
        }
    }

    @Test
    void healthOfNobody() throws Exception {
        int free;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = server.getLocalPort();
        }
        String url = "http://127.0.0.1:" + free + "/healthz";
        assertThat(trent("health", url))
                .isEqualTo(new Ended(1, "", "trent: nobody answers at " + url + ".\n"));
    }

    private static String answer(ServerSocket server, String status, String body) {
        try (Socket socket = server.accept()) {
            byte[] request = new byte[4096];
            int read = socket.getInputStream().read(request);
            OutputStream out = socket.getOutputStream();
            out.write(
                    "HTTP/1.1 %s\r\nContent-Type: text/plain\r\n\r\n%s\n"
                            .formatted(status, body)
                            .getBytes(UTF_8));
            return new String(request, 0, Math.max(0, read), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the build

    /** With an empty local repository: what is missing is said in words, and nothing comes. */
    @Test
    void withoutDownloadsMavenIsOffline() throws Exception {
        for (String module : List.of("generator", "api", "testing", "server", "clients", "bench")) {
            Files.createDirectories(tree.resolve(module));
            Files.copy(HOME.resolve(module + "/pom.xml"), tree.resolve(module + "/pom.xml"));
        }
        Path wrapper = Path.of(".mvn/wrapper/maven-wrapper.properties");
        Files.createDirectories(tree.resolve(wrapper).getParent());
        Files.copy(HOME.resolve(wrapper), tree.resolve(wrapper));
        Path repository = folder.resolve("repository");
        Ended ended =
                trent(
                        Map.of(
                                "PATH",
                                System.getenv("PATH"),
                                "TRENT_JAVA_HOME",
                                System.getProperty("java.home"),
                                "TRENT_NO_DOWNLOAD",
                                "1",
                                "MAVEN_OPTS",
                                "-Dmaven.repo.local=" + repository),
                        "dev");
        assertThat(ended.code()).as(ended.err()).isEqualTo(69);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .contains("TRENT_NO_DOWNLOAD")
                .doesNotContain("[ERROR]", "[INFO]", "\tat ");
        if (Files.exists(repository)) { // else Maven itself was missing
            assertThat(ended.err())
                    .containsPattern("(?m)^  io\\.netty:netty-bom:pom:\\S+$")
                    .contains("start once with TRENT_NO_DOWNLOAD unset");
            try (Stream<Path> files = Files.walk(repository)) {
                assertThat(files.map(Path::toString))
                        .noneMatch(file -> file.endsWith(".jar") || file.endsWith(".pom"));
            }
        }
    }

    @Test
    void aFailedBuildSaysWhy() throws Exception {
        Path programs = Files.createDirectory(folder.resolve("programs"));
        program(
                programs.resolve("mvn"),
                """
                if [[ $1 == --version ]]; then
                    echo 'Apache Maven 3.9.11 (a build of it)'
                    exit
                fi
                echo '[INFO] Scanning for projects...'
                echo '[INFO] --- exec:3.6.4:exec (generate) @ trent-api ---'
                echo 'Downloading from somewhere: https://repository.example/a/1/a-1.jar'
                echo '[INFO] --- compiler:3.16.0:compile (default-compile) @ trent-server ---'
                echo '[INFO] -------------------------------------------------------------'
                echo '[ERROR] COMPILATION ERROR : '
                echo "[ERROR] $PWD/server/src/main/java/trent/Trent.java:[3,1] no such word"
                echo '[ERROR] Failed to execute goal something -> [Help 1]'
                echo '[ERROR] To see the full stack trace of the errors, re-run Maven'
                exit 1
                """);
        Ended ended =
                trent(
                        Map.of(
                                "PATH",
                                programs + ":" + System.getenv("PATH"),
                                "TRENT_JAVA_HOME",
                                System.getProperty("java.home")),
                        "dev");
        assertThat(ended.code()).isEqualTo(70);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().replaceAll("\\(\\d+ s\\)", "(0 s)"))
                .isEqualTo(
                        """
                        trent: building Trent (once after a change; the first time, libraries are fetched: some minutes) …
                        trent: starting Maven … (0 s)
                        trent: making api from AWS's models … (0 s)
                        trent: fetching libraries … (0 s)
                        trent: compiling server … (0 s)
                          server/src/main/java/trent/Trent.java:[3,1] no such word
                        trent: the build failed; nothing was started. All that Maven printed is in %s
                        """
                                .formatted(tree.resolve("server/target/build.log")));
        assertThat(tree.resolve("server/target/build.log")).content().contains("full stack trace");
    }

    /** Refused before anything is built. */
    @Test
    void aJdkThatCannotLinkIsRefused() throws Exception {
        Path jdk = folder.resolve("jdk");
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        for (String name : List.of("java", "javac")) {
            program(jdk.resolve("bin").resolve(name), "exit 1\n");
        }
        program(
                jdk.resolve("bin/jlink"),
                "echo Capabilities:; echo '      Linking from run-time image disabled'\n");
        Ended ended =
                trent(
                        Map.of("PATH", System.getenv("PATH"), "TRENT_JAVA_HOME", jdk.toString()),
                        "package");
        assertThat(ended.code()).as(ended.err()).isEqualTo(69);
        assertThat(ended.err())
                .contains(jdk + " cannot link a Java runtime", "apt-get install openjdk-25-jdk");
        assertThat(tree.resolve("server")).doesNotExist();
    }

    // ---- processes

    private Ended trent(String... arguments) throws Exception {
        return trent(Map.of(), arguments);
    }

    private Ended trent(Map<String, String> environment, String... arguments) throws Exception {
        Map<String, String> all =
                new TreeMap<>(
                        Map.of(
                                "PATH", nowhere.toString(),
                                "HOME", nowhere.toString()));
        if (!Arrays.asList(arguments).contains("version")
                && !Arrays.asList(arguments).contains("--version")
                && !Arrays.asList(arguments).contains("-V")) {
            all.put("TRENT_JAVA_HOME", nowhere.toString());
        }
        all.putAll(environment);
        List<String> line = new ArrayList<>(List.of(tree.resolve("trent").toString()));
        line.addAll(List.of(arguments));
        return bash(all, line);
    }

    static Ended bash(Map<String, String> environment, List<String> words) throws Exception {
        List<String> line = new ArrayList<>(List.of("/bin/bash"));
        line.addAll(words);
        return run(environment, line);
    }

    static Ended run(Map<String, String> environment, List<String> line) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Path out = Files.createTempFile("launcher", ".out");
        Path err = Files.createTempFile("launcher", ".err");
        try {
            Process process =
                    builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            process.getOutputStream().close();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still runs: " + line);
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static void program(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/bash\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
