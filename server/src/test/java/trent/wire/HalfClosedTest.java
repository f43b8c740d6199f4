package trent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that says all and then that it says no more: it gets all its answers, and the end. */
@Timeout(60)
class HalfClosedTest {

    private static final int ROUNDS = 500;
    private static final int TLS_ROUNDS = 50;

    /** More than are answered in a turn, and than may wait for their reader. */
    private static final int LONG_PIPELINE = 40;

    private static final String PAGE = "GET /page HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String LATER = "GET /later HTTP/1.1\r\nHost: x\r\n\r\n";

    @TempDir Path folder;

    private static Served plain() throws IOException {
        return new Served(new Budget(64 << 20, 1000), each -> each, null);
    }

    private Served encrypted() throws IOException {
        return new Served(new Budget(64 << 20, 1000), each -> each, Served.certificate(folder));
    }

    private static void assertAnswered(Socket socket, int answers) throws IOException {
        for (int i = 0; i < answers; i++) {
            assertThat(Served.status(socket)).as("answer " + i).isEqualTo(200);
        }
        assertThat(socket.getInputStream().read()).as("what follows the last").isNegative();
    }

    /** The end comes while the last is carried out. */
    @Test
    void itGetsTheLastAnswerToo() throws Exception {
        try (Served served = plain();
                Socket other = served.connect()) {
            for (int i = 0; i < ROUNDS; i++) {
                try (Socket socket = served.connect()) {
                    Served.send(socket, PAGE + PAGE + LATER);
                    socket.shutdownOutput();
                    Reply last = served.later.take();
                    Served.get(other, "/"); // so long it takes at least
                    assertThat(Served.status(other)).isEqualTo(200);
                    last.send(Served.text(200, "last"));
                    assertAnswered(socket, 3);
                }
            }
            Served.await(() -> served.budget.openConnections() == 1);
        }
    }

    /** The end comes while the first is carried out, and the others are not looked at yet. */
    @Test
    void itGetsWhatWasNotLookedAtYet() throws Exception {
        try (Served served = plain()) {
            for (int i = 0; i < ROUNDS; i++) {
                try (Socket socket = served.connect()) {
                    Served.send(socket, LATER + LATER + "GET /half of a re");
                    socket.shutdownOutput();
                    served.later.take().send(Served.text(200, "first"));
                    served.later.take().send(Served.text(200, "second"));
                    assertAnswered(socket, 2);
                }
            }
        }
    }

    @Test
    void itGetsALongPipelineAnswered() throws IOException {
        try (Served served = plain()) {
            for (int i = 0; i < TLS_ROUNDS; i++) {
                try (Socket socket = served.connect()) {
                    Served.send(socket, PAGE.repeat(LONG_PIPELINE));
                    socket.shutdownOutput();
                    assertAnswered(socket, LONG_PIPELINE);
                }
            }
        }
    }

    /** It says so in TLS, and closes its half of the socket. */
    @Test
    void itGetsAllOverTls() throws Exception {
        try (Served served = encrypted()) {
            for (int i = 0; i < TLS_ROUNDS; i++) {
                try (SSLSocket socket = served.connectTls(Served.trusting())) {
                    Served.send(socket, PAGE.repeat(LONG_PIPELINE) + LATER);
                    socket.shutdownOutput();
                    served.later.take().send(Served.text(200, "last"));
                    assertAnswered(socket, LONG_PIPELINE + 1);
                }
            }
            Served.await(() -> served.budget.openConnections() == 0);
        }
    }

    /** It closes its half of the socket without a word in TLS. */
    @Test
    void itGetsAllOverTlsWithoutALastWord() throws Exception {
        try (Served served = encrypted()) {
            for (int i = 0; i < TLS_ROUNDS; i++) {
                Socket below = served.connect();
                try (SSLSocket socket = served.over(below, Served.trusting())) {
                    socket.startHandshake();
                    Served.send(socket, PAGE.repeat(2) + LATER);
                    below.shutdownOutput();
                    served.later.take().send(Served.text(200, "last"));
                    assertAnswered(socket, 3);
                }
            }
        }
    }

    @Test
    void itGetsAllOverHttp2() throws Exception {
        try (Served served = encrypted()) {
            for (int i = 0; i < TLS_ROUNDS; i++) {
                try (SSLSocket socket = served.connectTls(Served.trusting(), "h2")) {
                    Http2Frames client = Http2Frames.over(socket);
                    client.request(1, Http2Frames.END_STREAM, 0x82, "/later");
                    client.request(3, 0, 0x83, "/half");
                    socket.shutdownOutput();
                    assertThat(client.reset(3)).isEqualTo(Http2Frames.CANCEL);
                    served.later.take().send(Served.text(200, "last"));
                    assertThat(client.next(Http2Frames.DATA, 1)).isNotEmpty();
                    assertThat(Served.isClosed(socket)).isTrue();
                }
            }
            Served.await(() -> served.budget.openConnections() == 0);
        }
    }

    /** Nothing of it can become whole: it is not waited for, as deadlines here are a minute. */
    @Test
    void halfARequestIsNotWaitedFor() throws IOException {
        try (Served served = plain()) {
            for (String half :
                    new String[] {
                        "",
                        "GET / HT",
                        "GET / HTTP/1.1\r\nHost: x\r\n",
                        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"
                    }) {
                Socket socket = served.connect();
                Served.send(socket, half);
                socket.shutdownOutput();
                assertThat(Served.isClosed(socket)).as(half).isTrue();
            }
            Served.await(() -> served.budget.openConnections() == 0);
        }
    }

    @Test
    void itIsClosedIfItReadsNothing() throws IOException {
        Duration shortly = Duration.ofMillis(200);
        try (Served served =
                new Served(
                        new Budget(64 << 20, 1000),
                        all ->
                                new HttpServerSettings(
                                        all.host(),
                                        all.port(),
                                        all.tls(),
                                        all.maxConnections(),
                                        all.firstRequest(),
                                        all.body(),
                                        shortly,
                                        all.idle(),
                                        all.trusted()),
                        null)) {
            Socket socket = served.connect();
            Served.get(socket, "/large");
            socket.shutdownOutput();
            Served.await(() -> served.budget.heldBytes() >= Served.LARGE_BYTES / 2);
            Served.await(() -> served.budget.openConnections() == 0);
        }
    }
}
