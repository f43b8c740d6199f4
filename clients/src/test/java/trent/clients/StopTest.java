package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The end by signals: the first has what was accepted finished, the second ends it at once. */
@ExtendWith(Workplace.class)
@Timeout(300)
class StopTest {

    /** Two signals within less are taken for one. */
    private static final long NOT_THE_SAME_NANOS = Duration.ofMillis(400).toNanos();

    /** What a shell adds to the number of the signal that ended a process. */
    private static final int BY_SIGNAL = 128;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final byte[] BODY = "{\"Description\":\"begun before the end\"}".getBytes(UTF_8);
    private static final int WRITERS = 4;
    private static final int ACKNOWLEDGED = 200;

    @Test
    void whatWasBegunIsFinishedAndIsSaid() throws IOException {
        try (TrentProcess trent = TrentProcess.server().start();
                RawConnection begun = begun(trent)) {
            trent.terminate();
            said(trent, "stopping: 1 call");
            said(trent, "still stopping: 1 call under way");
            begun.send(BODY);
            RawConnection.Reply reply = begun.reply();
            assertThat(reply.status()).as(reply.body()).isEqualTo(200);
            assertThat(trent.exitCode()).isZero();
            assertThat(trent.stderr()).contains("stopped");
            trent.restart();
            String key = keyIn(reply);
            assertThat(trent.kms(Signer.ROOT).call("DescribeKey", Map.of("KeyId", key)).code())
                    .isEqualTo("200");
        }
    }

    /** A shell adds 128 to the number of the signal. */
    @ParameterizedTest
    @CsvSource({"TERM, 143", "HUP, 129"})
    void aSecondSignalEndsItAtOnce(String signal, int exitCode) throws IOException {
        assumeThat(isIgnored(exitCode - BY_SIGNAL))
                .as("as nohup has it, for all it starts")
                .isFalse();
        try (TrentProcess trent = TrentProcess.server().start();
                RawConnection _ = begun(trent)) {
            trent.terminate();
            said(trent, "stopping: 1 call");
            LockSupport.parkNanos(NOT_THE_SAME_NANOS);
            trent.signal(signal);
            // What was begun would hold it up for 10 s and end it with 0.
            assertThat(trent.exitCode()).isEqualTo(exitCode);
        }
    }

    /** Whether this process, and with it those that it starts, ignores a signal. */
    private static boolean isIgnored(int signal) throws IOException {
        String ignored =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .findFirst()
                        .orElseThrow();
        return (Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16)
                                >> (signal - 1)
                        & 1)
                == 1;
    }

    @Test
    void nothingThatWasAcknowledgedIsLostThen() throws IOException {
        try (TrentProcess trent = TrentProcess.server().start();
                RawConnection _ = begun(trent)) { // which holds up the end
            Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
            try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
                for (int each = 0; each < WRITERS; each++) {
                    writers.execute(() -> createUntilItEnds(trent, acknowledged));
                }
                Await.until("keys", PATIENCE, () -> acknowledged.size() > ACKNOWLEDGED);
                trent.terminate();
                said(trent, "stopping: ");
                LockSupport.parkNanos(NOT_THE_SAME_NANOS);
                trent.signal("TERM");
                assertThat(trent.exitCode()).isEqualTo(143);
            }
            List<String> kept = List.copyOf(acknowledged);
            trent.restart();
            try (Kms kms = trent.kms(Signer.ROOT)) {
                for (String key : kept) {
                    assertThat(kms.call("DescribeKey", Map.of("KeyId", key)).code())
                            .as(key)
                            .isEqualTo("200");
                }
            }
        }
    }

    private static void createUntilItEnds(TrentProcess trent, Queue<String> acknowledged) {
        try (Kms kms = trent.kms(Signer.ROOT)) {
            while (true) {
                RawConnection.Reply reply = kms.send("CreateKey", "{}".getBytes(UTF_8));
                if (reply.status() != 200) {
                    return;
                }
                acknowledged.add(keyIn(reply));
            }
        } catch (IOException _) {
            // It has ended.
        }
    }

    private static String keyIn(RawConnection.Reply reply) {
        return Json.of(reply.body()).path("KeyMetadata").path("KeyId").asText();
    }

    /** A connection whose request the server has taken, and whose body is still to come. */
    private static RawConnection begun(TrentProcess trent) throws IOException {
        RawConnection connection = trent.connect();
        connection.send(
                Kms.request(
                        trent.port(),
                        Signer.ROOT,
                        "CreateKey",
                        BODY,
                        "Expect: 100-continue\r\nContent-Length: %d\r\n".formatted(BODY.length),
                        new byte[0]));
        assertThat(connection.reply().status()).isEqualTo(100);
        return connection;
    }

    private static void said(TrentProcess trent, String line) {
        Await.until(line, PATIENCE, () -> trent.stderr().contains(line));
    }
}
