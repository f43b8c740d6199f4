package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A log that nobody reads: a pipe on standard error that is full. */
@ExtendWith(Workplace.class)
@Timeout(120)
class UnreadLogTest {

    /** A pipe takes 64 KiB and the server keeps 1 MiB; each call writes some 300 bytes. */
    private static final int CALLS = 8_000;

    @Test
    void holdsUpNeitherCallersNorTheEnd() throws Exception {
        Process process = start();
        try {
            URI url = url(process);
            try (Kms kms = new Kms(url.getPort(), Signer.TEST)) {
                for (int i = 0; i < CALLS; i++) {
                    assertThat(kms.send("ListKeys", "{}").status()).isEqualTo(200);
                }
            }
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void tellsOfTheLinesThatWereDropped() throws Exception {
        Process process = start();
        try {
            URI url = url(process);
            try (Kms kms = new Kms(url.getPort(), Signer.TEST)) {
                for (int i = 0; i < CALLS; i++) {
                    kms.send("ListKeys", "{}");
                }
            }
            int written = 0;
            try (BufferedReader log =
                    new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
                String line = log.readLine();
                while (line != null && !line.contains("lines of the log were dropped here")) {
                    written += line.contains("ListKeys ok") ? 1 : 0;
                    line = log.readLine();
                }
                assertThat(line).isNotNull();
                int dropped =
                        Integer.parseInt(line.replaceFirst(".*?([0-9]+) lines of the log.*", "$1"));
                assertThat(written + dropped).isBetween(CALLS, CALLS + 20);

                // Once somebody reads again, all is written again, the last line too.
                try (Kms kms = new Kms(url.getPort(), Signer.TEST)) {
                    kms.send("ListAliases", "{}");
                }
                // Process.destroy closes the streams, too.
                assertThat(process.toHandle().destroy()).isTrue();
                assertThat(log.lines()).anyMatch(last -> last.contains("ListAliases ok"));
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                                TrentProcess.home().resolve("trent").toString(),
                                "dev",
                                "--listen",
                                "127.0.0.1:0",
                                "--admin-listen",
                                "127.0.0.1:0",
                                "--log",
                                "requests")
                        .directory(Workplace.folder("unread").toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("TRENT_") && !name.equals("TRENT_NO_DOWNLOAD"));
        return builder.start(); // its standard error is a pipe that nobody reads
    }

    private static URI url(Process process) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        String first = lines.readLine();
        assertThat(first).as("the first line").isNotNull();
        URI url = URI.create(first.replaceFirst(".*(http\\S+).*", "$1"));
        Await.until(
                "serving",
                Duration.ofSeconds(30),
                () -> {
                    try (Kms kms = new Kms(url.getPort(), Signer.TEST)) {
                        return kms.send("ListKeys", "{}").status() == 200;
                    }
                });
        return url;
    }
}
