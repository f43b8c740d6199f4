package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.clients.TrentProcess.Ended;
import trent.clients.TrentProcess.Settings;

/** A server notices that its store is not its store any more: real files, mounts and processes. */
@ExtendWith(Workplace.class)
@Timeout(300)
class StoreIdentityTest {

    private static final Duration NOTICED = Duration.ofSeconds(20);
    private static final int WRITES = 40;

    @ParameterizedTest
    @ValueSource(strings = {"trent.db", "trent.lock", "."})
    void nothingIsAcknowledgedThatWouldBeLost(String name) throws Exception {
        Settings settings = sealed();
        try (TrentProcess trent = settings.start();
                Kms kms = trent.kms(Signer.ROOT)) {
            String key = kms.createKey();
            Path file = trent.data().resolve(name).normalize();
            Path away = file.resolveSibling(file.getFileName() + ".away");
            Files.move(file, away);

            List<String> acknowledged = new ArrayList<>();
            for (int i = 0; i < WRITES; i++) {
                String alias = "alias/lost-" + i;
                RawConnection.Reply reply =
                        kms.call("CreateAlias", Map.of("AliasName", alias, "TargetKeyId", key));
                if (reply.status() == 200) {
                    acknowledged.add(alias);
                } else if (i == 0 && reply.status() == 500) {
                    // It was being committed when this was noticed, and is made if they come back.
                    assertThat(reply.body()).contains("KMSInternalException");
                } else {
                    assertThat(reply.status()).isEqualTo(503);
                    assertThat(reply.body()).contains("files of the store were removed");
                }
            }
            assertThat(acknowledged).as("acknowledged and lost").isEmpty();
            assertThat(kms.decrypt(kms.encrypt(key, new byte[] {1}))).containsExactly(1);
            assertThat(trent.admin("/readyz").status()).isEqualTo(503);
            assertThat(trent.stderr()).contains("is not the one that was opened");
            assertThat(trent.admin("/readyz").body()).contains("\"check\":\"store\"");

            // Nor does a second server begin beside it: on the same place, or where it was moved.
            assertRefused(settings.runToEnd());
            if (name.equals(".")) {
                assertRefused(sealedBy(settings, "--data", away).runToEnd());
                assertThat(file).doesNotExist();
            }

            // The server that was refused may have made another lock file there.
            Files.move(away, file, StandardCopyOption.REPLACE_EXISTING);
            Await.until("ready", NOTICED, () -> trent.admin("/readyz").status() == 200);
            kms.createAlias("alias/kept", key);
            assertThat(trent.stop()).isZero();
            trent.restart();
            try (Kms again = trent.kms(Signer.ROOT)) {
                assertThat(again.ok("DescribeKey", Map.of("KeyId", "alias/kept")).toString())
                        .contains(key);
            }
        }
    }

    /** A volume that goes while the server runs, and that is not there at the next start. */
    @Test
    void anUnmountedVolumeIsNotAnEmptyStore() throws Exception {
        Settings settings = sealed();
        Path data = settings.folder().resolve("data");
        Files.createDirectory(data);
        try (Mount _ = Mount.of(data, "16m")) {
            try (TrentProcess trent = settings.start();
                    Kms kms = trent.kms(Signer.ROOT)) {
                String key = kms.createKey();
                run("umount", "-l", data.toString());
                assertThat(
                                kms.call(
                                                "CreateAlias",
                                                Map.of("AliasName", "alias/x", "TargetKeyId", key))
                                        .status())
                        .isIn(500, 503);
                assertThat(trent.stop()).isZero();
            }
        }
        Ended refused = settings.runToEnd();
        assertRefused(refused);
        assertThat(refused.stderr()).contains("may not be mounted", "trent init --data");
        try (var left = Files.list(data)) {
            assertThat(left).as("what was made in the mount point").isEmpty();
        }

        Ended made =
                TrentProcess.run(
                        "init", "--data", data.toString(), "--seal", "file:" + seal(settings));
        assertThat(made.exitCode()).as(made.output()).isZero();
        settings.start().close();
    }

