package trent.identity.oidc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JWSHeader;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.sts.IDPCommunicationErrorException;
import trent.store.HeapShare;

/**
 * The keys of issuers, remembered. Whatever tokens come, an issuer's are fetched at most once a
 * minute; if that fails the old ones count on.
 */
public final class IssuerKeys {

    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

    private static final Duration BETWEEN_FETCHES = Duration.ofMinutes(1);

    /** After so long they are fetched again, so that what an issuer takes back ends. */
    private static final Duration FRESH = Duration.ofMinutes(15);

    /** Issuers of which it is known when they were asked last. */
    private static final int MAX_ISSUERS = 10_000;

    /** How many of all issuers are asked at the same time. */
    private static final int MAX_FETCHES = 32;

    /** How many calls wait for the keys of one issuer. */
    private static final int MAX_WAITING = 16;

    /** What the bytes of a JWK set grow to when they are parsed, about. */
    private static final int GROWTH = 6;

    private static final int SET_BYTES = 1024;

    private final KeySource published;
    private final Map<String, FileKeys> files;
    private final InstantSource clock;
    private final Semaphore fetches = new Semaphore(MAX_FETCHES);

    private final Cache<String, Issuer> issuers =
            Caffeine.newBuilder().maximumSize(MAX_ISSUERS).executor(Runnable::run).build();

    private final Cache<String, Known> sets =
            Caffeine.newBuilder()
                    .maximumWeight(HeapShare.ISSUER_KEYS.bytes())
                    .weigher((String _, Known known) -> SET_BYTES + GROWTH * known.bytes())
                    .executor(Runnable::run)
                    .build();

    private record Known(KeySet keys, int bytes) {}

    /** When an issuer was asked, and who waits for that. */
    private static final class Issuer {

        private final Lock fetching = new ReentrantLock();
        private final Semaphore waiting = new Semaphore(MAX_WAITING);
        private volatile Instant asked = Instant.MIN;
    }

    /**
     * Keys of issuers.
     *
     * @param published where those are had from that are in no file
     * @param files by the issuer's URL, without scheme
     */
    public IssuerKeys(KeySource published, Map<String, FileKeys> files, InstantSource clock) {
        this.published = published;
        this.files = Map.copyOf(files);
        this.clock = clock;
    }

    /**
     * The keys of an issuer that an account has registered: with one for the header where the
     * issuer has such a key. May wait for the issuer.
     *
     * @param url without scheme
     * @throws IDPCommunicationErrorException if there are none
     */
    KeySet keys(String url, JWSHeader header) {
        Issuer issuer = issuers.get(url, _ -> new Issuer());
        Known known = sets.getIfPresent(url);
        if (known != null && known.keys().hasKeyFor(header)) {
            if (isOver(issuer.asked, FRESH) && issuer.fetching.tryLock()) {
                try { // one call fetches; the others go on with what there is
                    known = fetchedIfDue(url, issuer, FRESH);
                } finally {
                    issuer.fetching.unlock();
                }
            }
        } else if (isOver(issuer.asked, BETWEEN_FETCHES) || known == null) {
            known = awaited(url, issuer, header);
        }
        if (known == null) {
            throw new IDPCommunicationErrorException(
                    "The keys of the identity provider could not be fetched. Try again.");
        }
        return known.keys();
    }

    private @Nullable Known awaited(String url, Issuer issuer, JWSHeader header) {
        if (!issuer.waiting.tryAcquire()) {
            return sets.getIfPresent(url);
        }
        try {
            issuer.fetching.lock();
            try {
                Known known = sets.getIfPresent(url);
                return known != null && known.keys().hasKeyFor(header)
                        ? known
                        : fetchedIfDue(url, issuer, BETWEEN_FETCHES);
            } finally {
                issuer.fetching.unlock();
            }
        } finally {
            issuer.waiting.release();
        }
    }

    private @Nullable Known fetchedIfDue(String url, Issuer issuer, Duration since) {
        Known known = sets.getIfPresent(url);
        if (!isOver(issuer.asked, since) || !fetches.tryAcquire()) {
            return known;
        }
        try {
            issuer.asked = clock.instant();
            FileKeys file = files.get(url);
            byte[] json = (file == null ? published : file).fetch(url);
            Known fetched = new Known(KeySet.parse(json), json.length);
            sets.put(url, fetched);
            return fetched;
        } catch (IOException | KeySet.NoKeys e) {
            // Once a minute for an issuer at most, and only the operator can help.
            LOG.atWarn()
                    .addKeyValue("issuer", url)
                    .addKeyValue("why", e.getMessage())
                    .log(
                            known == null
                                    ? "the keys of an identity provider cannot be had: its tokens are refused"
                                    : "the keys of an identity provider cannot be had: the old ones count on");
            return known;
        } finally {
            fetches.release();
        }
    }

    private boolean isOver(Instant start, Duration length) {
        return start.equals(Instant.MIN) || !clock.instant().isBefore(start.plus(length));
    }
}
