package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.clients.RawConnection.Reply;
import trent.clients.TrentProcess.Ended;

/** What an operator sees: command line, health, metrics, logs, TLS, an orderly end. */
@ExtendWith(Workplace.class)
class OperationsTest {

    private static final Pattern ACCESS_KEY_ID =
            Pattern.compile("(?i)access[ _-]?key[ _-]?id[\"'=:\\s]+([A-Za-z0-9]{16,128})");
    private static final Pattern SECRET_ACCESS_KEY =
            Pattern.compile("(?i)secret[ _-]?access[ _-]?key[\"'=:\\s]+([A-Za-z0-9/+=]{30,})");

    // ---- health and metrics

    @Test
    void healthReadinessAndMetricsOnAnAddressOfTheirOwn() throws IOException {
        try (TrentProcess trent = TrentProcess.dev().start()) {
            assertThat(trent.admin("/healthz").status()).isEqualTo(200);
            Reply ready = trent.admin("/readyz");
            assertThat(ready.status()).isEqualTo(200);
            assertThat(ready.header("Content-Type")).hasValue("application/json");
            assertThat(Json.of(ready.body()).path("ready").asBoolean()).isTrue();
            trent.kms().createKey();
            Reply metrics = trent.admin("/metrics");
            assertThat(metrics.status()).isEqualTo(200);
            assertThat(metrics.header("Content-Type").orElseThrow()).startsWith("text/plain");
            assertThat(metrics.body()).contains("# HELP", "# TYPE", "CreateKey");
            assertThat(metrics.body())
                    .containsPattern("(?m)^trent_callers_held_bytes [1-9]")
                    .containsPattern("(?m)^trent_callers_limit_bytes [1-9]")
                    .containsPattern("(?m)^trent_connections_open [1-9]")
                    .containsPattern("(?m)^trent_connections_limit [1-9]")
                    .contains(
                            "trent_connections_closed_for_room_total 0.0",
                            "trent_requests_refused_for_room_total 0.0",
                            "trent_tls_handshakes 0.0",
                            "trent_tls_handshakes_waiting 0.0");
            assertThat(trent.admin("/nothing").status()).isEqualTo(404);

            try (RawConnection service = trent.connect()) {
                service.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(service.reply().status())
                        .as("not on the service's address")
                        .isEqualTo(404);
            }
        }
    }

    // ---- the end

