package trent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trent.wire.HttpServerSettings.Tls;

/** TLS handshakes: bounded, beside the event loops, and newcomers get in. */
@Timeout(60)
class HandshakesTest {

    /** Room for 16 handshakes at a time. */
    private static final long BYTES = 16 * 4 * Handshakes.HANDSHAKE_BYTES;

    @TempDir Path folder;

    private final SSLContext client = Served.trusting();
    private Tls tls = new Tls(Path.of("none"), Path.of("none"));

    @BeforeEach
    void certificate() throws IOException {
        tls = Served.certificate(folder);
    }

    /** The first half of a handshake. */
    private byte[] hello() throws IOException {
        SSLEngine engine = client.createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer bytes = ByteBuffer.allocate(32 * 1024);
        engine.wrap(ByteBuffer.allocate(0), bytes);
        byte[] hello = new byte[bytes.position()];
        bytes.flip().get(hello);
        return hello;
    }

    private Served served() throws IOException {
        return new Served(new Budget(BYTES, 1000), each -> each, tls);
    }

    @Test
    void soManyAtATimeAndTheOthersWait() throws Exception {
        try (Served served = served()) {
            Handshakes handshakes = served.loops.handshakes();
            assertThat(handshakes.places()).isEqualTo(16);
            byte[] hello = hello();
            for (int i = 0; i < 40; i++) {
                Socket socket = served.connect();
                socket.getOutputStream().write(hello);
            }
            Served.await(() -> handshakes.inProgress() == 16);

            // It comes last, and those that wait since before it have no place yet.
            try (SSLSocket newcomer = served.connectTls(client)) {
                Served.get(newcomer, "/");
                assertThat(Served.status(newcomer)).isEqualTo(200);
            }
            assertThat(handshakes.inProgress()).isLessThanOrEqualTo(16);
        }
    }

    /** As in flood.py: whoever is closed comes again at once. */
    @Test
    void newcomersAreServedWhileStrangersHoldAllPlacesAndComeAgain() throws Exception {
        try (Served served = served()) {
            byte[] hello = hello();
            AtomicBoolean over = new AtomicBoolean();
            CountDownLatch begun = new CountDownLatch(1);
            Thread strangers =
                    Thread.ofPlatform().start(() -> comeAgain(served, hello, begun, over));
            try {
                begun.await();
                for (int i = 0; i < 10; i++) {
                    try (SSLSocket newcomer = served.connectTls(Served.trusting())) {
                        Served.get(newcomer, "/");
                        assertThat(Served.status(newcomer)).isEqualTo(200);
                    }
                }
            } finally {
                over.set(true);
                strangers.join();
            }
        }
    }

    private static void comeAgain(
            Served served, byte[] hello, CountDownLatch begun, AtomicBoolean over) {
        Deque<Socket> held = new ArrayDeque<>();
        try {
            while (!over.get()) {
                if (held.size() < 150) {
                    Socket socket =
                            new Socket(InetAddress.getLoopbackAddress(), served.service.port());
                    socket.getOutputStream().write(hello);
                    socket.setSoTimeout(1);
                    held.add(socket);
                } else {
                    begun.countDown();
                    Socket oldest = held.removeFirst();
                    if (closed(oldest)) {
                        oldest.close();
                    } else {
                        held.addLast(oldest);
                    }
                }
            }
            for (Socket each : held) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean closed(Socket socket) {
        byte[] some = new byte[4096];
        try {
            return socket.getInputStream().read(some) < 0;
        } catch (SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    @Test
    void whileHandshakesComputeTheOthersAreServed() throws Exception {
        try (Served served = served();
                SSLSocket established = served.connectTls(client)) {
            CountDownLatch goOn = new CountDownLatch(1);
            int cores = Runtime.getRuntime().availableProcessors();
            CountDownLatch busy = new CountDownLatch(cores);
            for (int i = 0; i < cores; i++) {
                served.loops
                        .handshakes()
                        .compute(
                                false,
                                () -> {
                                    busy.countDown();
                                    try {
                                        goOn.await();
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                });
            }
            busy.await();

            Socket half = served.connect();
            half.getOutputStream().write(hello());
            Served.await(() -> served.loops.handshakes().queued() == 1);
            Served.get(established, "/");
            assertThat(Served.status(established)).as("nothing computes on a loop").isEqualTo(200);

            goOn.countDown();
            assertThat(half.getInputStream().read()).as("the server's half").isPositive();
        }
    }

    @Test
    void whoseClientHasAnsweredGoesFirstThenTheNewest() throws Exception {
        DefaultEventExecutor timer = new DefaultEventExecutor();
        try (Handshakes handshakes = new Handshakes(new Budget(BYTES, 16), 1, timer)) {
            BlockingQueue<String> done = new LinkedBlockingQueue<>();
            CountDownLatch goOn = new CountDownLatch(1);
            CountDownLatch busy = new CountDownLatch(1);
            handshakes.compute(
                    false,
                    () -> {
                        busy.countDown();
                        try {
                            goOn.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
            busy.await();
            handshakes.compute(false, () -> done.add("oldest"));
            handshakes.compute(true, () -> done.add("answered"));
            handshakes.compute(false, () -> done.add("newest"));
            goOn.countDown();
            assertThat(List.of(done.take(), done.take(), done.take()))
                    .containsExactly("answered", "newest", "oldest");
        } finally {
            timer.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void whoIsDoneOrGoneLeavesItsPlace() throws Exception {
        try (Served served = served()) {
            Handshakes handshakes = served.loops.handshakes();
            Socket half = served.connect();
            half.getOutputStream().write(hello());
            Served.await(() -> handshakes.inProgress() == 1);
            try (SSLSocket whole = served.connectTls(client)) {
                Served.await(() -> handshakes.inProgress() == 1);
                Served.get(whole, "/");
                assertThat(Served.status(whole)).isEqualTo(200);
            }
            half.close();
            Served.await(() -> handshakes.inProgress() == 0);
            assertThat(handshakes.waiting()).isZero();
        }
    }
}
