package trent.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.util.AsciiString;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import trent.OpenSsl;
import trent.wire.HttpServerSettings.Tls;

/**
 * A site of a few pages, served by the real thing over real sockets: /large answers megabytes,
 * /page 14 KiB, /later when the test says so, /line the header x-line, all else the length of the
 * body.
 */
final class Served implements AutoCloseable {

    static final int LARGE_BYTES = 16 << 20;
    static final Duration LONG = Duration.ofSeconds(60);

    /** Small: who sends more than is read is still sending when it is answered. */
    private static final int SEND_BUFFER_BYTES = 16 * 1024;

    private static final AsciiString LINE = AsciiString.cached("x-line");
    private static final int PATIENCE_MILLIS = 30_000;

    final Budget budget;
    final EventLoops loops;
    final HttpService service;
    final BlockingQueue<Reply> later = new LinkedBlockingQueue<>();
    private final List<Socket> sockets = new ArrayList<>();

    Served(Budget budget, UnaryOperator<HttpServerSettings> settings, @Nullable Tls tls)
            throws IOException {
        this.budget = budget;
        this.loops = new EventLoops(budget, new SecureRandom()::nextBytes, InstantSource.system());
        HttpServerSettings patient =
                new HttpServerSettings(
                        "127.0.0.1",
                        0,
                        tls,
                        Integer.MAX_VALUE,
                        LONG,
                        LONG,
                        LONG,
                        LONG,
                        TrustedProxies.NONE);
        this.service = HttpService.start(loops, settings.apply(patient), new Pages());
    }

    /** A certificate and its key for the test, in a folder of its own. */
    static Tls certificate(Path folder) throws IOException {
        OpenSsl openSsl = new OpenSsl(folder);
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        openSsl.output(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString(),
                "-days",
                "2",
                "-subj",
                "/CN=localhost");
        if (!Files.exists(certificate)) {
            throw new IOException("openssl made no certificate");
        }
        return new Tls(certificate, key);
    }

    // ---- clients

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        socket.setSendBufferSize(SEND_BUFFER_BYTES);
        sockets.add(socket);
        return socket;
    }

    /** A client that believes every certificate, and remembers its sessions. */
    static SSLContext trusting() {
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(null, new TrustManager[] {new Anybody()}, null);
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has shaken hands. */
    SSLSocket connectTls(SSLContext context, String... protocols) throws IOException {
        SSLSocket socket = over(connect(), context);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** Has shaken hands in TLS 1.2. */
    SSLSocket connectTls12(SSLContext context) throws IOException {
        SSLSocket socket = over(connect(), context);
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        socket.startHandshake();
        return socket;
    }

    SSLSocket over(Socket socket, SSLContext context) throws IOException {
        return (SSLSocket)
                context.getSocketFactory().createSocket(socket, "localhost", service.port(), true);
    }

    /** Fails if it does not come true in good time. */
    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofMillis(PATIENCE_MILLIS).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it never came true");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        socket.getOutputStream().flush();
    }

    static void get(Socket socket, String path) throws IOException {
        send(socket, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    /** The status of the next answer, which has a length; its body is read too. */
    static int status(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) in.readUnsignedByte());
        }
        for (String line : head.toString().split("\r\n", -1)) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length: ")) {
                in.skipNBytes(Long.parseLong(line.substring("content-length: ".length())));
            }
        }
        return Integer.parseInt(head.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
    }

    /** Waits until the server has closed it, whatever it sends before. */
    static boolean isClosed(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] some = new byte[8192];
        try {
            while (in.read(some) >= 0) {
                // what it still sends
            }
            return true;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (IOException _) { // reset: closed all the same
            return true;
        }
    }

    @Override
    public void close() {
        for (Socket each : sockets) {
            try {
                each.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        service.stop(Duration.ZERO);
        loops.close();
    }

    private final class Pages implements Site {

        @Override
        public int maxBodyBytes() {
            return 1 << 20;
        }

        @Override
        public List<Header> headers() {
            return List.of();
        }

        @Override
        public boolean tellsRequestId() {
            return false;
        }

        @Override
        public @Nullable Cors cors() {
            return null;
        }

        @Override
        public void answer(ReceivedRequest request, Reply reply) {
            switch (request.path()) {
                case "/later" -> later.add(reply);
                case "/line" -> reply.send(text(200, "[" + request.header(LINE) + "]"));
                case "/page" -> reply.send(text(200, "x".repeat(14 << 10)));
                case "/large" -> reply.send(text(200, "x".repeat(LARGE_BYTES)));
                default -> reply.send(text(200, request.bodyLength() + " bytes"));
            }
        }

        @Override
        public Answer tooLarge(ReceivedRequest request, String requestId) {
            return text(413, "too large");
        }

        @Override
        public Answer noRoom(ReceivedRequest request, String requestId) {
            return text(503, "no room");
        }

        @Override
        public Answer failed(ReceivedRequest request, String requestId, Throwable fault) {
            return text(500, fault.toString());
        }
    }

    static Answer text(int status, String text) {
        return Answer.of(status, "text/plain", text.getBytes(US_ASCII));
    }

    private static final class Anybody implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // a test's
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // a test's
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
