package trent.wire.signature;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trent.api.ExpiredTokenException;
import trent.api.IncompleteSignatureException;
import trent.api.InvalidSignatureException;
import trent.api.ServiceException;
import trent.api.UnrecognizedClientException;
import trent.call.Principal;
import trent.identity.Credential;
import trent.identity.Credentials;
import trent.identity.Holder;
import trent.name.Region;
import trent.store.HeapShare;

/**
 * Verifies Signature Version 4: tells who signed a request, or why the signature is not taken. The
 * checks stand in AWS's order, so that of two faults the same one is named. Source: AWS IAM User
 * Guide, "AWS Signature Version 4 for API requests".
 */
public final class Signatures {

    /** What an access key in a Region retains, besides its credential scope as given. */
    private static final int SIGNING_KEY_BYTES = 768;

    private static final String BODY_HASH = "x-amz-content-sha256";

    private final Credentials credentials;
    private final InstantSource clock;
    private final InstantSource sessionClock;

    /**
     * By access key id and scope; only what has signed rightly before, so that strangers cannot
     * fill it. Good as long as the access key and its holder are what they were.
     */
    private final Cache<String, Proven> proven =
            Caffeine.newBuilder()
                    .maximumWeight(HeapShare.SIGNING_KEYS.bytes())
                    .weigher((String scope, Proven _) -> SIGNING_KEY_BYTES + 2 * scope.length())
                    .build();

    /** The way to a signing key, which takes longer than the rest of a verification. */
    private static final class Proven {

        private final Credential credential;
        private final Scope scope;
        private final SigningKey key;
        private final Caller caller;

        /** In seconds since 1970. More than one thread may note the same second: no harm. */
        private volatile long noted;

        private Proven(Credential credential, Scope scope, SigningKey key, Caller caller) {
            this.credential = credential;
            this.scope = scope;
            this.key = key;
            this.caller = caller;
        }
    }

    public Signatures(Credentials credentials, InstantSource clock) {
        this(credentials, clock, clock);
    }

    /**
     * Where tests move the time.
     *
     * @param clock by which signatures are too old or too new, as their makers' clocks have it
     * @param sessionClock by which sessions end
     */
    public Signatures(Credentials credentials, InstantSource clock, InstantSource sessionClock) {
        this.credentials = credentials;
        this.clock = clock;
        this.sessionClock = sessionClock;
    }

    /**
     * Tells who signed a request for a service.
     *
     * @throws ServiceException in the words of the service: the request is not signed; the
     *     signature cannot be read, is too old, too new, does not cover enough or is not right;
     *     nobody has the access key or the session token; or the session is over
     * @throws trent.store.NotInMemory if this thread must not wait and would have to
     */
    public Caller verify(SignedRequest request, SigningService service) {
        try {
            return verified(request, service);
        } catch (ServiceException e) {
            throw service.worded(e);
        }
    }

    private Caller verified(SignedRequest request, SigningService service) {
        Headers headers = Headers.of(request);
        Authorization authorization = Authorization.of(request, headers, service.windowSeconds());
        Proven before = proven.getIfPresent(authorization.credential());
        Scope scope = before == null ? null : before.scope;
        String accessKeyId =
                scope == null ? Scope.accessKeyId(authorization.credential()) : scope.accessKeyId();
        return switch (credentials.find(accessKeyId, authorization.securityToken())) {
            case Credential credential ->
                    signed(service, credential, before, authorization, request, headers);
            case Credentials.Unusable unusable ->
                    unusable == Credentials.Unusable.ANYONES
                            ? claimed(service, authorization)
                            : refused(service, unusable, authorization, headers);
        };
    }

    /**
     * For development: the form is checked, so that a client is not surprised later, but no more.
     */
    private Caller claimed(SigningService service, Authorization authorization) {
        requireAlgorithm(authorization);
        Scope scope = Scope.of(authorization.credential()).require(service.name());
        Region region = new Region(scope.region());
        Principal principal = credentials.anyone(scope.accessKeyId(), region.partition());
        if (principal == null) {
            throw unrecognized();
        }
        return new Caller(principal, region, scope.accessKeyId());
    }

    /** Whatever else is wrong with it is told first, as AWS does. */
    private Caller refused(
            SigningService service,
            Credentials.Unusable unusable,
            Authorization authorization,
            Headers headers) {
        requireForm(service, authorization, headers);
        Scope.of(authorization.credential()).require(service.name(), authorization.signedAt());
        throw unusable == Credentials.Unusable.SESSION_TOKEN ? invalidToken() : unrecognized();
    }

    // 2.5 µs on one core with SHA instructions, JDK 25, for a body of 191 bytes and 10 headers,
    // 7 of them signed: 0.4 to read the Authorization, 0.2 to hash the body, 0.65 to write the
    // canonical request, 0.7 for its hash and the HMAC. A signing key to derive adds 1.1.
    private Caller signed(
            SigningService service,
            Credential credential,
            @Nullable Proven before,
            Authorization authorization,
            SignedRequest request,
            Headers headers) {
        SignedHeaders signed = requireForm(service, authorization, headers);

        Workbench bench = Workbench.ofThisThread();
        Proven now =
                before != null && isStillGood(before, credential, service, authorization)
                        ? before
                        : derive(service, credential, authorization, bench);
        Principal principal =
                credentials.principal(
                        credential, now.caller.principal().partition(), now.caller.principal());
        if (principal == null) {
            throw goneWith(credential);
        }
        if (principal != now.caller.principal()) { // a user under another name
            now = new Proven(credential, now.scope, now.key, now.caller.as(principal));
        }

        byte[] bodyHash = bench.sha256(request.body(), request.bodyOffset(), request.bodyLength());
        requireBody(headers, signed, bodyHash);
        CanonicalRequest canonical =
                new CanonicalRequest(
                        request.method(),
                        UriText.canonicalPath(UriText.normalized(request.path())),
                        authorization.canonicalQuery(),
                        headers,
                        signed);
        Bytes stringToSign =
                bench.stringToSign(
                        canonical, bodyHash, authorization.signedAt().text(), now.scope.text());
        requireSame(bench.signature(stringToSign, now.key), authorization.signature());

        requireSession(credential, authorization);
        if (now != before) {
            proven.put(authorization.credential(), now);
        }
        noteUse(now, service);
        return now.caller;
    }

