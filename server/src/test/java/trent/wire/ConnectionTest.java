package trent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.wire.HttpServerSettings.Tls;

/** What a connection holds is what is counted, and what it was asked is answered. */
@Timeout(60)
class ConnectionTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n";
    private static final String LINES = "x-line: %s\r\n".formatted("v".repeat(200)).repeat(120);

    private static final String TRAILERS =
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + LINES;

    private static final int CONNECTIONS = 400;

    @TempDir Path folder;

    /** Of lines that are read nothing is kept, and what is being read is counted. */
    @ParameterizedTest
    @ValueSource(strings = {"head, answered", "trailers, unfinished", "URI, answered"})
    void whatIsKeptIsCounted(String what) throws IOException {
        String request =
                switch (what) {
                    case "head, answered" -> GET + LINES + "\r\n";
                    case "trailers, unfinished" -> TRAILERS;
                    default -> "GET /" + "u".repeat(16_000) + " HTTP/1.1\r\nHost: x\r\n\r\n";
                };
        try (Served served = new Served(new Budget(1 << 30, 10_000), each -> each, null)) {
            one(served, request, what); // classes are loaded
            long before = used();
            long countedBefore = served.budget.heldBytes();
            for (int i = 0; i < CONNECTIONS; i++) {
                one(served, request, what);
            }
            long counted = served.budget.heldBytes() - countedBefore;
            assertThat(used() - before).isLessThan(2 * counted + (1 << 20));
        }
    }

    private static void one(Served served, String request, String what) throws IOException {
        long before = served.budget.heldBytes();
        Socket socket = served.connect();
        Served.send(socket, request);
        if (what.endsWith("answered")) {
            assertThat(Served.status(socket)).isEqualTo(200);
        } else {
            while (served.budget.heldBytes() - before < LINES.length()) {
                LockSupport.parkNanos(100_000); // until they are read
            }
        }
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Six fill what may wait for the reader; the kernel takes them, and nothing more comes. */
    @ParameterizedTest
    @ValueSource(ints = {2, 5, 6, 7, 8, 17, 40})
    void theLastOfAPipelineIsAnsweredToo(int requests) throws IOException {
        try (Served served = new Served(new Budget(1 << 30, 100), each -> each, null)) {
            Socket socket = served.connect();
            Served.send(socket, "GET /page HTTP/1.1\r\nHost: x\r\n\r\n".repeat(requests));
            for (int i = 0; i < requests; i++) {
                assertThat(Served.status(socket)).as("answer " + i).isEqualTo(200);
            }
        }
    }

    @Test
    void aKeyThatIsNotTheCertificatesIsRefused() throws IOException {
        Tls one = Served.certificate(Files.createDirectory(folder.resolve("one")));
        Tls other = Served.certificate(Files.createDirectory(folder.resolve("other")));
        Tls mixed = new Tls(one.certificate(), other.privateKey());
        Budget budget = new Budget(1 << 30, 100);
        assertThatThrownBy(() -> new Served(budget, each -> each, mixed).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("do not belong together")
                .hasMessageContaining("not the certificate's");
    }
}
