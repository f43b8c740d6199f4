package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tar of {@code ./trent package}, unpacked where nobody can write, in a path with spaces, and
 * run by a user who owns nothing, without a JDK; and the image's root file system, put together by
 * hand as {@code packaging/Containerfile} says.
 */
@ExtendWith(Workplace.class)
class PackageTest {

    /** What was promised. */
    private static final long MOST_BYTES = 85_000_000;

    private static final Pattern URL = Pattern.compile("https?://[\\w.\\[\\]:-]+:\\d+");
    private static final Duration START = Duration.ofMinutes(2);
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    /** With which package.py signs. */
    private static final String SECRET = "a-secret-of-package.py";

    private static Path folder;
    private static Path tar;
    private static Path home;
    private int starts;

    @BeforeAll
    static void makeAndUnpack() throws IOException {
        folder = Workplace.folder("package");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Tool.Result made =
                Tool.run(
                        folder,
                        Map.of(),
                        TrentProcess.home().resolve("trent").toString(),
                        "package");
        assertThat(made.exitCode()).as(made.stderr()).isZero();
        tar = Path.of(made.stdout().strip());
        Path place = Files.createDirectories(folder.resolve("a place of root's"));
        run("tar", "-xzf", tar.toString(), "-C", place.toString());
        home = place.resolve(tar.getFileName().toString().replace(".tar.gz", ""));
        run("chmod", "-R", "a-w", place.toString());
    }

    /** What cannot be written cannot be removed, unless by root. */
    @AfterAll
    static void letItBeRemoved() {
        run("chmod", "-R", "u+w", folder.toString());
    }

    // ---- what is in it

    @Test
    void isSmallSortedAndOfOneTime() throws IOException {
        assertThat(Files.size(tar)).isLessThanOrEqualTo(MOST_BYTES);
        System.out.printf("%s: %.1f MB%n", tar.getFileName(), Files.size(tar) / 1e6);
        List<String> names = new ArrayList<>();
        for (String line :
                run("tar", "--utc", "--full-time", "--numeric-owner", "-tvzf", tar.toString())
                        .lines()
                        .toList()) {
            String[] columns = line.split(" +", 6);
            assertThat(columns[1]).as(line).isEqualTo("0/0");
            assertThat(columns[3] + " " + columns[4]).as(line).isEqualTo("2026-01-01 00:00:00");
            assertThat(columns[0]).as(line).matches("[dl-]r.[x-]r-[x-]r-[x-]|lrwxrwxrwx");
            names.add(columns[5]);
        }
        assertThat(names).hasSizeGreaterThan(100).doesNotContain("app/made-from.marks");
        assertThat(home)
                .isDirectoryContaining("glob:**/trent")
                .isDirectoryContaining("glob:**/LICENSE");
        for (String file :
                List.of(
                        "share/help/dev.txt",
                        "share/man/trent.1",
                        "share/completion/trent.bash",
                        "share/completion/_trent",
                        "share/Containerfile",
                        "docs/operations.md",
                        "THIRD-PARTY.txt",
                        "runtime/legal/java.base/LICENSE")) {
            assertThat(home.resolve(file)).isNotEmptyFile();
        }
    }

    /** Each jar is in the bill with its SHA-256, and has notices. */
    @Test
    void theBillNamesWhatIsThere() throws Exception {
        JsonNode bill = new ObjectMapper().readTree(home.resolve("sbom.cdx.json").toFile());
        assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(bill.path("specVersion").asText()).isEqualTo("1.6");
        TreeSet<String> told = new TreeSet<>();
        TreeSet<String> names = new TreeSet<>();
        for (JsonNode component : bill.path("components")) {
            names.add(component.path("name").asText());
            assertThat(component.path("purl").asText()).startsWith("pkg:");
            assertThat(component.path("licenses")).as(component.toString()).isNotEmpty();
            if (component.has("hashes")) {
                told.add(component.path("hashes").path(0).path("content").asText());
                try (Stream<Path> notices =
                        Files.list(
                                home.resolve("licenses")
                                        .resolve(component.path("name").asText()))) {
                    assertThat(notices).isNotEmpty();
                }
            }
        }
        assertThat(names).contains("OpenJDK", "SQLite", "AWS-LC", "trent-server");
        TreeSet<String> there = new TreeSet<>();
        try (Stream<Path> jars = Files.list(home.resolve("app/lib"))) {
            for (Path jar : jars.toList()) {
                there.add(
                        HexFormat.of()
                                .formatHex(
                                        MessageDigest.getInstance("SHA-256")
                                                .digest(Files.readAllBytes(jar))));
            }
        }
        assertThat(told).isEqualTo(there);
    }

