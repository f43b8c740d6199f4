package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The ways to back a data folder up that docs/operations.md names: what comes back is whole. */
@ExtendWith(Workplace.class)
@Timeout(300)
class BackupTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final byte[] PLAINTEXT = "the treasure is under the old oak".getBytes(UTF_8);

    @Test
    void aFolderThatWasCopiedWithTheServerStoppedIsRestored() throws Exception {
        Path folder = Workplace.folder("backup");
        Path rootKey = folder.resolve("root.key");
        byte[] blob;
        try (TrentProcess trent = server(folder.resolve("data"), rootKey).start()) {
            blob = secret(trent);
            assertThat(trent.stop()).isZero();
        }
        Tool.Result copied = Tool.run(folder, Map.of(), "cp", "-a", "data", "restored");
        assertThat(copied.exitCode()).as(copied.stderr()).isZero();
        try (TrentProcess trent = server(folder.resolve("restored"), rootKey).start();
                Kms kms = trent.kms(Signer.ROOT)) {
            assertThat(kms.decrypt(blob)).isEqualTo(PLAINTEXT);
        }
    }

    /** While callers change things: what was acknowledged before the copy began is in it. */
    @Test
    void aCopyThatSqliteMadeOfARunningServerIsRestored() throws Exception {
        Path folder = Workplace.folder("backup");
        Path rootKey = folder.resolve("root.key");
        Path copy = folder.resolve("copy.db");
        byte[] blob;
        List<String> before;
        try (TrentProcess trent = server(folder.resolve("data"), rootKey).start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            blob = secret(trent);
            AtomicBoolean going = new AtomicBoolean(true);
            List<String> made = new ArrayList<>();
            Callable<Integer> changes = () -> create(trent, going, made);
            Future<Integer> busy = threads.submit(changes);
            Await.until("100 keys", SOON, () -> size(made) >= 100);
            synchronized (made) {
                before = List.copyOf(made);
            }
            vacuumInto(folder, copy);
            int count = size(made);
            Await.until("it goes on", SOON, () -> size(made) > count);
            going.set(false);
            assertThat(busy.get()).isPositive();
            assertThat(trent.admin("/readyz").status()).isEqualTo(200);
        }
        Path restored = folder.resolve("restored");
        Files.createDirectory(restored);
        Files.move(copy, restored.resolve("trent.db"));
        try (TrentProcess trent = server(restored, rootKey).start();
                Kms kms = trent.kms(Signer.ROOT)) {
            assertThat(kms.decrypt(blob)).isEqualTo(PLAINTEXT);
            for (String key : before) {
                assertThat(kms.call("DescribeKey", Map.of("KeyId", key)).code()).isEqualTo("200");
            }
            kms.createKey();
        }
    }

    private static int size(List<String> made) {
        synchronized (made) {
            return made.size();
        }
    }

    private static int create(TrentProcess trent, AtomicBoolean going, List<String> made)
            throws IOException {
        int count = 0;
        try (Kms kms = trent.kms(Signer.ROOT)) {
            while (going.get()) {
                String key = kms.createKey();
                synchronized (made) {
                    made.add(key);
                }
                count++;
            }
        }
        return count;
    }

    /** As the command line of SQLite does it, which is not everywhere. */
    private static void vacuumInto(Path folder, Path copy) throws IOException {
        Tool.Result result =
                Tool.run(
                        folder,
                        Map.of(),
                        "python3",
                        "-c",
                        """
                        import sqlite3, sys
                        store = sqlite3.connect(sys.argv[1], isolation_level=None)
                        store.execute('vacuum into ?', [sys.argv[2]])
                        """,
                        folder.resolve("data/trent.db").toString(),
                        copy.toString());
        assertThat(result.exitCode()).as(result.stderr()).isZero();
        assertThat(Files.size(copy)).isPositive();
    }

    private static TrentProcess.Settings server(Path data, Path rootKey) {
        return new TrentProcess.Settings(
                        "server",
                        Workplace.folder("server"),
                        "127.0.0.1:0",
                        "127.0.0.1:0",
                        List.of("--data", data.toString(), "--seal", "file:" + rootKey),
                        Map.of())
                .environment("TRENT_ROOT_ACCESS_KEY_ID", Signer.ROOT.accessKeyId())
                .environment("TRENT_ROOT_SECRET_ACCESS_KEY", Signer.ROOT.secretAccessKey());
    }

    private static byte[] secret(TrentProcess trent) throws IOException {
        try (Kms kms = trent.kms(Signer.ROOT)) {
            return kms.encrypt(kms.createKey(), PLAINTEXT);
        }
    }
}
