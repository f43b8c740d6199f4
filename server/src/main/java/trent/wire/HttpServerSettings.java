package trent.wire;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the HTTP server listens and what it bears.
 *
 * @param port 0 picks a free one
 * @param tls null: plain HTTP
 * @param maxBodyBytes a longer body is refused with 413; 1 MiB holds the largest request of the API
 * @param firstRequest how long a new connection may take until its first request's headers are
 *     complete
 * @param body how long a request's body may take
 * @param idle how long a connection may wait between requests
 */
public record HttpServerSettings(
        String host,
        int port,
        @Nullable Tls tls,
        int eventLoops,
        int maxBodyBytes,
        Duration firstRequest,
        Duration body,
        Duration idle) {

    /** A certificate chain and its private key, both PEM files. */
    public record Tls(Path certificate, Path privateKey) {}

    public static HttpServerSettings on(String host, int port, @Nullable Tls tls) {
        return new HttpServerSettings(
                host,
                port,
                tls,
                Math.max(1, Runtime.getRuntime().availableProcessors()),
                1 << 20,
                Duration.ofSeconds(15),
                Duration.ofSeconds(20),
                Duration.ofSeconds(75));
    }
}
