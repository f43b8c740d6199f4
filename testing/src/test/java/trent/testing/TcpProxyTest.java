package trent.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import trent.testing.TcpProxy.Direction;

class TcpProxyTest {

    /** For what must come, within which a slow machine must have delivered it. */
    private static final int PATIENCE_MS = 10_000;

    /** For what must not come: longer would only prove more. */
    private static final int SILENCE_MS = 100;

    private final ServerSocket listener;
    private final TcpProxy proxy;
    private final Socket client;
    private final Socket server;

    TcpProxyTest() throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy = TcpProxy.to(listener.getLocalPort());
        client = dial();
        server = listener.accept();
    }

    @AfterEach
    void close() throws IOException {
        try (listener;
                proxy;
                client;
                server) {
            // All are closed, whatever a test has left.
        }
    }

    @Test
    void whatIsSaidArrivesAndEndsAsItWasEnded() throws IOException {
        say(client, 'a');
        assertThat(heard(server)).isEqualTo('a');
        client.shutdownOutput();
        assertThat(heard(server)).isEqualTo(-1);
        say(server, 'b');
        assertThat(heard(client)).isEqualTo('b');
        server.close();
        assertThat(heard(client)).isEqualTo(-1);
    }

    @Test
    void oneHalfIsSwallowedAndTheOtherPasses() throws IOException {
        proxy.swallow(Direction.TO_SERVER);
        say(client, 'a');
        assertSilent(server);
        say(server, 'b');
        assertThat(heard(client)).isEqualTo('b');
    }

    @Test
    void theServersHalfIsSwallowed() throws IOException {
        proxy.swallow(Direction.FROM_SERVER);
        say(server, 'a');
        assertSilent(client);
        say(client, 'b');
        assertThat(heard(server)).isEqualTo('b');
    }

    @Test
    void aConnectionThatLostBytesIsResetWhenTheWireIsHealed() throws IOException {
        proxy.swallow(Direction.values());
        say(client, 'a');
        assertSilent(server);
        proxy.heal();
        assertThatThrownBy(() -> heard(server)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> heard(client)).isInstanceOf(IOException.class);
        try (Socket again = dial();
                Socket its = listener.accept()) {
            say(again, 'c');
            assertThat(heard(its)).isEqualTo('c');
        }
    }

    @Test
    void aConnectionThatLostNothingOutlivesTheCut() throws IOException {
        proxy.swallow(Direction.values());
        proxy.heal();
        say(client, 'a');
        assertThat(heard(server)).isEqualTo('a');
    }

    @Test
    void theEndOfAConnectionIsLostToo() throws IOException {
        proxy.swallow(Direction.TO_SERVER);
        client.close();
        assertSilent(server);
        proxy.heal();
        assertThatThrownBy(() -> heard(server)).isInstanceOf(IOException.class);
    }

    @Test
    void whatWasHeldArrivesAfterItsSenderHasGone() throws IOException {
        proxy.hold(Direction.TO_SERVER);
        say(client, 'a');
        client.close();
        assertSilent(server);
        proxy.heal();
        assertThat(heard(server)).isEqualTo('a');
        assertThat(heard(server)).isEqualTo(-1);
    }

    @Test
    void whatIsDelayedArrives() throws IOException {
        proxy.delay(Duration.ofMillis(SILENCE_MS * 3));
        say(client, 'a');
        assertSilent(server);
        assertThat(heard(server)).isEqualTo('a');
    }

    @Test
    void whoIsRefusedIsResetAndWhoIsThereGoesOn() throws IOException {
        proxy.refuse();
        assertThatThrownBy(
                        () -> {
                            try (Socket refused = dial()) {
                                say(refused, 'a');
                                heard(refused);
                            }
                        })
                .isInstanceOf(IOException.class);
        say(client, 'a');
        assertThat(heard(server)).isEqualTo('a');
    }

    @Test
    void aCutResetsBothSidesAndNewConnectionsAreServed() throws IOException {
        proxy.cut();
        assertThatThrownBy(() -> heard(client)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> heard(server)).isInstanceOf(IOException.class);
        try (Socket again = dial();
                Socket its = listener.accept()) {
            say(its, 'a');
            assertThat(heard(again)).isEqualTo('a');
        }
    }

    @Test
    void aServerThatIsNotThereResetsTheClient() throws IOException {
        listener.close();
        assertThatThrownBy(
                        () -> {
                            try (Socket alone = dial()) {
                                say(alone, 'a');
                                heard(alone);
                            }
                        })
                .isInstanceOf(IOException.class);
    }

    private Socket dial() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
        return socket;
    }

    private static void say(Socket socket, int letter) throws IOException {
        socket.getOutputStream().write(letter);
    }

    private static int heard(Socket socket) throws IOException {
        socket.setSoTimeout(PATIENCE_MS);
        return socket.getInputStream().read();
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MS);
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketTimeoutException.class);
    }
}