    /** What the server's classes need of Java was linked. */
    @Test
    void theRuntimeHasWhatTheServerNeeds() throws IOException {
        String linked = run(home.resolve("runtime/bin/java").toString(), "--list-modules");
        try (Stream<Path> jars = Files.list(home.resolve("app/lib"))) {
            String jar =
                    jars.map(Path::toString)
                            .filter(each -> each.contains("/trent-server-"))
                            .findFirst()
                            .orElseThrow();
            String needed =
                    run(
                            Path.of(System.getProperty("java.home"), "bin", "jdeps").toString(),
                            "--multi-release",
                            "25",
                            "--ignore-missing-deps",
                            "--print-module-deps",
                            jar);
            for (String module : needed.strip().split(",", -1)) {
                assertThat(linked).contains(module + "@");
            }
        }
    }

    /** One that is listed and absent is looked for among the jars, and a start takes twice as long. */
    @Test
    void everySecurityProviderOfJavaIsThere() throws IOException {
        Tool.Result shown =
                Tool.run(
                        folder,
                        Map.of(),
                        home.resolve("runtime/bin/java").toString(),
                        "-XshowSettings:security:providers",
                        "-version");
        List<String> listed =
                Files.readAllLines(home.resolve("runtime/conf/security/java.security")).stream()
                        .filter(line -> line.matches("security\\.provider\\.\\d+=.*"))
                        .map(line -> line.replaceFirst("[^=]*=", "").strip())
                        .toList();
        assertThat(listed).hasSizeGreaterThan(5);
        for (String provider : listed) {
            assertThat(shown.stdout() + shown.stderr()).contains("Provider name: " + provider);
        }
    }

    // ---- it runs

    /** The JVM is told to end if it cannot use the AOT cache. */
    @Test
    void servesWithItsCacheWhereNothingCanBeWritten() throws Exception {
        long began = System.nanoTime();
        try (Started trent =
                start(Map.of("TRENT_JAVA_OPTS", "-XX:AOTMode=on"), "dev", "--data", data())) {
            try (Kms kms = new Kms(trent.port(), Signer.TEST)) {
                assertThat(kms.send("CreateKey", "{}").status()).isEqualTo(200);
            }
            System.out.printf(
                    "packed, first answered CreateKey: %.0f ms%n",
                    (System.nanoTime() - began) / 1e6);
            String script = Tool.resource(folder, "package.py", "package.py").toString();
            assertThat(run("python3", script, trent.url())).isEqualTo("ok\n");
            assertThat(ended("health", trent.admin() + "/readyz").exitCode()).isZero();
            assertThat(trent.stop()).isZero();
            assertThat(trent.stderr()).doesNotContain("AOT cache", "native cryptography");
            assertThat(ended("health", trent.admin() + "/readyz").exitCode()).isEqualTo(1);
        }
        assertThat(run("find", home.toString(), "-newer", tar.toString(), "-type", "f")).isEmpty();
    }

    /**
     * What the rehearsal has not met would have to be read, and the jar of Bouncy Castle verified,
     * before the first answer: each 100 ms.
     */
    @Test
    void whatAStartNeedsIsInTheCache() throws Exception {
        Path log = ofNobody("logs").resolve("classes.log");
        try (Started trent =
                        start(
                                Map.of("TRENT_JAVA_OPTS", "-Xlog:class+load:file=" + log),
                                "dev",
                                "--data",
                                data());
                Kms kms = new Kms(trent.port(), Signer.TEST)) {
            assertThat(kms.send("CreateKey", "{}").status()).isEqualTo(200);
        }
        List<String> lines = Files.readAllLines(log);
        assertThat(lines).anyMatch(line -> line.contains("trent.Trent source: shared"));
        assertThat(lines.stream().filter(line -> line.contains("source: file:")))
                .noneMatch(line -> line.matches(".* (trent|org[.]bouncycastle)[.].*"));
    }

