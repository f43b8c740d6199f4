package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.RawConnection.Reply;

/** A name to listen on, and pages that call from a browser. */
@ExtendWith(Workplace.class)
@TestInstance(Lifecycle.PER_CLASS)
class ListenTest {

    private static final String ORIGIN = "https://console.example.com";
    private static final String ALLOWED = "Access-Control-Allow-Origin";

    private final TrentProcess trent =
            TrentProcess.dev().listening("localhost:0").with("--cors-origin", ORIGIN).start();

    @AfterAll
    void stop() {
        trent.close();
    }

    @Test
    void everyAddressOfANameIsListenedOn() throws IOException {
        for (InetAddress address : InetAddress.getAllByName("localhost")) {
            try (Socket socket = new Socket(address, trent.port())) {
                assertThat(socket.isConnected()).as(address.toString()).isTrue();
            }
        }
    }

    /** Whichever it is: half of the clients would find another server. */
    @Test
    void aPortThatIsTakenOnOneAddressOfANameIsRefused() throws IOException {
        for (InetAddress address : InetAddress.getAllByName("localhost")) {
            try (ServerSocket taken = new ServerSocket(0, 1, address)) {
                TrentProcess.Ended refused =
                        TrentProcess.dev()
                                .listening("localhost:" + taken.getLocalPort())
                                .runToEnd();
                assertThat(refused.exitCode()).as(refused.output()).isEqualTo(1);
                assertThat(refused.stderr()).contains("cannot listen on localhost:");
            }
        }
    }

    @Test
    void aPageOfTheOriginMayAskAndCall() throws IOException {
        Reply preflight =
                ask(
                        "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: %s\r\nAccess-Control-Request-Method: POST\r\n\r\n"
                                .formatted(ORIGIN));
        assertThat(preflight.status()).isEqualTo(200);
        assertThat(preflight.header(ALLOWED)).hasValue(ORIGIN);
        assertThat(preflight.header("Access-Control-Allow-Methods")).hasValue("POST");
        assertThat(preflight.header("Access-Control-Allow-Headers").orElse(""))
                .contains("Authorization", "X-Amz-Target", "X-Amz-Date");

        Reply called = call(ORIGIN);
        assertThat(called.status()).isEqualTo(200);
        assertThat(called.header(ALLOWED)).hasValue(ORIGIN);
        assertThat(called.header("Access-Control-Expose-Headers").orElse(""))
                .contains("x-amzn-RequestId");
    }

    @Test
    void aPageOfAnotherOriginMayNot() throws IOException {
        Reply refused = call("https://elsewhere.example.com");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.header(ALLOWED)).isEmpty();
    }

    @Test
    void onTheAdminAddressNeither() throws IOException {
        for (String line :
                new String[] {
                    "Host: localhost\r\nOrigin: https://elsewhere.example.com", "Host: evil.example"
                }) {
            try (RawConnection connection = RawConnection.to(trent.admin().getPort())) {
                connection.send("GET /metrics HTTP/1.1\r\n" + line + "\r\n\r\n");
                assertThat(connection.reply().status()).as(line).isEqualTo(403);
            }
        }
    }

    @Test
    void underANameThatAPageChoseNothingIsAnswered() throws IOException {
        assertThat(
                        ask("POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n")
                                .status())
                .isEqualTo(403);
    }

    private Reply call(String origin) throws IOException {
        byte[] body = "{}".getBytes(UTF_8);
        return ask(
                new String(
                        Kms.request(
                                trent.port(),
                                Signer.TEST,
                                "ListKeys",
                                body,
                                "Origin: " + origin + "\r\nContent-Length: 2\r\n",
                                body),
                        UTF_8));
    }

    private Reply ask(String request) throws IOException {
        try (RawConnection connection = trent.connect()) {
            connection.send(request);
            return connection.reply();
        }
    }
}
