package trent.wire.signature;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Arrays;
import trent.api.IncompleteSignatureException;
import trent.api.InvalidSignatureException;
import trent.api.UnrecognizedClientException;
import trent.call.Principal;
import trent.identity.Credential;
import trent.identity.Credentials;
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

    private static final String SERVICE = "kms";
    private static final String BODY_HASH = "x-amz-content-sha256";

    private final Credentials credentials;
    private final InstantSource clock;
    private final String service;

    /**
     * By access key id and scope; only what has signed rightly before, so that
     * strangers cannot fill it.
     */
    private final Cache<String, Proven> proven =
            Caffeine.newBuilder()
                    .maximumWeight(HeapShare.SIGNING_KEYS.bytes())
                    .weigher((String scope, Proven _) -> SIGNING_KEY_BYTES + 2 * scope.length())
                    .build();

    /** The way to a signing key, which takes longer than the rest of a verification. */
    private record Proven(String date, String scope, SigningKey key, Caller caller) {}

    public Signatures(Credentials credentials, InstantSource clock) {
        this(credentials, clock, SERVICE);
    }

    /** For published cases, which sign for a service of their own. */
    Signatures(Credentials credentials, InstantSource clock, String service) {
        this.credentials = credentials;
        this.clock = clock;
        this.service = service;
    }

    /**
     * Tells who signed the request.
     *
     * @throws trent.api.MissingAuthenticationTokenException if it is not signed
     * @throws IncompleteSignatureException if the signature cannot be read
     * @throws InvalidSignatureException if the signature is too old, too new, does not cover enough
     *     or is not right
     * @throws UnrecognizedClientException if nobody has the access key, or a session token came
     *     with a permanent one
     */
    public Caller verify(SignedRequest request) {
        Headers headers = Headers.of(request);
        Authorization authorization = Authorization.of(request, headers);
        return switch (credentials) {
            case Credentials.Anyone anyone -> claimed(anyone, authorization);
            case Credentials.Known known -> signed(known, authorization, request, headers);
        };
    }

    /**
     * For development: the form is checked, so that a client is not surprised later, but no more.
     */
    private Caller claimed(Credentials.Anyone anyone, Authorization authorization) {
        requireAlgorithm(authorization);
        Scope scope = Scope.of(authorization.credential()).require(service);
        Region region = new Region(scope.region());
        Principal principal = anyone.principal(scope.accessKeyId(), region.partition());
        return new Caller(principal, region, scope.accessKeyId());
    }

    // 2.5 µs on one core with SHA instructions, JDK 25, for a body of 191 bytes and 10 headers,
    // 7 of them signed: 0.4 to read the Authorization, 0.2 to hash the body, 0.65 to write the
    // canonical request, 0.7 for its hash and the HMAC. A signing key to derive adds 1.1.
    private Caller signed(
            Credentials.Known known,
            Authorization authorization,
            SignedRequest request,
            Headers headers) {
        requireCurrent(authorization);
        SignedHeaders signed = SignedHeaders.of(authorization.signedHeaders());
        requireCovered(signed, headers, authorization);
        requireAlgorithm(authorization);

        Workbench bench = Workbench.ofThisThread();
        Proven before = proven.getIfPresent(authorization.credential());
        boolean again = before != null && authorization.signedAt().isOn(before.date());
        Proven now = before != null && again ? before : derive(known, authorization, bench);

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
                        canonical, bodyHash, authorization.signedAt().text(), now.scope());
        requireSame(bench.signature(stringToSign, now.key()), authorization.signature());

        if (authorization.hasSecurityToken()) { // all our access keys are permanent
            throw new UnrecognizedClientException(
                    "The security token included in the request is invalid");
        }
        if (!again) {
            proven.put(authorization.credential(), now);
        }
        return now.caller();
    }

    private void requireCurrent(Authorization authorization) {
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
        long newest = now + Authorization.WINDOW_SECONDS;
        if (signedAt.epochSecond() > newest) {
            throw new InvalidSignatureException(
                    "Signature not yet current: %s is still later than %s (%s + %s)"
                            .formatted(
                                    signedAt.text(),
                                    AmzTime.ofEpochSecond(newest).text(),
                                    AmzTime.ofEpochSecond(now).text(),
                                    duration(Authorization.WINDOW_SECONDS)));
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

    private Proven derive(Credentials.Known known, Authorization authorization, Workbench bench) {
        Scope scope =
                Scope.of(authorization.credential()).require(service, authorization.signedAt());
        Credential credential = known.find(scope.accessKeyId());
        if (credential == null) {
            throw new UnrecognizedClientException(
                    "The security token included in the request is invalid.");
        }
        return new Proven(
                scope.date(),
                scope.text(),
                bench.derive(credential, scope.date(), scope.region(), service),
                new Caller(
                        credential.principal(),
                        new Region(scope.region()),
                        credential.accessKeyId()));
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
