package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.TrentProcess.Ended;
import trent.clients.TrentProcess.Settings;

/** The root key: made once, guarded, and never replaced behind the operator's back. */
@ExtendWith(Workplace.class)
class RootKeyTest {

    private static final byte[] SECRET = {1, 2, 3};

    @Test
    void nobodyElseMayReadIt() throws IOException {
        Path seal = Workplace.folder("seal").resolve("root.key");
        try (TrentProcess trent = sealedBy(seal).start()) {
            assertThat(trent.kms(Signer.ROOT).createKey()).isNotEmpty();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(seal)))
                .isEqualTo("rw-------");
    }

    @Test
    void withoutASealItLiesInTheDataFolderAndTheLogSaysWhyToMoveIt() {
        try (TrentProcess trent = TrentProcess.server().start()) {
            assertThat(trent.stdout() + trent.stderr()).contains("--seal");
            byte[] blob = someBlob(trent);
            assertThat(trent.stop()).isZero();
            trent.restart();
            assertThat(trent.kms(Signer.ROOT).decrypt(blob)).isEqualTo(SECRET);
        }
    }

    @Test
    void theWrongOneIsRefusedAndNothingIsChanged() throws IOException {
        Path right = Workplace.folder("seal").resolve("root.key");
        Path wrong = Workplace.folder("seal").resolve("root.key");
        Settings other = sealedBy(wrong);
        try (TrentProcess trent = other.start()) {
            assertThat(trent.stop()).isZero();
        }
        Settings settings = sealedBy(right);
        byte[] blob;
        try (TrentProcess trent = settings.start()) {
            blob = someBlob(trent);
            assertThat(trent.stop()).isZero();
        }
        byte[] rightBytes = Files.readAllBytes(right);
        byte[] wrongBytes = Files.readAllBytes(wrong);

        Files.write(right, wrongBytes);
        Ended refused = settings.runToEnd();

        assertThat(refused.exitCode()).as(refused.output()).isNotZero();
        assertThat(refused.output())
                .contains("root key", right.toString(), "Nothing was changed", "--seal file:")
                .doesNotContain("\tat ");
        assertThat(Files.readAllBytes(right)).isEqualTo(wrongBytes);

        Files.write(right, rightBytes);
        try (TrentProcess trent = settings.start()) {
            assertThat(trent.kms(Signer.ROOT).decrypt(blob)).isEqualTo(SECRET);
        }
    }

    @Test
    void aMissingOneIsRefusedAndNoneIsMade() throws IOException {
        Path seal = Workplace.folder("seal").resolve("root.key");
        Path away = seal.resolveSibling("moved-away");
        Settings settings = sealedBy(seal);
        byte[] blob;
        try (TrentProcess trent = settings.start()) {
            blob = someBlob(trent);
            assertThat(trent.stop()).isZero();
        }
        Files.move(seal, away);

        Ended refused = settings.runToEnd();

        assertThat(refused.exitCode()).as(refused.output()).isNotZero();
        assertThat(refused.output())
                .contains("root key", seal.toString(), "--seal file:")
                .doesNotContain("\tat ");
        assertThat(seal).doesNotExist();

        Files.move(away, seal);
        try (TrentProcess trent = settings.start()) {
            assertThat(trent.kms(Signer.ROOT).decrypt(blob)).isEqualTo(SECRET);
        }
    }

    @Test
    void aDamagedOneIsRefused() throws IOException {
        Path seal = Workplace.folder("seal").resolve("root.key");
        Settings settings = sealedBy(seal);
        try (TrentProcess trent = settings.start()) {
            someBlob(trent);
            assertThat(trent.stop()).isZero();
        }
        for (byte[] damage :
                new byte[][] {{}, "garbage".getBytes(java.nio.charset.StandardCharsets.UTF_8)}) {
            Files.write(seal, damage);
            Ended refused = settings.runToEnd();
            assertThat(refused.exitCode()).as(refused.output()).isNotZero();
            assertThat(refused.output())
                    .contains("root key", seal.toString())
                    .doesNotContain("\tat ");
            assertThat(Files.readAllBytes(seal)).isEqualTo(damage);
        }
    }

    @Test
    void aDataFolderHasOneServer() {
        Settings settings = TrentProcess.server();
        try (TrentProcess trent = settings.start()) {
            Ended second = settings.runToEnd();

            assertThat(second.exitCode()).as(second.output()).isNotZero();
            assertThat(second.output()).contains(trent.data().toString()).doesNotContain("\tat ");
            assertThat(trent.kms(Signer.ROOT).createKey()).isNotEmpty();
        }
    }

    @Test
    void theDataFolderHoldsNoPlaintextOfTheRootKey() throws IOException {
        Path seal = Workplace.folder("seal").resolve("root.key");
        try (TrentProcess trent = sealedBy(seal).start()) {
            someBlob(trent);
            assertThat(trent.stop()).isZero();
            byte[] rootKey = Files.readAllBytes(seal);
            try (var files = Files.walk(trent.data())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(contains(Files.readAllBytes(file), rootKey))
                            .as(file.toString())
                            .isFalse();
                }
            }
        }
    }

    private static Settings sealedBy(Path seal) {
        return TrentProcess.server().with("--seal", "file:" + seal);
    }

    private static byte[] someBlob(TrentProcess trent) {
        Kms kms = trent.kms(Signer.ROOT);
        return Kms.bytes(
                kms.ok("Encrypt", Map.of("KeyId", kms.createKey(), "Plaintext", SECRET)),
                "CiphertextBlob");
    }

    private static boolean contains(byte[] bytes, byte[] part) {
        for (int at = 0; at + part.length <= bytes.length; at++) {
            if (java.util.Arrays.mismatch(bytes, at, at + part.length, part, 0, part.length) < 0) {
                return true;
            }
        }
        return false;
    }
}