    /** A full disk at start: in words, and what is there is served again when there is room. */
    @Test
    void aFullDiskIsSaid() throws Exception {
        Settings settings = sealed();
        Path data = settings.folder().resolve("data");
        Files.createDirectory(data);
        try (Mount _ = Mount.of(data, "1m")) {
            Path filler = data.resolve("filler");
            fill(filler);
            Ended refused = settings.runToEnd();
            assertRefused(refused);
            assertThat(refused.stderr().toLowerCase(Locale.ROOT)).contains("space");
            Files.delete(filler);
            try (TrentProcess trent = settings.start();
                    Kms kms = trent.kms(Signer.ROOT)) {
                assertThat(kms.createKey()).isNotEmpty();
            }
        }
    }

    @Test
    void whatCannotBeAStoreIsSaidInWords() throws Exception {
        Settings settings = sealed();
        Path data = settings.folder().resolve("data");
        Files.writeString(data, "a file");
        assertRefused(settings.runToEnd());
        Files.delete(data);
        try (TrentProcess trent = settings.start()) {
            assertThat(trent.stop()).isZero();
        }
        byte[] good = Files.readAllBytes(data.resolve("trent.db"));
        Files.writeString(data.resolve("trent.db"), "no database");
        Ended damaged = settings.runToEnd();
        assertRefused(damaged);
        assertThat(damaged.stderr()).contains("is damaged", "restore the newest backup");
        Files.write(data.resolve("trent.db"), good);

        Files.setPosixFilePermissions(seal(settings), PosixFilePermissions.fromString("rw-r--r--"));
        Ended readable = settings.runToEnd();
        assertRefused(readable);
        assertThat(readable.stderr()).contains("chmod 600", "--seal-readable-by-others");
        sealedBy(settings, "--seal-readable-by-others").start().close();
    }

    /** The running server does not need it, and the next start would. */
    @Test
    void aRootKeyThatIsGoneIsSaidWhileTheServerRuns() throws Exception {
        Settings settings = sealed();
        try (TrentProcess trent = settings.start()) {
            Path away = seal(settings).resolveSibling("away");
            Files.move(seal(settings), away);
            Await.until("not ready", NOTICED, () -> trent.admin("/readyz").status() == 503);
            assertThat(trent.kms(Signer.ROOT).createKey()).isNotEmpty();
            assertThat(trent.stderr()).contains("root key", "is gone", "no start will succeed");
            assertThat(trent.admin("/readyz").body()).contains("\"check\":\"seal\"", "is gone");
            Files.move(away, seal(settings));
            Await.until("ready", NOTICED, () -> trent.admin("/readyz").status() == 200);
        }
    }

    private static void assertRefused(Ended ended) {
        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
        assertThat(ended.stderr()).contains("trent: ").doesNotContain("\tat ", "stepArray");
    }

    private static Settings sealed() {
        Settings server = TrentProcess.server();
        return sealedBy(server, "--seal", "file:" + seal(server));
    }

    /** The same with these arguments, of which a second --data replaces the first. */
    private static Settings sealedBy(Settings settings, Object... more) {
        List<String> arguments = new ArrayList<>(settings.arguments());
        for (Object argument : more) {
            if (argument.equals("--data")) {
                int at = arguments.indexOf("--data");
                arguments.remove(at + 1);
                arguments.remove(at);
            }
            arguments.add(argument.toString());
        }
        return new Settings(
                settings.command(),
                settings.folder(),
                settings.listen(),
                settings.adminListen(),
                List.copyOf(arguments),
                settings.environment());
    }

    private static Path seal(Settings settings) {
        return settings.folder().resolve("root.key");
    }

    private static void fill(Path file) throws IOException {
        byte[] page = new byte[4096];
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            // No space is left: that is what was wanted.
        }
    }

    private static int run(String... line) throws IOException {
        Process process =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(new File("/dev/null"))
                        .start();
        try {
            return process.waitFor(30, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** A small file system of its own; only root can have one. */
    private record Mount(Path folder) implements AutoCloseable {

        static Mount of(Path folder, String size) throws IOException {
            int mounted =
                    run(
                            "mount",
                            "-t",
                            "tmpfs",
                            "-o",
                            "size=" + size + ",mode=0700",
                            "tmpfs",
                            folder.toString());
            assumeTrue(mounted == 0, "mounting needs root");
            return new Mount(folder);
        }

        @Override
        public void close() throws IOException {
            run("umount", "-l", folder.toString());
        }
    }
}
