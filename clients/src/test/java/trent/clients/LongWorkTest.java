package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A caller that asks for many large keys at once slows nobody down and gets no more than its share:
 * on the packaged server, with all of it waiting in one process.
 */
class LongWorkTest {

    private static final int FLOOD = 60;
    private static final int WRITES = 20;

    /** A turn of the machine, not of the flood, which takes far longer. */
    private static final Duration WRITE = Duration.ofSeconds(5);

    private static final Signer OTHERS = Signer.ofAccount("222222222222");

    @Test
    void othersWriteWhileManyKeyPairsAreMade() throws Exception {
        try (TrentProcess trent = TrentProcess.dev().start();
                Kms greedy = trent.kms();
                Kms others = trent.kms(OTHERS)) {
            String key = greedy.createKey();
            String other = others.createKey();
            others.createAlias("alias/others", other);
            AtomicInteger made = new AtomicInteger();
            AtomicInteger throttled = new AtomicInteger();
            List<Thread> flood = new ArrayList<>();
            for (int i = 0; i < FLOOD; i++) {
                flood.add(Thread.ofPlatform().start(() -> pair(trent, key, made, throttled)));
            }
            Await.until(
                    "the account has more waiting than its share",
                    Duration.ofSeconds(30),
                    () -> throttled.get() > 0);
            for (int i = 0; i < WRITES; i++) {
                long start = System.nanoTime();
                others.ok("UpdateAlias", Map.of("AliasName", "alias/others", "TargetKeyId", other));
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as("a write beside the flood")
                        .isLessThan(WRITE);
            }
            assertThat(made.get() + throttled.get()).as("the flood is over").isLessThan(FLOOD);
            trent.kill(); // nobody needs the rest
            for (Thread each : flood) {
                each.join();
            }
        }
    }

    private static void pair(
            TrentProcess trent, String key, AtomicInteger made, AtomicInteger throttled) {
        try (Kms kms = trent.kms()) {
            RawConnection.Reply reply =
                    kms.send(
                            "GenerateDataKeyPair",
                            Json.text(Map.of("KeyId", key, "KeyPairSpec", "RSA_4096")));
            if (reply.status() == 200) {
                made.incrementAndGet();
            } else if (reply.body().contains("ThrottlingException")) {
                throttled.incrementAndGet();
            }
        } catch (IOException _) {
            // The server was killed while this one waited.
        }
    }
}
