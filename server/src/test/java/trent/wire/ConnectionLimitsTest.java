package trent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a connection may take for what, and how much of HTTP/2 and TLS it may have. */
@Timeout(60)
class ConnectionLimitsTest {

    private static final Duration SHORT = Duration.ofMillis(200);
    private static final long PLENTY = 256 << 20;

    private static final int MAX_STREAMS = 100;
    private static final int MAX_SESSIONS = 256;

    @TempDir Path folder;

    private static HttpServerSettings times(
            HttpServerSettings all, Duration head, Duration body, Duration answer, Duration idle) {
        return new HttpServerSettings(
                all.host(),
                all.port(),
                all.tls(),
                all.maxConnections(),
                head,
                body,
                answer,
                idle,
                all.trusted());
    }

    // Each shortens one of the four times, the others being a minute.

    private static HttpServerSettings shortHead(HttpServerSettings all) {
        return times(all, SHORT, all.body(), all.answer(), all.idle());
    }

    private static HttpServerSettings shortBody(HttpServerSettings all) {
        return times(all, all.firstRequest(), SHORT, all.answer(), all.idle());
    }

    private static HttpServerSettings shortAnswer(HttpServerSettings all) {
        return times(all, all.firstRequest(), all.body(), SHORT, all.idle());
    }

    private static HttpServerSettings shortIdle(HttpServerSettings all) {
        return times(all, all.firstRequest(), all.body(), all.answer(), SHORT);
    }

    private Served plain(UnaryOperator<HttpServerSettings> settings) throws IOException {
        return new Served(new Budget(PLENTY, 1000), settings, null);
    }

    private Served encrypted(UnaryOperator<HttpServerSettings> settings) throws IOException {
        return new Served(new Budget(PLENTY, 1000), settings, Served.certificate(folder));
    }

    // ---- HTTP/1.1

    @ParameterizedTest
    @ValueSource(strings = {"", "P", "GET / HTTP/1.1\r\nHost: x\r\n"})
    void aHeadThatIsNotCompleteInTime(String begun) throws IOException {
        try (Served served = plain(ConnectionLimitsTest::shortHead)) {
            Socket socket = served.connect();
            Served.send(socket, begun);
            assertThat(Served.isClosed(socket)).isTrue();
        }
    }

    @Test
    void aLaterHeadThatIsNotCompleteInTime() throws IOException {
        try (Served served = plain(ConnectionLimitsTest::shortHead)) {
            Socket socket = served.connect();
            Served.get(socket, "/");
            assertThat(Served.status(socket)).isEqualTo(200);
            Served.send(socket, "GET / HT");
            assertThat(Served.isClosed(socket)).isTrue();
        }
    }

    @Test
    void aHandshakeThatIsNotCompleteInTime() throws IOException {
        try (Served served = encrypted(ConnectionLimitsTest::shortHead)) {
            Socket socket = served.connect();
            socket.getOutputStream().write(0x16);
            assertThat(Served.isClosed(socket)).isTrue();
        }
    }