    @Test
    void servesTlsWithAnEllipticCurve() throws Exception {
        String key = folder.resolve("tls.key").toString();
        String certificate = folder.resolve("tls.pem").toString();
        Tool.makeCertificate(folder, certificate, key);
        run("chmod", "644", key);
        try (Started trent = start(Map.of(), "dev", "--tls-cert", certificate, "--tls-key", key)) {
            String script = Tool.resource(folder, "package.py", "package.py").toString();
            assertThat(run("python3", script, trent.url(), certificate)).isEqualTo("ok\n");
        }
    }

    @Test
    void whatNeedsTheTreeIsRefused() {
        for (String command : List.of("verify", "package")) {
            Tool.Result ended = ended(command);
            assertThat(ended.exitCode()).isEqualTo(2);
            assertThat(ended.stderr())
                    .isEqualTo(
                            "trent: "
                                    + command
                                    + " needs the source tree: this is a package, which has none.\n");
        }
        assertThat(ended("dev", "--lisen", "x").exitCode()).isEqualTo(2);
        assertThat(ended("--help").stdout()).startsWith("Usage: trent COMMAND");
        assertThat(ended("version").stdout()).matches("trent \\d\\S+\njava 25\\S*\n");
    }

    /** As {@code cp -p} of a jar of the same size does it. */
    @Test
    void aJarThatWasReplacedIsNotRunFromTheCache() throws IOException {
        Path copy = Workplace.folder("moved").resolve("trent");
        run("cp", "-Rp", home.toString(), copy.toString());
        run("chmod", "-R", "u+w", copy.toString());
        String launcher = copy.resolve("trent").toString();
        Path data = copy.resolve("new/data");
        Tool.Result first = Tool.run(folder, Map.of(), launcher, "init", "--data", data.toString());
        assertThat(first.stdout()).startsWith("Made a new store");
        assertThat(first.stderr()).doesNotContain("AOT cache");

        ChangedJarTest.replaceJar(copy, copy.resolve("app/lib"));

        Tool.Result second =
                Tool.run(folder, Map.of(), launcher, "init", "--data", data.toString());
        assertThat(second.stdout()).contains(ChangedJarTest.NEW);
        assertThat(second.stderr()).contains("the AOT cache is not that of these jars");
    }

    // ---- as an image

    /**
     * The root file system of the image: what Debian's slim image has of programs is copied from
     * here, nothing can be written but the data, and nobody runs it.
     */
    @Test
    void theImageServesFromARootThatCannotBeWritten() throws Exception {
        assumeTrue(ROOT, "only root can put a root file system together");
        assumeTrue(
                Tool.run(folder, Map.of(), "unshare", "-m", "true").exitCode() == 0,
                "this sandbox lets nobody mount");
        List<String> file =
                Files.readAllLines(TrentProcess.home().resolve("packaging/Containerfile"));
        String user = said(file, "USER");
        List<String> line = new ArrayList<>(words(said(file, "ENTRYPOINT")));
        line.addAll(words(said(file, "CMD")));
        Path image = folder.resolve("image");
        String script = Tool.resource(folder, "image.sh", "image.sh").toString();
        run("bash", script, "make", image.toString(), tar.toString(), user);

        Map<String, String> environment = new TreeMap<>();
        for (String each : said(file, "ENV").split(" ", -1)) {
            String[] sides = each.split("=", 2);
            assertThat(sides[1]).startsWith("0.0.0.0:");
            environment.put(
                    sides[0], "127.0.0.1:0"); // the machine's network is not the container's
        }
        environment.put("TRENT_ROOT_ACCESS_KEY_ID", "test");
        environment.put("TRENT_ROOT_SECRET_ACCESS_KEY", SECRET);
        List<String> command =
                new ArrayList<>(List.of("bash", script, "run", image.toString(), user));
        command.addAll(line);
        try (Started trent = begin(command, environment)) {
            String python = Tool.resource(folder, "package.py", "package.py").toString();
            assertThat(run("python3", python, trent.url())).isEqualTo("ok\n");
            List<String> health = words(said(file, "HEALTHCHECK").replaceFirst(".* CMD ", ""));
            List<String> check =
                    new ArrayList<>(List.of("bash", script, "run", image.toString(), user));
            check.addAll(health);
            Tool.Result healthy =
                    Tool.run(
                            folder,
                            Map.of(
                                    "TRENT_ADMIN_LISTEN",
                                    "0.0.0.0:" + trent.admin().replaceFirst(".*:", "")),
                            check.toArray(String[]::new));
            assertThat(healthy.exitCode()).as(healthy.stderr()).isZero();
            assertThat(trent.stop()).isZero();
            assertThat(trent.stderr()).doesNotContain("AOT cache", "native cryptography");
        }
        assertThat(image.resolve("data/trent.db")).exists();
    }

