package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import trent.Golden;
import trent.OpenSsl;
import trent.Trent;
import trent.crypto.Entropy;
import trent.name.AccountId;
import trent.seal.RootKeyFile;
import trent.store.Mode;
import trent.store.Opening;
import trent.store.Store;

/**
 * What is said of settings that are wrong, contradict each other or do not fit what is there:
 * wrong-settings.txt. Each is given to the command line as it is, starts nothing and makes nothing.
 */
@Tag("sqlite") // whatever engine other tests run on, this is about folders
class WrongSettingsTest {

    private static final Entropy RANDOM = new SecureRandom()::nextBytes;
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern VARIABLE = Pattern.compile("([A-Z][A-Z_]+)=(?:'([^']*)'|(\\S*))");
    private static final String ACCEPTED = "this was to be refused, and a server was started";
    private static final String RESULT = "    ";

    /** What SQLite and the lock leave beside a database, and tidy away when they like. */
    private static final List<String> OF_SQLITE = List.of("-wal", "-shm", "trent.lock");

    @TempDir private static Path folder = Path.of("");

    private static final List<ServerSocket> TAKEN = new ArrayList<>();

    /** The command line in the shell's words: variables, then arguments. */
    private record Line(Map<String, String> environment, List<String> arguments) {

        static Line of(String text) {
            Map<String, String> environment = new LinkedHashMap<>();
            List<String> arguments = new ArrayList<>();
            Matcher variable = VARIABLE.matcher(text);
            int at = 0;
            while (variable.region(at, text.length()).lookingAt()) {
                environment.put(
                        variable.group(1),
                        variable.group(2) == null ? variable.group(3) : variable.group(2));
                at = Math.min(text.length(), variable.end() + 1);
            }
            Matcher word = WORD.matcher(text).region(at, text.length());
            while (word.find()) {
                arguments.add(word.group(1) == null ? word.group(2) : word.group(1));
            }
            return new Line(environment, arguments);
        }
    }

    private record Said(int exitCode, String text) {}

    @BeforeAll
    static void make() throws IOException, Store.CannotOpen {
        Files.createDirectory(folder.resolve("folder"));
        Files.writeString(folder.resolve("file"), "nothing of ours\n");
        Files.writeString(folder.resolve("empty"), "");
        Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nowhere"));
        Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("pool"));
        Files.createSymbolicLink(folder.resolve("pool"), folder.resolve("loop"));
        Files.writeString(folder.resolve("seed.yaml"), "accounts: everybody\n");
        secret("password", "secret\n");
        secret("nopassword", "\n");
        Files.writeString(folder.resolve("shown"), "secret\n");
        store("dev-store", new Opening(Mode.DEVELOPMENT, false, null));
        store("server-store", new Opening(Mode.SERVICE, false, null));
        store("unmarked-store", Opening.TO_LOOK_AFTER);
        RootKeyFile other = new RootKeyFile(folder.resolve("other.key"));
        other.create(RANDOM).close();
        certificates();
        for (int each = 0; each < 2; each++) {
            TAKEN.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
    }