    /** All that can be wrong with a signature before it is known whose it is. */
    private SignedHeaders requireForm(
            SigningService service, Authorization authorization, Headers headers) {
        requireCurrent(service, authorization);
        SignedHeaders signed = SignedHeaders.of(authorization.signedHeaders());
        requireCovered(signed, headers, authorization);
        requireAlgorithm(authorization);
        return signed;
    }

    /** The day, the service and the access key are those that it was derived for. */
    private static boolean isStillGood(
            Proven before,
            Credential credential,
            SigningService service,
            Authorization authorization) {
        return before.credential == credential
                && before.scope.service().equals(service.name())
                && authorization.signedAt().isOn(before.scope.date());
    }

    /** What comes with temporary credentials comes with no others, and is good for its time. */
    private void requireSession(Credential credential, Authorization authorization) {
        if (credential.holder() instanceof Holder.Temporary temporary) {
            if (!sessionClock.instant().isBefore(temporary.session().expires())) {
                throw new ExpiredTokenException(
                        "The security token included in the request is expired");
            }
        } else if (authorization.securityToken() != null) {
            throw invalidToken();
        }
    }

    private void noteUse(Proven now, SigningService service) {
        Instant time = sessionClock.instant();
        if (now.noted != time.getEpochSecond()) {
            now.noted = time.getEpochSecond();
            credentials.used(now.credential, service.name(), now.scope.region(), time);
        }
    }

    private void requireCurrent(SigningService service, Authorization authorization) {
        AmzTime signedAt = authorization.signedAt();
        long now = clock.instant().getEpochSecond();
        long oldest = now - authorization.lifetimeSeconds();
        if (signedAt.epochSecond() < oldest) {
            throw new InvalidSignatureException(
                    "Signature expired: %s is now earlier than %s (%s - %s)"
                            .formatted(
                                    signedAt.text(),
                                    AmzTime.ofEpochSecond(oldest).text(),
                                    AmzTime.ofEpochSecond(now).text(),
                                    duration(authorization.lifetimeSeconds())));
        }
        long newest = now + service.windowSeconds();
        if (signedAt.epochSecond() > newest) {
            throw new InvalidSignatureException(
                    "Signature not yet current: %s is still later than %s (%s + %s)"
                            .formatted(
                                    signedAt.text(),
                                    AmzTime.ofEpochSecond(newest).text(),
                                    AmzTime.ofEpochSecond(now).text(),
                                    duration(service.windowSeconds())));
        }
    }

    private static String duration(int seconds) {
        return seconds % 60 == 0 ? seconds / 60 + " min." : seconds + " sec.";
    }

    private static void requireCovered(
            SignedHeaders signed, Headers headers, Authorization authorization) {
        String missing = headers.firstUnsigned(signed, authorization.dateHeader());
        if (missing != null) {
            throw new InvalidSignatureException(
                    "'%s' must be a 'SignedHeader' in the AWS Authorization.".formatted(missing));
        }
    }

    private static void requireAlgorithm(Authorization authorization) {
        if (!authorization.algorithm().equals(Authorization.ALGORITHM)) {
            throw new IncompleteSignatureException(
                    "Unsupported AWS 'algorithm': '%s' (only AWS4-HMAC-SHA256 for now). "
                            .formatted(authorization.algorithm()));
        }
    }

    private Proven derive(
            SigningService service,
            Credential credential,
            Authorization authorization,
            Workbench bench) {
        Scope scope =
                Scope.of(authorization.credential())
                        .require(service.name(), authorization.signedAt());
        Region region = new Region(scope.region());
        Principal principal = credentials.principal(credential, region.partition(), null);
        if (principal == null) {
            throw goneWith(credential);
        }
        return new Proven(
                credential,
                scope,
                bench.derive(credential, scope.date(), scope.region(), service.name()),
                new Caller(principal, region, credential.accessKeyId()));
    }

    private static UnrecognizedClientException goneWith(Credential credential) {
        return credential.holder() instanceof Holder.Temporary ? invalidToken() : unrecognized();
    }

    private static UnrecognizedClientException unrecognized() {
        return new UnrecognizedClientException(
                "The security token included in the request is invalid.");
    }

    private static UnrecognizedClientException invalidToken() {
        return new UnrecognizedClientException(
                "The security token included in the request is invalid");
    }

    /** A hash of the body that the client signs must be right: {@code UNSIGNED-PAYLOAD} is S3's. */
    private static void requireBody(Headers headers, SignedHeaders signed, byte[] bodyHash) {
        String stated = headers.value(BODY_HASH);
        if (stated != null && signed.contains(BODY_HASH)) {
            Bytes hex = new Bytes().appendHex(bodyHash);
            requireSame(Arrays.copyOf(hex.array(), hex.length()), stated);
        }
    }

    /** Takes the same time wherever the difference is. */
    private static void requireSame(byte[] computed, String given) {
        if (!MessageDigest.isEqual(computed, given.getBytes(StandardCharsets.ISO_8859_1))) {
            throw new InvalidSignatureException(
                    "The request signature we calculated does not match the signature you provided. "
                            + "Check your AWS Secret Access Key and signing method. "
                            + "Consult the service documentation for details.");
        }
    }
}