    private static String said(List<String> file, String instruction) {
        List<String> found =
                file.stream()
                        .filter(line -> line.startsWith(instruction + " "))
                        .map(line -> line.substring(instruction.length() + 1).strip())
                        .toList();
        assertThat(found).as(instruction).hasSize(1);
        return found.getFirst();
    }

    private static List<String> words(String list) {
        try {
            return Arrays.asList(new ObjectMapper().readValue(list, String[].class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- processes

    /** One that serves; ended with the test. */
    private record Started(Process process, String url, String admin, Path err)
            implements AutoCloseable {

        int port() {
            return Integer.parseInt(url.replaceFirst(".*:", ""));
        }

        String stderr() throws IOException {
            return Files.readString(err);
        }

        int stop() throws InterruptedException {
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Started start(Map<String, String> environment, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(asNobody());
        line.addAll(List.of(arguments));
        line.addAll(List.of("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"));
        return begin(line, environment);
    }

    private Started begin(List<String> line, Map<String, String> environment) throws Exception {
        starts++;
        Path out = folder.resolve("out-" + starts + "-" + line.hashCode());
        Path err = folder.resolve("err-" + starts + "-" + line.hashCode());
        Process process =
                with(new ProcessBuilder(line), environment)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        Await.within(START, () -> !process.isAlive() || urls(out).size() > 1);
        List<String> urls = urls(out);
        if (urls.size() < 2) {
            process.destroyForcibly();
            throw new AssertionError(line + "\n" + Files.readString(err));
        }
        return new Started(process, urls.get(0), urls.get(1), err);
    }

    private static List<String> urls(Path out) {
        try {
            Matcher url = URL.matcher(Files.readString(out));
            return url.results().map(each -> each.group()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProcessBuilder with(ProcessBuilder builder, Map<String, String> environment) {
        builder.directory(folder.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("HOME", "/nonexistent");
        builder.environment().putAll(environment);
        return builder;
    }

    private static Tool.Result ended(String... arguments) {
        List<String> line = new ArrayList<>(asNobody());
        line.addAll(List.of(arguments));
        return Tool.run(
                folder,
                Map.of("HOME", "/nonexistent", "JAVA_HOME", ""),
                line.toArray(String[]::new));
    }

    /** The launcher, run by another user where we may choose. */
    private static List<String> asNobody() {
        String launcher = home.resolve("trent").toString();
        return ROOT
                ? List.of(
                        "setpriv",
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        "--no-new-privs",
                        launcher)
                : List.of(launcher);
    }

    private static String data() throws IOException {
        return ofNobody("data of nobody").toString();
    }

    private static Path ofNobody(String name) throws IOException {
        Path made = Files.createDirectories(folder.resolve(name));
        if (ROOT) {
            run("chown", "65534:65534", made.toString());
        }
        return made;
    }

    private static String run(String... command) {
        Tool.Result result = Tool.run(folder, Map.of(), command);
        assertThat(result.exitCode()).as(List.of(command) + "\n" + result.stderr()).isZero();
        return result.stdout();
    }
}
