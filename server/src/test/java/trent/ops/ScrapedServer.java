package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import trent.Trent;
import trent.ops.Settings.Place.Shared;
import trent.seal.RootKeyFile;
import trent.store.PostgresSettings;
import trent.store.Store;

/** A server in this process that has all that metrics can be of: a folder, TLS. */
final class ScrapedServer implements AutoCloseable {

    private final Running trent;
    private final HttpClient http = HttpClient.newHttpClient();

    private ScrapedServer(Running trent) {
        this.trent = trent;
    }

    static ScrapedServer start(Path folder)
            throws IOException, GeneralSecurityException, WrongUse, Store.CannotOpen {
        KeyPair pair = pair();
        Instant now = Instant.now();
        Path certificate = folder.resolve("tls.crt");
        Path key = folder.resolve("tls.key");
        Files.writeString(certificate, pem(certificate(pair, now, now.plusSeconds(3600))));
        Files.writeString(key, pem(pair.getPrivate()));
        List<String> line =
                List.of(
                        "--listen=127.0.0.1:0",
                        "--admin-listen=127.0.0.1:0",
                        "--data=" + folder.resolve("data"),
                        "--seal=file:" + folder.resolve("root.key"),
                        "--tls-cert=" + certificate,
                        "--tls-key=" + key);
        Settings settings =
                SettingsReader.dev(
                        Flags.parse(EnumSet.allOf(Flag.class), line, Map.of()), Map.of());
        return new ScrapedServer(Objects.requireNonNull(Trent.start(settings, new Stop())));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(trent.adminUrl()).resolve(path)).build(),
                BodyHandlers.ofString());
    }

    HttpResponse<String> head(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(trent.adminUrl()).resolve(path)).HEAD().build(),
                BodyHandlers.ofString());
    }

    PrometheusText scrape() throws IOException, InterruptedException {
        return PrometheusText.read(get("/metrics").body());
    }

    /** The names that this server shows, or one that shares a database would, with their labels. */
    Map<String, Set<String>> allNames() throws IOException, InterruptedException {
        Map<String, Set<String>> names = new HashMap<>(scrape().labelsByName());
        Metrics ofNodes = new Metrics();
        StoreMetrics _ =
                new StoreMetrics(
                        ofNodes,
                        new Shared(
                                PostgresSettings.of("jdbc:postgresql://127.0.0.1/none"),
                                new RootKeyFile(Path.of("none"))),
                        () -> null);
        PrometheusText.read(new String(ofNodes.text(), UTF_8))
                .labelsByName()
                .forEach((name, labels) -> names.computeIfAbsent(name, _ -> new TreeSet<>(labels)));
        return names;
    }

    static KeyPair pair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    static X509Certificate certificate(KeyPair pair, Instant from, Instant until)
            throws GeneralSecurityException {
        X500Name name = new X500Name("CN=localhost");
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            new JcaX509v3CertificateBuilder(
                                            name,
                                            BigInteger.ONE,
                                            Date.from(from),
                                            Date.from(until),
                                            name,
                                            pair.getPublic())
                                    .build(
                                            new JcaContentSignerBuilder("SHA256withECDSA")
                                                    .build(pair.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static String pem(Object what) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(
                    what instanceof PrivateKey key
                            ? new PemObject("PRIVATE KEY", key.getEncoded())
                            : what);
        }
        return text.toString();
    }

    @Override
    public void close() {
        http.close();
        trent.close();
    }
}
