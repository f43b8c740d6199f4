package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.RawConnection.Reply;

/** Signed bodies of nearly 1 MiB that cost as much as they can, against a heap of 96 MiB. */
@ExtendWith(Workplace.class)
@TestInstance(Lifecycle.PER_CLASS)
class LongBodiesTest {

    private final TrentProcess trent = TrentProcess.server().start();
    private final Kms kms = trent.kms(Signer.ROOT);

    @AfterAll
    void stop() throws IOException {
        kms.close();
        trent.close();
    }

    /** Kept, the names of twenty such requests end the process. */
    @Test
    void longMemberNamesAreForgotten() {
        String key = kms.createKey();
        String name = "n".repeat(900_000);
        for (int i = 0; i < 60; i++) {
            assertThat(kms.call("ListKeys", "{\"%s%d\":1}".formatted(name, i)).status())
                    .isEqualTo(200);
            Reply refused =
                    kms.call(
                            "Encrypt",
                            "{\"KeyId\":\"%s\",\"Plaintext\":\"AA==\",\"EncryptionContext\":{\"%s%d\":\"\"}}"
                                    .formatted(key, name, i));
            assertThat(refused.code()).isEqualTo("ValidationException");
        }
        assertThat(kms.call("ListKeys", "{}").status()).isEqualTo(200);
    }

    /**
     * Sorted first, such a context held an event loop for 0.4 to 0.75 s; its figure is printed, and
     * what is asked is only that it costs no more than ten times a body that is as long and empty.
     */
    @Test
    void aContextOfManyPairsCostsNoMoreThanToReadIt() {
        StringBuilder pairs = new StringBuilder();
        for (int i = 0; i < 105_000; i++) {
            pairs.append(",\"").append(Integer.toString(i, 36)).append("\":\"\"");
        }
        String context =
                "{\"KeyId\":\"%s\",\"Plaintext\":\"AA==\",\"EncryptionContext\":{%s}}"
                        .formatted(kms.createKey(), pairs.substring(1));
        String spaces = "{%s}".formatted(" ".repeat(context.length() - 2));
        long[] sorted = new long[9];
        long[] read = new long[9];
        for (int i = 0; i < sorted.length; i++) {
            read[i] = micros("ListKeys", spaces, 200);
            sorted[i] = micros("Encrypt", context, 400);
        }
        Arrays.sort(read);
        Arrays.sort(sorted);
        System.out.printf(
                "a body of %d bytes, median: empty %d µs, 105,000 pairs %d µs%n",
                context.length(), read[read.length / 2], sorted[sorted.length / 2]);
        assertThat(sorted[sorted.length / 2]).isLessThan(10 * read[read.length / 2]);
    }

    private long micros(String operation, String body, int status) {
        long start = System.nanoTime();
        assertThat(kms.call(operation, body).status()).isEqualTo(status);
        return (System.nanoTime() - start) / 1000;
    }
}
