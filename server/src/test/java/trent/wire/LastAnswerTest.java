package trent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A connection that is closed with an answer: its client can read the answer. */
@Timeout(60)
class LastAnswerTest {

    /** Too little for one body. */
    private static final Budget SMALL = new Budget(512 << 10, 100);

    private static final int BODY_BYTES = 1 << 20;
    private static final int TIMES = 5;

    /** Of 16 KiB, a byte less each: what a client may send before it is told to go on. */
    private static final int WINDOW_FRAMES = 4;

    @TempDir Path folder;

    /** As most clients do: it looks for an answer when it has sent all. */
    private static int statusAfterAll(Socket socket) throws IOException {
        Served.send(
                socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n");
        OutputStream out = socket.getOutputStream();
        byte[] piece = new byte[16 * 1024];
        for (int sent = 0; sent < BODY_BYTES; sent += piece.length) {
            out.write(piece);
        }
        out.flush();
        return Served.status(socket);
    }

    @Test
    void thereIsNoRoom() throws IOException {
        try (Served served = new Served(SMALL, each -> each, null)) {
            for (int i = 0; i < TIMES; i++) {
                assertThat(statusAfterAll(served.connect())).isEqualTo(503);
            }
            assertThat(SMALL.refusedRequests()).isEqualTo(TIMES);
        }
    }

    @Test
    void thereIsNoRoomOverTls() throws IOException {
        Budget small = new Budget(512 << 10, 100);
        try (Served served = new Served(small, each -> each, Served.certificate(folder))) {
            for (int i = 0; i < TIMES; i++) {
                assertThat(statusAfterAll(served.connectTls(Served.trusting()))).isEqualTo(503);
            }
        }
    }

    @Test
    void thereIsNoRoomOverHttp2() throws IOException {
        Budget tiny = new Budget(128 << 10, 100);
        try (Served served = new Served(tiny, each -> each, Served.certificate(folder))) {
            for (int i = 0; i < TIMES; i++) {
                SSLSocket socket = served.connectTls(Served.trusting(), "h2");
                Http2Frames client = Http2Frames.over(socket);
                client.request(1, 0, 0x83, "/");
                for (int sent = 0; sent < WINDOW_FRAMES; sent++) {
                    client.send(Http2Frames.DATA, 0, 1, new byte[16 * 1024 - 1]);
                }
                assertThat(client.next(Http2Frames.DATA, 1)).asString().isEqualTo("no room");
                assertThat(Served.isClosed(socket)).isTrue();
            }
            assertThat(tiny.refusedRequests()).isEqualTo(TIMES);
        }
    }

    @Test
    void whatIsNoRequestIsFollowedByMuch() throws IOException {
        try (Served served = new Served(new Budget(64 << 20, 100), each -> each, null)) {
            for (int i = 0; i < TIMES; i++) {
                Socket socket = served.connect();
                Served.send(socket, "no request\r\n\r\n" + "x".repeat(BODY_BYTES));
                assertThat(Served.status(socket)).isEqualTo(400);
            }
        }
    }

    @Test
    void itIsClosedThoughItsClientStays() throws IOException {
        try (Served served = new Served(new Budget(64 << 20, 100), each -> each, null)) {
            Served.send(served.connect(), "no request\r\n\r\n");
            Served.await(() -> served.budget.openConnections() > 0);
            Served.await(() -> served.budget.openConnections() == 0);
        }
    }

    @Test
    void itIsClosedThoughItsClientNeverStopsSending() throws IOException {
        try (Served served = new Served(new Budget(64 << 20, 100), each -> each, null)) {
            Socket socket = served.connect();
            Served.send(socket, "no request\r\n\r\n");
            byte[] more = new byte[64 * 1024];
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    socket.getOutputStream().write(more);
                                }
                            })
                    .isInstanceOf(IOException.class);
        }
    }
}
