package trent.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where an address listens, and how long it waits for its callers.
 *
 * @param host a name or an address; every address of a name is listened on
 * @param port 0 picks a free one
 * @param tls null: plain HTTP
 * @param maxConnections of this address; the budget of the process bounds those of all
 * @param firstRequest how long a new connection may take until its first request's head is
 *     complete, encryption included; and every later head from its first byte on
 * @param body how long a request's body may take
 * @param answer how long an answer may remain unread
 * @param idle how long a connection may wait between requests
 * @param trusted the proxies that are believed about whom they speak for
 */
public record HttpServerSettings(
        String host,
        int port,
        @Nullable Tls tls,
        int maxConnections,
        Duration firstRequest,
        Duration body,
        Duration answer,
        Duration idle,
        TrustedProxies trusted) {

    /** A certificate chain and its private key, both PEM files. */
    public record Tls(Path certificate, Path privateKey) {

        /**
         * Refuses files that could not be used; what is no file, such as a pipe, is read once, when
         * it is used.
         *
         * @throws IOException in words for the operator
         */
        public void check() throws IOException {
            if (isReadAgain(certificate) && isReadAgain(privateKey)) {
                TlsFiles _ = TlsFiles.read(this);
            }
        }

        private static boolean isReadAgain(Path file) {
            return !Files.exists(file) || Files.isRegularFile(file) || Files.isDirectory(file);
        }
    }

    /** The API's: only the budget bounds its connections. */
    public static HttpServerSettings on(String host, int port, @Nullable Tls tls) {
        return new HttpServerSettings(
                host,
                port,
                tls,
                Integer.MAX_VALUE,
                Duration.ofSeconds(15),
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                Duration.ofSeconds(75),
                TrustedProxies.NONE);
    }

    /** The same behind proxies. */
    public HttpServerSettings behind(TrustedProxies proxies) {
        return new HttpServerSettings(
                host, port, tls, maxConnections, firstRequest, body, answer, idle, proxies);
    }

    /** The same with a bound on the address's own connections. */
    public HttpServerSettings withMaxConnections(int most) {
        return new HttpServerSettings(
                host, port, tls, most, firstRequest, body, answer, idle, trusted);
    }
}