    @Test
    void aBodyThatIsNotCompleteInTime() throws IOException {
        try (Served served = plain(ConnectionLimitsTest::shortBody)) {
            Socket socket = served.connect();
            Served.send(
                    socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf of it");
            assertThat(Served.isClosed(socket)).isTrue();
        }
    }

    @Test
    void anAnswerThatIsNotReadInTime() throws IOException {
        try (Served served = plain(ConnectionLimitsTest::shortAnswer)) {
            Socket socket = served.connect();
            Served.get(socket, "/large");
            Served.await(() -> served.budget.heldBytes() >= Served.LARGE_BYTES / 2);
            Served.await(() -> served.budget.openConnections() == 0);
            assertThat(read(socket)).isLessThan(Served.LARGE_BYTES);
        }
    }

    private static long read(Socket socket) {
        long all = 0;
        byte[] some = new byte[65536];
        try {
            for (int n = 0; n >= 0; n = socket.getInputStream().read(some)) {
                all += n;
            }
        } catch (IOException _) {
            // reset
        }
        return all;
    }

    @Test
    void aConnectionBetweenRequests() throws IOException {
        try (Served served = plain(ConnectionLimitsTest::shortIdle)) {
            Socket socket = served.connect();
            Served.get(socket, "/");
            assertThat(Served.status(socket)).isEqualTo(200);
            assertThat(Served.isClosed(socket)).isTrue();
        }
    }

    /** What takes its time within the bounds of others is left alone. */
    @Test
    void aRequestInWorkIsNotIdle() throws Exception {
        try (Served served = plain(s -> times(s, SHORT, SHORT, SHORT, SHORT))) {
            Socket first = served.connect();
            Served.get(first, "/later");
            Reply reply = served.later.take();
            Socket second = served.connect();
            assertThat(Served.isClosed(second)).as("later than all of them").isTrue();
            reply.send(Served.text(200, "now"));
            assertThat(Served.status(first)).isEqualTo(200);
        }
    }

    // ---- HTTP/2

    @Test
    void oneStreamMoreThanAHundred() throws IOException {
        try (Served served = encrypted(s -> s)) {
            Http2Frames client = Http2Frames.to(served);
            client.next(Http2Frames.SETTINGS, 0);
            for (int i = 0; i <= MAX_STREAMS; i++) {
                client.request(1 + 2 * i, 0, 0x83, "/");
            }
            assertThat(client.reset(1 + 2 * MAX_STREAMS)).isEqualTo(Http2Frames.REFUSED_STREAM);
            client.send(
                    Http2Frames.DATA,
                    Http2Frames.END_STREAM,
                    1 + 2 * (MAX_STREAMS - 1),
                    (byte) 'x');
            assertThat(client.next(Http2Frames.DATA, 1 + 2 * (MAX_STREAMS - 1)))
                    .as("the hundredth is served")
                    .isNotEmpty();
        }
    }

    /** Another stream's activity does not prolong it, nor does its end shorten the others'. */
    @Test
    void aStreamWhoseBodyIsNotCompleteInTime() throws IOException {
        try (Served served = encrypted(ConnectionLimitsTest::shortBody)) {
            Http2Frames client = Http2Frames.to(served);
            client.request(1, 0, 0x83, "/");
            client.send(Http2Frames.DATA, 0, 1, (byte) 'x');
            client.request(3, Http2Frames.END_STREAM, 0x82, "/");
            assertThat(client.next(Http2Frames.DATA, 3)).isNotEmpty();
            assertThat(client.reset(1)).isEqualTo(Http2Frames.CANCEL);
            client.request(5, Http2Frames.END_STREAM, 0x82, "/");
            assertThat(client.next(Http2Frames.DATA, 5)).isNotEmpty();
        }
    }

    @Test
    void aStreamWhoseAnswerIsNotReadInTime() throws IOException {
        try (Served served = encrypted(ConnectionLimitsTest::shortAnswer)) {
            Http2Frames client = Http2Frames.to(served);
            client.request(1, Http2Frames.END_STREAM, 0x82, "/large");
            // It is sent as far as the window goes, which this client never moves for it.
            assertThat(client.reset(1)).isEqualTo(Http2Frames.CANCEL);
            client.send(Http2Frames.WINDOW_UPDATE, 0, 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0);
            client.request(3, Http2Frames.END_STREAM, 0x82, "/");
            assertThat(client.next(Http2Frames.DATA, 3)).isNotEmpty();
        }
    }

    // ---- TLS

    /** Clients without tickets are remembered by the server: these, and no more. */
    @Test
    void theSessionsThatAreRemembered() throws IOException {
        String tickets = "jdk.tls.client.enableSessionTicketExtension";
        try (Served served = encrypted(s -> s)) {
            System.setProperty(tickets, "false");
            SSLContext first = Served.trusting();
            byte[] id = session(served, first);
            assertThat(session(served, first)).as("it is remembered").isEqualTo(id);
            for (int i = 0; i < MAX_SESSIONS; i++) {
                session(served, Served.trusting());
            }
            byte[] other = session(served, first);
            assertThat(Arrays.equals(other, id)).as("it is still remembered").isFalse();
            assertThat(session(served, first)).as("the newest is remembered").isEqualTo(other);
        } finally {
            System.clearProperty(tickets);
        }
    }

    private static byte[] session(Served served, SSLContext client) throws IOException {
        try (SSLSocket socket = served.connectTls12(client)) {
            Served.get(socket, "/");
            assertThat(Served.status(socket)).isEqualTo(200);
            return socket.getSession().getId();
        }
    }
}
