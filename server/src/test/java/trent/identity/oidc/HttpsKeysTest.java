package trent.identity.oidc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jwt.JWTClaimsSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trent.OpenSsl;
import trent.api.ServiceException;
import trent.identity.Holder;
import trent.identity.WebIdentityProviders.Registered;
import trent.name.AccountId;

/** Keys of an issuer that is a real server over HTTPS, whose authority the test made. */
class HttpsKeysTest {

    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final String CONFIGURATION = "/realm/.well-known/openid-configuration";

    @TempDir private Path folder;
    private @Nullable HttpsServer server;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private String url = "";
    private Path authority = Path.of("");

    @BeforeEach
    void serve() throws IOException, GeneralSecurityException {
        OpenSsl openSsl = new OpenSsl(folder);
        authority = folder.resolve("ca.pem");
        openSsl.output(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                folder.resolve("ca.key").toString(),
                "-out",
                authority.toString(),
                "-days",
                "2",
                "-subj",
                "/CN=the test's authority");
        openSsl.output(
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                folder.resolve("s.key").toString(),
                "-out",
                folder.resolve("s.csr").toString(),
                "-subj",
                "/CN=localhost");
        openSsl.file("san", "subjectAltName=DNS:localhost".getBytes(UTF_8));
        openSsl.output(
                "x509",
                "-req",
                "-in",
                folder.resolve("s.csr").toString(),
                "-CA",
                authority.toString(),
                "-CAkey",
                folder.resolve("ca.key").toString(),
                "-days",
                "2",
                "-extfile",
                folder.resolve("san").toString(),
                "-out",
                folder.resolve("s.pem").toString());
        openSsl.output(
                "pkcs12",
                "-export",
                "-in",
                folder.resolve("s.pem").toString(),
                "-inkey",
                folder.resolve("s.key").toString(),
                "-passout",
                "pass:test",
                "-out",
                folder.resolve("s.p12").toString());
        HttpsServer made =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        made.setHttpsConfigurator(new HttpsConfigurator(context(folder.resolve("s.p12"))));
        made.setExecutor(Thread::startVirtualThread);
        made.createContext("/", this::answer);
        made.start();
        server = made;
        url = "localhost:" + made.getAddress().getPort() + "/realm";
    }

    @AfterEach
    void stop() {
        end.countDown();
        if (server != null) {
            server.stop(0);
        }
    }

    private String keysPath = "/keys";

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(path);
        switch (path) {
            case CONFIGURATION ->
                    send(
                            exchange,
                            200,
                            "{\"issuer\":\"https://%s\",\"jwks_uri\":\"%s\"}"
                                    .formatted(
                                            url,
                                            keysPath.startsWith("/")
                                                    ? "https://" + url.replace("/realm", keysPath)
                                                    : keysPath));
            case "/keys" -> send(exchange, 200, Issuer.set(Issuer.RSA));
            case "/moved" -> {
                exchange.getResponseHeaders()
                        .add("Location", "https://" + url.replace("/realm", "/keys"));
                send(exchange, 302, "");
            }
            case "/long" -> send(exchange, 200, " ".repeat(KeySource.MAX_BYTES + 1));
            case "/silent" -> {
                try {
                    end.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                exchange.close();
            }
            case "/other/.well-known/openid-configuration" ->
                    send(exchange, 200, "{\"issuer\":\"https://x\",\"jwks_uri\":\"https://x\"}");
            default -> send(exchange, 404, "");
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void anIssuersKeysAreFoundByItsConfiguration() {
        IdTokens tokens = tokens(new HttpsKeys(authority));

        assertThat(tokens.verify(token(), ACCOUNT).provider().url()).isEqualTo(url);
        assertThat(tokens.verify(token(), ACCOUNT).subject()).isEqualTo("alice");
        assertThat(asked).containsExactly(CONFIGURATION, "/keys");
    }

    @Test
    void anAuthorityThatIsNotGivenIsNotBelieved() {
        ServiceException answer =
                catchThrowableOfType(
                        ServiceException.class,
                        () -> tokens(new HttpsKeys(null)).verify(token(), ACCOUNT));

        assertThat(answer.code()).isEqualTo("IDPCommunicationError");
        assertThat(asked).isEmpty();
    }

    @Test
    void redirectsAreNotFollowed() {
        keysPath = "/moved";

        assertThatIOException()
                .isThrownBy(() -> new HttpsKeys(authority).fetch(url))
                .withMessageEndingWith("/moved answered with status 302");
        assertThat(asked).containsExactly(CONFIGURATION, "/moved");
    }

    @Test
    void aLongDocumentIsNotRead() {
        keysPath = "/long";

        assertThatIOException()
                .isThrownBy(() -> new HttpsKeys(authority).fetch(url))
                .withMessageContaining("/long cannot be read");
    }

    @Test
    void anIssuerThatDoesNotAnswerIsNotWaitedForLong() {
        keysPath = "/silent";

        assertThatIOException()
                .isThrownBy(() -> new HttpsKeys(authority).fetch(url))
                .withMessageContaining("/silent");
    }

    @Test
    void keysAreHadOverHttpsOnly() {
        keysPath = "http://localhost:1/keys";

        assertThatIOException()
                .isThrownBy(() -> new HttpsKeys(authority).fetch(url))
                .withMessage("http://localhost:1/keys is no URL of HTTPS");
    }

    @Test
    void aConfigurationIsForItsIssuer() {
        assertThatIOException()
                .isThrownBy(() -> new HttpsKeys(authority).fetch(url.replace("/realm", "/other")))
                .withMessageEndingWith("is another's");
    }

    @Test
    void keysInAFileNeedNobody() throws IOException {
        Path file = folder.resolve("keys.json");
        Files.writeString(file, Issuer.set(Issuer.RSA));
        FileKeys keys = new FileKeys(file);
        keys.check();

        IdTokens tokens =
                tokens(
                        new IssuerKeys(
                                _ -> {
                                    throw new IOException("not to be asked");
                                },
                                Map.of(url, keys),
                                InstantSource.fixed(Issuer.NOW)));

        assertThat(tokens.verify(token(), ACCOUNT).subject()).isEqualTo("alice");
        assertThat(asked).isEmpty();
    }

    @Test
    void filesWithoutKeysOrAuthoritiesAreRefused() throws IOException {
        Path file = folder.resolve("nothing");
        Files.writeString(file, "{\"keys\":[]}");

        assertThatIOException()
                .isThrownBy(() -> new FileKeys(file).check())
                .withMessageStartingWith(file + ": a JWK set without a key");
        assertThatIOException()
                .isThrownBy(() -> HttpsKeys.check(file))
                .withMessage(file + " holds no certificates in PEM");
        HttpsKeys.check(authority);
    }

    private String token() {
        JWTClaimsSet claims = Issuer.claims(url).build();
        return Issuer.token(claims);
    }

    private IdTokens tokens(KeySource source) {
        return tokens(new IssuerKeys(source, Map.of(), InstantSource.fixed(Issuer.NOW)));
    }

    private IdTokens tokens(IssuerKeys keys) {
        return new IdTokens(
                (_, _) -> new Registered(new Holder.Provider("OIDC1", url), Set.of("client")),
                keys,
                InstantSource.fixed(Issuer.NOW));
    }

    private static SSLContext context(Path file) throws IOException, GeneralSecurityException {
        char[] password = "test".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
