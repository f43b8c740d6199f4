package trent.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes that nobody may see. */
@Timeout(30)
class SecretTest {

    @Test
    void itLendsItsBytesAndPrintsNone() {
        Secret secret = new Secret(new byte[] {0x5e, 0x11});
        assertThat(secret.<Integer>read(bytes -> bytes[0] + bytes[1])).isEqualTo(0x5e + 0x11);
        assertThat(secret).hasToString("Secret[2 bytes]");
        assertThat(secret).isNotEqualTo(new Secret(new byte[] {0x5e, 0x11}));
    }

    @Test
    void closedItIsWipedAndLentNoMore() {
        byte[] bytes = {1, 2, 3};
        Secret secret = new Secret(bytes);
        secret.close();
        assertThat(bytes).containsOnly(0);
        assertThatThrownBy(() -> secret.read(b -> b))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("secret already closed");
        secret.close(); // once more changes nothing
    }

    /** Wiped under a running cipher, a key would encrypt with zeros. */
    @Test
    void closeWaitsForReaders() throws Exception {
        byte[] bytes = {1, 2, 3};
        Secret secret = new Secret(bytes);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<byte[]> reader =
                    threads.submit(
                            () ->
                                    secret.read(
                                            lent -> {
                                                reading.countDown();
                                                await(go);
                                                return lent.clone();
                                            }));
            reading.await();
            CountDownLatch closing = new CountDownLatch(1);
            Future<?> closer =
                    threads.submit(
                            () -> {
                                closing.countDown();
                                secret.close();
                            });
            closing.await();
            assertThat(bytes).as("while it is read").containsExactly(1, 2, 3);
            assertThat(closer.isDone()).isFalse();
            go.countDown();
            assertThat(reader.get(10, TimeUnit.SECONDS)).containsExactly(1, 2, 3);
            closer.get(10, TimeUnit.SECONDS);
            assertThat(bytes).containsOnly(0);
        }
    }

    /** One reader does not wait for another. */
    @Test
    void manyReadAtOnce() throws Exception {
        Secret secret = new Secret(new byte[1]);
        CyclicBarrier all = new CyclicBarrier(4);
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                readers.add(threads.submit(() -> secret.read(_ -> meet(all))));
            }
            for (Future<Integer> reader : readers) {
                reader.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aReaderThatFailsLeavesTheSecretUsable() {
        Secret secret = new Secret(new byte[] {1});
        assertThatThrownBy(
                        () ->
                                secret.read(
                                        _ -> {
                                            throw new IllegalArgumentException();
                                        }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(secret.<Integer>read(bytes -> bytes.length)).isEqualTo(1);
        secret.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static int meet(CyclicBarrier all) {
        try {
            return all.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("they did not read at the same time", e);
        }
    }
}
