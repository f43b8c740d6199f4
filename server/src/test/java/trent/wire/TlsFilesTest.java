package trent.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import trent.OpenSsl;
import trent.wire.HttpServerSettings.Tls;

/** Which certificates and keys are served, what is said of them, and how they are replaced. */
class TlsFilesTest {

    @TempDir Path folder = Path.of("");

    private final Logger logger = (Logger) LoggerFactory.getLogger(Encryption.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void hear() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void hearNoMore() {
        logger.detachAppender(log);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            -newkey ec -pkeyopt ec_paramgen_curve:P-256       | names no host
            -newkey ec -pkeyopt ec_paramgen_curve:P-521       | names no host
            -newkey rsa:2048                                  | names no host
            -newkey rsa:1024                                  | 1024 bits
            -newkey rsa-pss -pkeyopt rsa_keygen_bits:2048     | names no host
            -newkey ed25519                                   | of Ed25519 or Ed448
            -newkey ed448                                     | of Ed25519 or Ed448
            -newkey rsa:2048 -addext subjectAltName=DNS:localhost |
            """)
    void whateverTlsCanUseIsServedAndWhatNotAllTakeIsSaid(String options, @Nullable String warning)
            throws IOException {
        Tls tls = pair("made", options);
        try (Served served = served(tls)) {
            for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
                assertThat(presented(served, protocol)).isEqualTo(certificate(tls));
            }
        }
        List<String> warnings = lines(Level.WARN);
        if (warning == null) {
            assertThat(warnings).isEmpty();
        } else {
            assertThat(warnings).anyMatch(each -> each.contains(warning));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            -newkey ec -pkeyopt ec_paramgen_curve:P-384 | ec -in made.key                | EC PRIVATE KEY
            -newkey rsa:2048                            | rsa -in made.key -traditional  | RSA PRIVATE KEY
            """)
    void theOlderFormsOfKeysAreRead(String options, String command, String kind)
            throws IOException {
        Tls tls = pair("made", options);
        Path older = folder.resolve("older.key");
        new OpenSsl(folder).output((command + " -out older.key").split(" ", -1));
        assertThat(Files.readString(older)).contains("BEGIN " + kind);
        try (Served served = served(new Tls(tls.certificate(), older))) {
            assertThat(presented(served, "TLSv1.3")).isEqualTo(certificate(tls));
        }
    }

    /** As {@code openssl ecparam -genkey} writes it; and both in one file, as proxies have them. */
    @Test
    void whatStandsBesideTheKeyIsPassedOver() throws IOException {
        Tls tls = pair("made", "-newkey ec -pkeyopt ec_paramgen_curve:P-256");
        new OpenSsl(folder).output("ec", "-in", "made.key", "-out", "older.key");
        Path all = folder.resolve("all.pem");
        Files.writeString(
                all,
                "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                        + Files.readString(folder.resolve("older.key"))
                        + Files.readString(tls.certificate()));
        try (Served served = served(new Tls(all, all))) {
            assertThat(presented(served, "TLSv1.3")).isEqualTo(certificate(tls));
        }
    }

    @Test
    void aRotationInTwoStepsKeepsTheOldPairUntilTheNewOneIsWhole() throws IOException {
        Tls first = pair("first", "-newkey ec -pkeyopt ec_paramgen_curve:P-256");
        Tls second = pair("second", "-newkey rsa:2048");
        Tls used = new Tls(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        copy(first.certificate(), used.certificate());
        copy(first.privateKey(), used.privateKey());
        try (Served served = served(used)) {
            HttpService service = served.service;
            log.list.clear();
            service.reloadCertificateIfChanged();
            assertThat(log.list).as("nothing has changed").isEmpty();

            copy(second.certificate(), used.certificate());
            for (int looks = 0; looks < 3; looks++) {
                service.reloadCertificateIfChanged();
                assertThat(presented(served, "TLSv1.3")).isEqualTo(certificate(first));
            }
            assertThat(lines(Level.WARN)).hasSize(1);
            assertThat(lines(Level.WARN).getFirst())
                    .contains("the old one stays in use", "do not belong together");
            assertThat(service.certificateFault()).contains("do not belong together");
            assertThat(service.certificates()).containsExactly(certificate(first));

            copy(second.privateKey(), used.privateKey());
            service.reloadCertificateIfChanged();
            assertThat(presented(served, "TLSv1.3")).isEqualTo(certificate(second));
            assertThat(service.certificateFault()).isNull();

            log.list.clear();
            Files.delete(used.privateKey());
            service.reloadCertificateIfChanged();
            service.reloadCertificateIfChanged();
            assertThat(presented(served, "TLSv1.3")).isEqualTo(certificate(second));
            assertThat(lines(Level.WARN)).singleElement().asString().contains("does not exist");

            Files.writeString(used.privateKey(), "half of a k");
            service.reloadCertificateIfChanged();
            assertThat(presented(served, "TLSv1.3")).isEqualTo(certificate(second));
            copy(first.certificate(), used.certificate());
            copy(first.privateKey(), used.privateKey());
            service.reloadCertificateIfChanged();
            assertThat(presented(served, "TLSv1.3")).isEqualTo(certificate(first));
        }
    }

    @Test
    void aCertificateOutOfItsTimeIsServedAndSaidOnce() throws IOException {
        Tls tls = pair("made", "-newkey rsa:2048 -addext subjectAltName=DNS:localhost");
        try (Served served = served(null)) {
            Instant[] now = {Instant.EPOCH};
            Encryption encryption = new Encryption(tls, served.loops.handshakes(), () -> now[0]);
            assertThat(lines(Level.WARN)).singleElement().asString().contains("is valid from");

            log.list.clear();
            Instant ends = encryption.chain().getFirst().getNotAfter().toInstant();
            now[0] = ends;
            encryption.reloadIfChanged();
            assertThat(log.list).isEmpty();
            now[0] = ends.plus(Duration.ofSeconds(1));
            encryption.reloadIfChanged();
            encryption.reloadIfChanged();
            assertThat(lines(Level.WARN)).singleElement().asString().contains("ended at");
        }
    }

    @Test
    void whatCannotBeReadAtTheStartIsSaidThen() throws IOException {
        Tls tls = pair("made", "-newkey rsa:2048");
        Tls missing = new Tls(tls.certificate(), folder.resolve("none"));
        assertThatThrownBy(missing::check)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("(--tls-key) does not exist");
        tls.check();
    }

    @Test
    void aFileThatIsTooLargeIsNotRead() throws IOException {
        Tls tls = pair("made", "-newkey rsa:2048");
        Files.writeString(tls.certificate(), " ".repeat(1 << 20), StandardOpenOption.APPEND);
        assertThatThrownBy(tls::check)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("larger than 1048576 bytes");
    }

    /** As a shell gives what a program writes: it can be read once only. */
    @Test
    @Timeout(60)
    void aPipeIsNotReadBeforeItIsUsed() throws Exception {
        Tls tls = pair("made", "-newkey rsa:2048");
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        Tls piped = new Tls(tls.certificate(), pipe);
        piped.check();
        Thread writer =
                Thread.startVirtualThread(
                        () -> {
                            try (OutputStream out = Files.newOutputStream(pipe)) {
                                long _ = Files.copy(tls.privateKey(), out);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        try (Served served = served(piped)) {
            assertThat(presented(served, "TLSv1.3")).isEqualTo(certificate(tls));
        }
        writer.join();
    }

    private static Served served(@Nullable Tls tls) throws IOException {
        return new Served(new Budget(1 << 30, 100), each -> each, tls);
    }

    private Tls pair(String name, String options) {
        List<String> command = new ArrayList<>(List.of("req", "-x509", "-nodes", "-days", "2"));
        command.addAll(List.of("-subj", "/CN=" + name));
        command.addAll(List.of(options.strip().split(" ", -1)));
        command.addAll(List.of("-keyout", name + ".key", "-out", name + ".pem"));
        new OpenSsl(folder).output(command.toArray(String[]::new));
        return new Tls(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static X509Certificate certificate(Tls tls) throws IOException {
        return TlsFiles.read(tls).chain().getFirst();
    }

    private static X509Certificate presented(Served served, String protocol) throws IOException {
        try (SSLSocket socket =
                (SSLSocket)
                        Served.trusting()
                                .getSocketFactory()
                                .createSocket(
                                        InetAddress.getLoopbackAddress(), served.service.port())) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();
            socket.getOutputStream()
                    .write(
                            "GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                                    .getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readNBytes(15), UTF_8))
                    .isEqualTo("HTTP/1.1 200 OK");
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private List<String> lines(Level level) {
        return log.list.stream()
                .filter(each -> each.getLevel().equals(level))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
