package trent.ops;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether the certificates that callers are shown are good now, and until when. */
public final class Certificates {

    private static final double MILLIS_PER_SECOND = 1e3;

    private final Supplier<List<X509Certificate>> served;
    private final InstantSource clock;

    /**
     * Looks at certificates as they are at each question.
     *
     * @param served the server's own first, then its issuers'
     */
    public Certificates(Supplier<List<X509Certificate>> served, InstantSource clock) {
        this.served = served;
        this.clock = clock;
    }

    /** Why callers will refuse the connection; null if they need not. */
    public @Nullable String unusableBecause() {
        Instant now = clock.instant();
        // Not its issuers': of several ways to an authority a client finds one that is good.
        X509Certificate own = served.get().getFirst();
        Instant begins = own.getNotBefore().toInstant();
        Instant ends = own.getNotAfter().toInstant();
        if (now.isAfter(ends)) {
            return "the certificate of %s expired at %s. Put another in its place: it is read as soon as it changes, and the log says if it cannot be used"
                    .formatted(own.getSubjectX500Principal(), ends);
        }
        return now.isBefore(begins)
                ? "the certificate of %s is not good before %s"
                        .formatted(own.getSubjectX500Principal(), begins)
                : null;
    }

    /** Shows until when they are good. */
    public void show(Metrics metrics) {
        metrics.gauges(
                "trent_certificate_expiry_timestamp_seconds",
                "Until when a certificate that callers are shown is good, in seconds since 1970; 0 is the server's own, the others its issuers'",
                List.of("position"),
                shown -> {
                    List<X509Certificate> chain = served.get();
                    for (int i = 0; i < chain.size(); i++) {
                        shown.value(
                                chain.get(i).getNotAfter().toInstant().toEpochMilli()
                                        / MILLIS_PER_SECOND,
                                Integer.toString(i));
                    }
                });
    }
}