    private static void secret(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static void store(String name, Opening opening) throws IOException, Store.CannotOpen {
        Path data = folder.resolve(name);
        try (Store store =
                Store.open(data, new RootKeyFile(data.resolve("root.key")), RANDOM, opening)) {
            boolean _ = store.write(tx -> tx.accounts().add(new AccountId("000000000000")));
        }
    }

    /** Pairs, and what else is found in such files. */
    private static void certificates() throws IOException {
        OpenSsl openSsl = new OpenSsl(folder);
        pair(openSsl, "one", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        pair(openSsl, "two", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
        pair(openSsl, "rsa", "-newkey", "rsa:2048");
        pair(openSsl, "short", "-newkey", "rsa:512");
        pair(openSsl, "curve", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1");
        String one = Files.readString(folder.resolve("one.pem"));
        String two = Files.readString(folder.resolve("two.pem"));
        Files.writeString(folder.resolve("strange-chain.pem"), one + two);
        Files.writeString(folder.resolve("leaf-last.pem"), two + one);
        Files.writeString(folder.resolve("twice.pem"), one + one);
        Files.writeString(folder.resolve("cut.pem"), one.substring(0, one.length() / 2));
        Files.writeString(
                folder.resolve("damaged.pem"),
                one.replaceFirst("(?s)\n.{60}", "\n" + "A".repeat(60)));
        Files.writeString(
                folder.resolve("damaged.key"),
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        openssl(openSsl, "x509 -in one.pem -outform DER -out one.der");
        openssl(openSsl, "pkcs12 -export -in one.pem -inkey one.key -passout pass:x -out one.p12");
        openssl(openSsl, "pkcs8 -topk8 -in one.key -passout pass:x -out encrypted.key");
        openssl(openSsl, "rsa -in rsa.key -aes128 -traditional -passout pass:x -out older.key");
        openssl(openSsl, "req -new -key one.key -subj /CN=localhost -out one.csr");
        openssl(openSsl, "pkey -in one.key -pubout -out one.pub");
        Files.writeString(
                folder.resolve("ssh.key"),
                "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n");
    }

    private static void pair(OpenSsl openSsl, String name, String... options) {
        List<String> command =
                new ArrayList<>(
                        List.of("req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=" + name));
        command.addAll(List.of(options));
        command.addAll(List.of("-keyout", name + ".key", "-out", name + ".pem"));
        openSsl.output(command.toArray(String[]::new));
    }

    private static void openssl(OpenSsl openSsl, String command) {
        openSsl.output(command.split(" ", -1));
    }

    @AfterAll
    static void free() throws IOException {
        for (ServerSocket each : TAKEN) {
            each.close();
        }
    }

    // ---- the table

    @Test
    void eachIsRefusedInWordsAndMakesNothing() throws IOException {
        Golden table = Golden.of("wrong-settings.txt");
        StringBuilder now = new StringBuilder();
        List<String> faults = new ArrayList<>();
        int rows = 0;
        for (String line : table.text().lines().toList()) {
            if (line.startsWith(RESULT)) {
                continue; // it is found anew
            }
            now.append(line).append('\n');
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            rows++;
            SortedMap<String, String> before = files();
            Said said = run(Line.of(filled(line)));
            if (!files().equals(before)) {
                Set<Map.Entry<String, String>> changed = new HashSet<>(files().entrySet());
                changed.removeAll(before.entrySet());
                faults.add("%s changed files: %s".formatted(line, changed));
            }
            if (said.exitCode() == 0 || said.text().contains(ACCEPTED)) {
                faults.add(line + " was not refused: " + said);
            }
            if (said.text().contains("\tat ") || said.text().contains("Exception")) {
                faults.add(line + " was answered with a stack trace: " + said);
            }
            now.append(RESULT).append(said.exitCode()).append(' ').append(said.text()).append('\n');
        }
        assertThat(rows).isGreaterThan(120); // else the table was not read
        table.check(now.toString());
        assertThat(faults).isEmpty();
    }

    /** An unset variable of the shell must not pass for what it was to say. */
    @ParameterizedTest
    @EnumSource(Flag.class)
    void noFlagAndNoVariableIsEmpty(Flag flag) throws IOException {
        String command = Commands.having(flag).split("[ ,]", -1)[1];
        List<String> words =
                new ArrayList<>(
                        command.equals("account") ? List.of("account", "list") : List.of(command));
        Map<String, String> empty = Map.of(flag.variable(), "");
        String name = flag.alone() ? flag.variable() : flag.toString();
        Said inEnvironment = run(new Line(empty, words));
        assertThat(inEnvironment.exitCode()).isEqualTo(2);
        assertThat(inEnvironment.text()).startsWith(flag.variable() + " is given, and empty");
        if (!flag.alone()) {
            words.addAll(List.of(flag.toString(), " "));
            Said onTheLine = run(new Line(Map.of(), words));
            assertThat(onTheLine.exitCode()).isEqualTo(2);
            assertThat(onTheLine.text()).startsWith(name + " is given, and empty");
        }
    }

    private static Said run(Line line) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int exitCode;
        try (PrintStream err = new PrintStream(bytes, true, UTF_8)) {
            exitCode =
                    Commands.run(
                            line.arguments(),
                            (settings, stop) -> {
                                Running running = Trent.start(settings, stop);
                                if (running != null) {
                                    running.close();
                                }
                                throw new IOException(ACCEPTED);
                            },
                            line.environment(),
                            err);
        }
        String first = bytes.toString(UTF_8).lines().findFirst().orElse("");
        return new Said(exitCode, shown(first.replaceFirst("^trent: ", "")));
    }

    private static String filled(String line) {
        String filled = line.replace("$D", folder.toString());
        for (int each = 0; each < TAKEN.size(); each++) {
            filled = filled.replace("$TAKEN" + each, "" + TAKEN.get(each).getLocalPort());
        }
        return filled;
    }

    private static String shown(String text) {
        String shown = text.replace(folder.toString(), "$D");
        for (int each = 0; each < TAKEN.size(); each++) {
            shown = shown.replace(":" + TAKEN.get(each).getLocalPort(), ":$TAKEN" + each);
        }
        return shown.replace("(" + System.getProperty("user.name") + ")", "($USER)")
                .replace(Path.of("").toAbsolutePath().toString(), "$PWD")
                .replaceAll("(root key|given) [0-9a-f]{8}…", "$1 …");
    }

    /** Every file, with what changes when somebody writes it. */
    private static SortedMap<String, String> files() throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.toList()) {
                String name = folder.relativize(each).toString();
                if (OF_SQLITE.stream().noneMatch(name::endsWith)
                        && !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    files.put(
                            name,
                            "%s, %d bytes"
                                    .formatted(
                                            Files.getLastModifiedTime(
                                                    each, LinkOption.NOFOLLOW_LINKS),
                                            Files.isSymbolicLink(each) ? 0 : Files.size(each)));
                } else if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    files.put(name, "folder");
                }
            }
        }
        return files;
    }
}
