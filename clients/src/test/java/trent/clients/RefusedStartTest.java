package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.TrentProcess.Ended;

/**
 * Starts that are refused, as somebody at a shell sees them: the exit code, and words instead of a
 * stack trace. All the words are in the server's wrong-settings.txt.
 */
@ExtendWith(Workplace.class)
@Timeout(300)
class RefusedStartTest {

    private static final int CANNOT_START = 1;
    private static final int WRONG_USE = 2;

    @Test
    void anEmptyFlagIsNotTakenForNone() {
        refused(
                WRONG_USE,
                TrentProcess.server().with("--tls-cert", "", "--tls-key", ""),
                "--tls-cert is given, and empty");
        refused(
                WRONG_USE,
                TrentProcess.server().environment("TRENT_TLS_CERT", ""),
                "TRENT_TLS_CERT is given, and empty");
    }

    @Test
    void aCredentialThatWouldProtectNothingIsRefused() {
        refused(
                WRONG_USE,
                TrentProcess.dev()
                        .environment("TRENT_ROOT_ACCESS_KEY_ID", Signer.ROOT.accessKeyId())
                        .environment("TRENT_ROOT_SECRET_ACCESS_KEY", Signer.ROOT.secretAccessKey()),
                "trent dev takes any credentials");
        Ended shortSecret =
                refused(
                        WRONG_USE,
                        TrentProcess.server().environment("TRENT_ROOT_SECRET_ACCESS_KEY", "opsec"),
                        "TRENT_ROOT_SECRET_ACCESS_KEY takes 16 to 128");
        assertThat(shortSecret.output()).doesNotContain("opsec");
    }

    @Test
    void aPortThatAnotherServerHasIsNamedWithItsFlagAndNoStoreIsMade() {
        try (TrentProcess first = TrentProcess.dev().start()) {
            String api = "127.0.0.1:" + first.port();
            String admin = "127.0.0.1:" + first.admin().getPort();
            refused(
                    CANNOT_START,
                    TrentProcess.server().listening(api),
                    api + ", the address of --listen: another program has that port");
            refused(
                    CANNOT_START,
                    TrentProcess.server().withoutAdminListen().with("--admin-listen", admin),
                    admin + ", the address of --admin-listen: another program has that port");
            refused(
                    WRONG_USE,
                    TrentProcess.server()
                            .listening("127.0.0.1:5799")
                            .withoutAdminListen()
                            .with("--admin-listen", "localhost:5799"),
                    "are the same address");
        }
    }

    @Test
    void aStoreKeepsItsMode() {
        TrentProcess.Settings server = TrentProcess.server();
        String data = server.folder().resolve("data").toString();
        String key;
        try (TrentProcess trent = server.start()) {
            key = trent.kms(Signer.ROOT).createKey();
            assertThat(trent.stop()).isZero();
        }
        TrentProcess.Settings dev = TrentProcess.dev().with("--data", data);
        Ended ended = dev.runToEnd();
        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(CANNOT_START);
        assertThat(ended.stderr()).contains("kept by trent server", "--as-development");
        try (TrentProcess trent = dev.with("--as-development").start()) {
            assertThat(trent.kms(Signer.TEST).call("DescribeKey", Map.of("KeyId", key)).code())
                    .isEqualTo("200");
            assertThat(trent.stop()).isZero();
        }
        try (TrentProcess trent = server.start()) { // and it is still a server's
            assertThat(trent.kms(Signer.ROOT).call("DescribeKey", Map.of("KeyId", key)).code())
                    .isEqualTo("200");
            assertThat(trent.kms(Signer.TEST).call("DescribeKey", Map.of("KeyId", key)).code())
                    .isEqualTo("UnrecognizedClientException");
        }
    }

    private static Ended refused(int exitCode, TrentProcess.Settings settings, String says) {
        Ended ended = settings.runToEnd();
        assertThat(ended.exitCode()).as(ended.output()).isEqualTo(exitCode);
        assertThat(ended.stderr()).contains("trent: ", says).doesNotContain("\tat ", "Exception");
        assertThat(ended.stdout()).isEmpty();
        Path data = settings.folder().resolve("data");
        assertThat(data).doesNotExist();
        return ended;
    }
}