    @Test
    void terminationFinishesWhatWasAcceptedAndNothingElse() throws Exception {
        Set<String> answered = new ConcurrentSkipListSet<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8);
                TrentProcess trent = TrentProcess.server().start()) {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String client = "alias/end" + i + "/";
                clients.add(
                        threads.submit(() -> createAliasesUntilTheEnd(trent, client, answered)));
            }
            Await.until("400 answers", Duration.ofSeconds(30), () -> answered.size() >= 400);

            assertThat(trent.stop()).as(trent.stderr()).isZero();

            for (Future<?> client : clients) {
                client.get();
            }
            trent.restart();
            assertThat(aliases(trent)).as("done exactly what was answered").isEqualTo(answered);
        }
    }

    private static void createAliasesUntilTheEnd(
            TrentProcess trent, String prefix, Set<String> answered) {
        try (Kms kms = trent.kms(Signer.ROOT)) {
            String key = kms.createKey();
            for (int i = 0; true; i++) {
                if (i % 40 == 39) {
                    key =
                            Json.of(kms.send("CreateKey", "{}").body())
                                    .path("KeyMetadata")
                                    .path("KeyId")
                                    .asText();
                }
                String name = prefix + i;
                Reply reply =
                        kms.send(
                                "CreateAlias",
                                Json.text(Map.of("AliasName", name, "TargetKeyId", key)));
                assertThat(reply.status()).as(reply.body()).isEqualTo(200);
                answered.add(name);
            }
        } catch (IOException ended) {
            // The server closed the connection: what had no answer must not have been done.
        }
    }

    private static Set<String> aliases(TrentProcess trent) {
        Set<String> names = new TreeSet<>();
        Kms kms = trent.kms(Signer.ROOT);
        JsonNode page = kms.ok("ListAliases", Map.of("Limit", 100));
        addTo(names, page);
        while (page.path("Truncated").asBoolean()) {
            page =
                    kms.ok(
                            "ListAliases",
                            Map.of("Limit", 100, "Marker", page.path("NextMarker").asText()));
            addTo(names, page);
        }
        return names;
    }

    /** Those that somebody has made: predefined ones are listed without a key. */
    private static void addTo(Set<String> names, JsonNode page) {
        page.path("Aliases")
                .forEach(
                        alias -> {
                            if (alias.has("TargetKeyId")) {
                                names.add(alias.path("AliasName").asText());
                            }
                        });
    }

    @Test
    void idleConnectionsDoNotHoldUpTheEnd() throws IOException {
        try (TrentProcess trent = TrentProcess.dev().start();
                RawConnection idle = trent.connect()) {
            assertThat(trent.stop()).isZero();
            assertThat(idle.closed()).isTrue();
        }
    }

    // ---- state

    @Test
    void devKeepsItsStateInMemory() {
        try (TrentProcess trent = TrentProcess.dev().start()) {
            String key = trent.kms().createKey();
            assertThat(trent.stop()).isZero();
            trent.restart();
            assertThat(trent.kms().call("DescribeKey", Map.of("KeyId", key)).code())
                    .isEqualTo("NotFoundException");
        }
    }

    @Test
    void devKeepsItsStateInAFolderWhenGiven() {
        Path data = Workplace.folder("dev-data").resolve("data");
        try (TrentProcess trent = TrentProcess.dev().with("--data", data).start()) {
            String key = trent.kms().createKey();
            assertThat(trent.stop()).isZero();
            trent.restart();
            assertThat(trent.kms().call("DescribeKey", Map.of("KeyId", key)).code())
                    .isEqualTo("200");
        }
    }

    // ---- the command line

    @ParameterizedTest
    @CsvSource({"--help", "dev --help", "server --help"})
    void helpTeaches(String arguments) {
        Ended help = TrentProcess.run(arguments.split(" ", -1));
        assertThat(help.exitCode()).as(help.output()).isZero();
        if (arguments.contains(" ")) {
            assertThat(help.stdout())
                    .contains(
                            "--listen",
                            "--admin-listen",
                            "--data",
                            "--seal",
                            "--sm2-regions",
                            "--attestation-roots",
                            "TRENT_LISTEN",
                            "127.0.0.1:4599");
        } else {
            assertThat(help.stdout()).contains("dev", "server", "version", "verify");
        }
    }

    @Test
    void versionNamesItself() {
        Ended version = TrentProcess.run("version");
        assertThat(version.exitCode()).isZero();
        assertThat(version.stdout()).containsIgnoringCase("trent").containsPattern("\\d+\\.\\d+");
    }

    @ParameterizedTest
    @CsvSource({
        "dev,--lisen,--listen",
        "dev,--admin-lisen,--admin-listen",
        "server,--dta,--data",
        "server,--sael,--seal"
    })
    void anUnknownFlagStopsTheStartAndNamesTheNearest(
            String command, String given, String nearest) {
        Ended refused = TrentProcess.run(command, given, "x");
        assertThat(refused.exitCode()).as(refused.output()).isNotZero();
        assertThat(refused.output()).contains(given, nearest).doesNotContain("\tat ");
    }

    @Test
    void anUnknownSettingOfTheEnvironmentStopsTheStart() {
        Ended refused = TrentProcess.dev().environment("TRENT_LISEN", "127.0.0.1:0").runToEnd();
        assertThat(refused.exitCode()).as(refused.output()).isNotZero();
        assertThat(refused.output())
                .contains("TRENT_LISEN", "TRENT_LISTEN")
                .doesNotContain("\tat ");
    }

    @Test
    void anUnknownCommandStopsTheStart() {
        Ended refused = TrentProcess.run("deev");
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.output()).contains("dev").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @CsvSource({"nonsense", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:-1"})
    void anAddressThatIsNoneStopsTheStart(String address) {
        Ended refused =
                TrentProcess.run("dev", "--listen", address, "--admin-listen", "127.0.0.1:0");
        assertThat(refused.exitCode()).as(refused.output()).isNotZero();
        assertThat(refused.output()).contains("--listen").doesNotContain("\tat ");
    }

    @Test
    void aTakenPortStopsTheStart() throws IOException {
        try (ServerSocket taken =
                new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Ended refused =
                    TrentProcess.run("dev", "--listen", address, "--admin-listen", "127.0.0.1:0");
            assertThat(refused.exitCode()).as(refused.output()).isNotZero();
            assertThat(refused.output()).contains(address).doesNotContain("\tat ");
        }
    }

    @Test
    void theEnvironmentIsReadAndAFlagWinsOverIt() throws IOException {
        int free;
        try (ServerSocket probe = new ServerSocket(0)) {
            free = probe.getLocalPort();
        }
        TrentProcess.Settings settings =
                TrentProcess.dev().environment("TRENT_LISTEN", "127.0.0.1:" + free);
        try (TrentProcess trent = settings.withoutListen().start()) {
            assertThat(trent.port()).isEqualTo(free);
            try (TrentProcess second = settings.start()) {
                assertThat(second.port()).isNotEqualTo(free);
            }
        }
    }

    @Test
    void theFirstTwoLinesNameTheAddresses() {
        try (TrentProcess trent = TrentProcess.dev().start()) {
            List<String> lines = trent.stdout().lines().toList();
            assertThat(lines.get(0)).matches("Trent is listening on http://127\\.0\\.0\\.1:\\d+");
            assertThat(lines.get(1)).matches("admin on http://127\\.0\\.0\\.1:\\d+");
        }
    }

    @Test
    void devOnAnAddressForAllWarns() {
        try (TrentProcess trent =
                new TrentProcess.Settings(
                                "dev",
                                Workplace.folder("dev"),
                                "0.0.0.0:0",
                                "127.0.0.1:0",
                                List.of(),
                                Map.of())
                        .start()) {
            assertThat(trent.stdout() + trent.stderr()).contains("root");
        }
        try (TrentProcess trent = TrentProcess.dev().start()) {
            assertThat(trent.stdout() + trent.stderr()).doesNotContain("is root");
        }
    }

    @Test
    void logLinesAreJsonWhereThereIsNoTerminal() {
        try (TrentProcess trent = TrentProcess.server().start()) {
            assertThat(trent.stop()).isZero();
            List<String> lines = new ArrayList<>(trent.stdout().lines().skip(2).toList());
            lines.addAll(trent.stderr().lines().toList());
            assertThat(lines).as("something is logged").isNotEmpty();
            assertThat(lines).allSatisfy(line -> assertThat(Json.of(line).isObject()).isTrue());
        }
    }

    // ---- credentials

    @Test
    void generatedCredentialsWorkAndAreShownOnce() {
        try (TrentProcess trent = TrentProcess.serverWithoutCredentials().start()) {
            String shown = trent.stdout() + trent.stderr();
            Signer root =
                    new Signer(
                            found(ACCESS_KEY_ID, shown),
                            found(SECRET_ACCESS_KEY, shown),
                            "us-east-2");
            String key = trent.kms(root).createKey();
            assertThat(trent.stop()).isZero();

            trent.restart();

            assertThat(trent.stdout() + trent.stderr()).doesNotContain(root.secretAccessKey());
            assertThat(trent.kms(root).call("DescribeKey", Map.of("KeyId", key)).code())
                    .isEqualTo("200");
        }
    }

    @Test
    void aFirstStartThatFailsLeavesTheCredentialToTheNext() throws IOException {
        TrentProcess.Settings server = TrentProcess.serverWithoutCredentials();
        try (ServerSocket taken =
                new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            Ended refused = server.listening("127.0.0.1:" + taken.getLocalPort()).runToEnd();
            assertThat(refused.exitCode()).as(refused.output()).isNotZero();
        }
        try (TrentProcess trent = server.start()) {
            String shown = trent.stdout();
            Signer root =
                    new Signer(
                            found(ACCESS_KEY_ID, shown),
                            found(SECRET_ACCESS_KEY, shown),
                            "us-east-2");
            trent.kms(root).createKey();
        }
    }

    @Test
    void theRootsFirstAccessKeyIsOneLikeAnyOther() {
        try (TrentProcess trent = TrentProcess.serverWithoutCredentials().start()) {
            Signer root = shown(trent.stdout());
            JsonNode listed =
                    Json.of(aws(trent, root, "iam list-access-keys --output json").stdout())
                            .path("AccessKeyMetadata");
            assertThat(listed).hasSize(1);
            assertThat(listed.path(0).path("AccessKeyId").asText()).isEqualTo(root.accessKeyId());
            JsonNode made =
                    Json.of(aws(trent, root, "iam create-access-key --output json").stdout())
                            .path("AccessKey");
            Signer second =
                    new Signer(
                            made.path("AccessKeyId").asText(),
                            made.path("SecretAccessKey").asText(),
                            "us-east-2");
            assertThat(aws(trent, root, "iam create-access-key").stderr())
                    .contains("LimitExceeded");

            done(
                    aws(
                            trent,
                            second,
                            "iam update-access-key --status Inactive --access-key-id "
                                    + root.accessKeyId()));
            assertRefused(trent, root);
            done(aws(trent, second, "iam delete-access-key --access-key-id " + root.accessKeyId()));
            assertRefused(trent, root);
            done(
                    aws(
                            trent,
                            second,
                            "iam delete-access-key --access-key-id " + second.accessKeyId()));
            assertRefused(trent, second);

            assertThat(trent.stop()).isZero();
            trent.restart();
            assertThat(trent.stdout()).as("none is made again").doesNotContain("AKIA");
            assertThat(trent.stop()).isZero();
            Signer back = shown(account(trent, "reset-root", "000000000000").stdout());
            trent.restart();
            trent.kms(back).createKey();
        }
    }

    @Test
    void aRootCredentialOfTheEnvironmentThatChangesIsRefusedAtOnce() {
        TrentProcess.Settings first = TrentProcess.server();
        try (TrentProcess trent = first.start()) {
            trent.kms(Signer.ROOT).createKey();
            assertThat(trent.stop()).isZero();
        }
        Signer other =
                new Signer("AKIAIOSFODNN7CHANGED", "anothersecretofthirtycharacters", "us-east-2");
        try (TrentProcess trent =
                first.environment("TRENT_ROOT_ACCESS_KEY_ID", other.accessKeyId())
                        .environment("TRENT_ROOT_SECRET_ACCESS_KEY", other.secretAccessKey())
                        .start()) {
            trent.kms(other).createKey();
            assertRefused(trent, Signer.ROOT);
        }
    }

    // ---- accounts

    @Test
    void accountsAreAddedDisabledAndRemovedWithTheServerStopped() {
        try (TrentProcess trent = TrentProcess.server().start()) {
            Ended locked = TrentProcess.run("account", "list", "--data", trent.data().toString());
            assertThat(locked.exitCode()).isEqualTo(1);
            assertThat(locked.output())
                    .contains("another process has the store")
                    .doesNotContain("\tat ");
            assertThat(trent.stop()).isZero();

            Ended added = account(trent, "add", "111122223333");
            Signer root = shown(added.stdout());
            assertThat(refused(trent, "add", "111122223333")).contains("already");
            assertThat(account(trent, "list").stdout())
                    .isEqualTo("000000000000 enabled\n111122223333 enabled\n");
            trent.restart();
            String key = trent.kms(root).createKey();
            assertThat(trent.kms(Signer.ROOT).call("DescribeKey", Map.of("KeyId", key)).code())
                    .as("a root reaches no other account")
                    .isEqualTo("NotFoundException");
            done(aws(trent, root, "iam create-user --user-name alice"));
            assertThat(trent.stop()).isZero();

            account(trent, "disable", "111122223333");
            assertThat(account(trent, "list").stdout()).contains("111122223333 disabled");
            trent.restart();
            assertRefused(trent, root);
            trent.kms(Signer.ROOT).createKey();
            assertThat(trent.stop()).isZero();

            assertThat(refused(trent, "remove", "111122223333")).contains("1 key", "1 user");
            account(trent, "enable", "111122223333");
            Signer reset = shown(account(trent, "reset-root", "111122223333").stdout());
            trent.restart();
            assertRefused(trent, root);
            assertThat(trent.kms(reset).call("DescribeKey", Map.of("KeyId", key)).code())
                    .isEqualTo("200");
            assertThat(trent.stop()).isZero();

            Signer empty = shown(account(trent, "add", "444455556666").stdout());
            account(trent, "remove", "444455556666");
            assertThat(account(trent, "list").stdout()).doesNotContain("444455556666");
            assertThat(refused(trent, "disable", "444455556666")).contains("no account");
            trent.restart();
            assertRefused(trent, empty);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "account,add ID",
        "account ad,Did you mean add?",
        "account add 12,12 digits",
        "account list 111122223333,Unknown argument",
        "account add 111122223333 more,Unknown argument",
        "account add 111122223333,--data",
        "account add 111122223333 --data /nonexistent/folder,no store",
        "account add 111122223333 --listen x,--listen"
    })
    void anAccountCommandThatIsNoneIsRefusedInWords(String arguments, String says) {
        Ended refused = TrentProcess.run(arguments.split(" ", -1));
        assertThat(refused.exitCode()).as(refused.output()).isEqualTo(2);
        assertThat(refused.output()).contains(says).doesNotContain("\tat ");
    }

    private static Ended account(TrentProcess trent, String... words) {
        Ended ended = accountCommand(trent, words);
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        return ended;
    }

    private static String refused(TrentProcess trent, String... words) {
        Ended ended = accountCommand(trent, words);
        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(2);
        return ended.output();
    }

    private static Ended accountCommand(TrentProcess trent, String... words) {
        List<String> line = new ArrayList<>(List.of("account"));
        line.addAll(List.of(words));
        line.addAll(List.of("--data", trent.data().toString()));
        return TrentProcess.run(line.toArray(String[]::new));
    }

    private static Signer shown(String text) {
        return new Signer(found(ACCESS_KEY_ID, text), found(SECRET_ACCESS_KEY, text), "us-east-2");
    }

    private static void assertRefused(TrentProcess trent, Signer signer) {
        assertThat(trent.kms(signer).call("ListKeys", Map.of()).code())
                .isEqualTo("UnrecognizedClientException");
    }

    private static Tool.Result aws(TrentProcess trent, Signer signer, String arguments) {
        return Tool.run(
                Workplace.folder("operations-cli"),
                Map.of(
                        "AWS_ACCESS_KEY_ID",
                        signer.accessKeyId(),
                        "AWS_SECRET_ACCESS_KEY",
                        signer.secretAccessKey(),
                        "AWS_DEFAULT_REGION",
                        "us-east-2",
                        "AWS_ENDPOINT_URL",
                        trent.url().toString()),
                "bash",
                "-c",
                "aws " + arguments);
    }

    private static void done(Tool.Result result) {
        assertThat(result.exitCode()).as(result.stderr()).isZero();
    }

    @Test
    void secretsAreNotInTheLog() {
        try (TrentProcess trent = TrentProcess.server().start()) {
            trent.kms(Signer.ROOT).createKey();
            assertThat(trent.stop()).isZero();
            assertThat(trent.stdout() + trent.stderr())
                    .doesNotContain(Signer.ROOT.secretAccessKey());
        }
    }

    private static String found(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    // ---- TLS

    @Test
    void tlsSpeaksHttpTwoAndReadsAChangedCertificate() throws Exception {
        Path folder = Workplace.folder("tls");
        X509Certificate first = certificate(folder, "first");
        X509Certificate second = certificate(folder, "second");
        Path certificate = folder.resolve("server.crt");
        Path key = folder.resolve("server.key");
        install(folder, "first", certificate, key);
        try (TrentProcess trent =
                TrentProcess.dev().with("--tls-cert", certificate, "--tls-key", key).start()) {
            assertThat(trent.url().getScheme()).isEqualTo("https");
            assertThat(presented(trent, first, second)).isEqualTo(first.getSerialNumber());
            assertAnswers(trent, Version.HTTP_2, first);
            assertAnswers(trent, Version.HTTP_1_1, first);

            install(folder, "second", certificate, key);

            Await.until(
                    "the new certificate",
                    Duration.ofSeconds(60),
                    () -> presented(trent, first, second).equals(second.getSerialNumber()));
            assertAnswers(trent, Version.HTTP_2, second);
        }
    }

    @Test
    void halfOfTlsStopsTheStart() throws Exception {
        Path folder = Workplace.folder("tls");
        certificate(folder, "first");
        Ended refused =
                TrentProcess.dev().with("--tls-cert", folder.resolve("first.crt")).runToEnd();
        assertThat(refused.exitCode()).as(refused.output()).isNotZero();
        assertThat(refused.output()).contains("--tls-key").doesNotContain("\tat ");
        Ended missing =
                TrentProcess.dev()
                        .with(
                                "--tls-cert",
                                folder.resolve("first.crt"),
                                "--tls-key",
                                folder.resolve("none"))
                        .runToEnd();
        assertThat(missing.exitCode()).as(missing.output()).isNotZero();
        assertThat(missing.output())
                .contains(folder.resolve("none").toString())
                .doesNotContain("\tat ");
    }

    /**
     * Key first: whoever reads between the two moves finds a pair that does not match, and must
     * keep what it has.
     */
    private static void install(Path folder, String name, Path certificate, Path key)
            throws IOException {
        for (Path to : List.of(key, certificate)) {
            String ending = to.equals(key) ? ".key" : ".crt";
            Path beside = folder.resolve("next" + ending);
            Files.copy(folder.resolve(name + ending), beside, StandardCopyOption.REPLACE_EXISTING);
            Files.move(
                    beside,
                    to,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static X509Certificate certificate(Path folder, String name)
            throws IOException, GeneralSecurityException {
        Tool.makeCertificate(folder, name + ".crt", name + ".key");
        try (InputStream in = Files.newInputStream(folder.resolve(name + ".crt"))) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static SSLContext trusting(X509Certificate... certificates)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < certificates.length; i++) {
            store.setCertificateEntry("certificate" + i, certificates[i]);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static BigInteger presented(TrentProcess trent, X509Certificate... trusted)
            throws IOException, GeneralSecurityException {
        try (SSLSocket socket =
                (SSLSocket)
                        trusting(trusted)
                                .getSocketFactory()
                                .createSocket("127.0.0.1", trent.port())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSerialNumber();
        }
    }

    private static void assertAnswers(TrentProcess trent, Version version, X509Certificate trusted)
            throws Exception {
        byte[] body = "{}".getBytes(UTF_8);
        String host = "localhost:" + trent.port();
        String target = "TrentService.CreateKey";
        String time =
                DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                        .withZone(ZoneOffset.UTC)
                        .format(Instant.now());
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("https://" + host + "/"))
                        .header("Content-Type", Kms.CONTENT_TYPE)
                        .header("X-Amz-Target", target)
                        .header("X-Amz-Date", time)
                        .header(
                                "Authorization",
                                Signer.TEST.authorization(host, target, body, time))
                        .POST(BodyPublishers.ofByteArray(body))
                        .build();
        try (HttpClient http =
                HttpClient.newBuilder().version(version).sslContext(trusting(trusted)).build()) {
            HttpResponse<String> reply = http.send(request, BodyHandlers.ofString());
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
            assertThat(reply.version()).isEqualTo(version);
            assertThat(reply.headers().firstValue("x-amzn-requestid")).isPresent();
        }
    }
}
