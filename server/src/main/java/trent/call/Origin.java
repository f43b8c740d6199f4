package trent.call;

import org.jspecify.annotations.Nullable;

/**
 * Where a call came from, as far as policies may ask.
 *
 * @param sourceIp the address of who calls, without port: the peer's, or behind a proxy that is
 *     trusted the one that it names
 * @param secure whether it came over TLS
 * @param userAgent null if it sent none
 * @param referer null if it sent none
 */
public record Origin(
        String sourceIp, boolean secure, @Nullable String userAgent, @Nullable String referer) {

    /** A call within this process. */
    public static final Origin HERE = new Origin("127.0.0.1", false, null, null);
}
