package trent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.wire.CannotListen.Why;

/** Why an address cannot be listened on. */
class CannotListenTest {

    @ParameterizedTest
    @CsvSource({
        "TAKEN, another program has that port, port 0 takes a free one",
        "NOT_ALLOWED, ports below 1024 are for the superuser, CAP_NET_BIND_SERVICE",
        "ELSEWHERE, this machine does not have that address, 0.0.0.0 is all of them",
        "UNKNOWN_NAME, nobody knows an address of that name, such as 127.0.0.1"
    })
    void saysWhatIsWrongAndWhatToDo(Why why, String wrong, String remedy) {
        CannotListen alone = new CannotListen("::1", 80, why);
        assertThat(alone)
                .hasMessageStartingWith("cannot listen on [::1]:80: " + wrong)
                .hasMessageEndingWith(remedy);
        assertThat(alone.of("--listen"))
                .hasMessageStartingWith(
                        "cannot listen on [::1]:80, the address of --listen: " + wrong)
                .hasMessageEndingWith(remedy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "0.0.0.0"})
    void aPortThatIsTakenIsFoundOutBeforehandAndAFreeOneStaysFree(String host) throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
            assertThatThrownBy(() -> HttpService.requireFree(host, port))
                    .isInstanceOf(CannotListen.class)
                    .hasMessageContaining("another program");
        }
        HttpService.requireFree(host, port);
        HttpService.requireFree(host, port);
        try (ServerSocket again = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(again.getLocalPort()).isEqualTo(port);
        }
    }

    @Test
    void anAddressThatIsNotOursIsNotCalledTaken() {
        assertThatThrownBy(() -> HttpService.requireFree("192.0.2.1", 4599))
                .isInstanceOf(CannotListen.class)
                .hasMessageContaining("does not have that address");
    }
}
