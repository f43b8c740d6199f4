package trent.identity.oidc;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import trent.api.ServiceUnavailable;
import trent.api.sts.ExpiredTokenException;
import trent.api.sts.IDPCommunicationErrorException;
import trent.api.sts.InvalidIdentityTokenException;
import trent.identity.WebIdentityProviders;
import trent.identity.WebIdentityProviders.Registered;
import trent.name.AccountId;

/**
 * Verifies identity tokens of registered issuers. The call is not signed, so whatever a stranger
 * sends must cost little: a token is short, its issuer is looked up before its signature is looked
 * at, and few are verified at the same time.
 */
public final class IdTokens {

    /** As the model of STS has it. */
    private static final int MAX_LENGTH = 20_000;

    /** How many are verified at the same time. */
    private static final int MAX_IN_FLIGHT = 64;

    /** How far the issuer's clock may be apart. */
    private static final Duration LEEWAY = Duration.ofSeconds(60);

    private static final String HTTPS = "https://";
    private static final String TAGS = "https://aws.amazon.com/tags";
    private static final String SOURCE_IDENTITY = "https://aws.amazon.com/source_identity";

    private final WebIdentityProviders providers;
    private final IssuerKeys keys;
    private final InstantSource clock;
    private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);

    public IdTokens(WebIdentityProviders providers, IssuerKeys keys, InstantSource clock) {
        this.providers = providers;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * Which signatures are taken: those that only the issuer can make. Not loaded before a token
     * comes.
     */
    private static final class Taken {
        private static final Set<JWSAlgorithm> ALGORITHMS =
                Set.of(
                        JWSAlgorithm.RS256,
                        JWSAlgorithm.RS384,
                        JWSAlgorithm.RS512,
                        JWSAlgorithm.PS256,
                        JWSAlgorithm.PS384,
                        JWSAlgorithm.PS512,
                        JWSAlgorithm.ES256,
                        JWSAlgorithm.ES384,
                        JWSAlgorithm.ES512,
                        JWSAlgorithm.EdDSA,
                        JWSAlgorithm.Ed25519);
    }

    /**
     * What the token says. May wait for the issuer's keys.
     *
     * @param account whose providers may have issued it
     * @throws InvalidIdentityTokenException if it is no token of a registered provider for one of
     *     its client ids
     * @throws ExpiredTokenException if its time is over
     * @throws IDPCommunicationErrorException if the provider's keys cannot be had
     * @throws ServiceUnavailable if too many are being verified
     */
    public WebIdentity verify(String token, AccountId account) {
        if (token.length() > MAX_LENGTH) {
            throw notAToken();
        }
        if (!inFlight.tryAcquire()) {
            throw new ServiceUnavailable("Too many identity tokens are being verified. Try again.");
        }
        try {
            return verified(token, account);
        } finally {
            inFlight.release();
        }
    }

    private WebIdentity verified(String text, AccountId account) {
        SignedJWT token;
        JWTClaimsSet claims;
        try {
            token = SignedJWT.parse(text);
            claims = token.getJWTClaimsSet();
        } catch (ParseException | RuntimeException _) { // whatever a stranger's text does to it
            throw notAToken();
        }
        if (claims == null
                || !Taken.ALGORITHMS.contains(token.getHeader().getAlgorithm())
                || token.getHeader().getCriticalParams() != null) {
            throw notAToken();
        }
        String issuer = claims.getIssuer();
        Registered registered =
                issuer == null || !issuer.startsWith(HTTPS)
                        ? null
                        : providers.find(account, issuer.substring(HTTPS.length()));
        if (registered == null) {
            throw new InvalidIdentityTokenException(
                    "No OpenIDConnect provider found in your account for " + issuer);
        }
        KeySet set = keys.keys(registered.provider().url(), token.getHeader());
        if (!set.hasKeyFor(token.getHeader())) {
            throw new InvalidIdentityTokenException(
                    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements");
        }
        if (!set.verifies(token)) {
            throw new InvalidIdentityTokenException("Token signature invalid");
        }
        try {
            return said(claims, registered);
        } catch (ParseException _) {
            throw new InvalidIdentityTokenException("A claim of the token is of a wrong type");
        }
    }

    private WebIdentity said(JWTClaimsSet claims, Registered registered) throws ParseException {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        Date notBefore = claims.getNotBeforeTime();
        Date issued = claims.getIssueTime();
        String subject = claims.getSubject();
        if (expires == null || subject == null || subject.isEmpty()) {
            throw new InvalidIdentityTokenException(
                    "Missing a required claim: " + (expires == null ? "exp" : "sub"));
        }
        if (!now.isBefore(expires.toInstant().plus(LEEWAY))) {
            throw new ExpiredTokenException(
                    "Token expired: current date/time %d must be before the expiration date/time %d"
                            .formatted(now.getEpochSecond(), expires.toInstant().getEpochSecond()));
        }
        if (isAhead(notBefore, now) || isAhead(issued, now)) {
            throw new InvalidIdentityTokenException("The token is not valid yet");
        }
        String authorized = claims.getStringClaim("azp");
        String audience = audience(claims.getAudience(), authorized, registered.clientIds());
        List<String> methods = claims.getStringListClaim("amr");
        Map<String, Object> tags = claims.getJSONObjectClaim(TAGS);
        return new WebIdentity(
                registered.provider(),
                subject,
                audience,
                authorized,
                methods == null ? List.of() : List.copyOf(methods),
                tags == null ? Map.of() : principalTags(tags),
                tags == null ? Set.of() : transitiveKeys(tags),
                claims.getStringClaim(SOURCE_IDENTITY),
                expires.toInstant());
    }

    /**
     * For which client the token is: of several audiences for the one that it was issued to. Source:
     * OpenID Connect Core 1.0, 3.1.3.7.
     */
    private static String audience(
            List<String> audiences, @Nullable String authorized, Set<String> clientIds) {
        if (audiences.size() > 1) {
            if (authorized == null || !clientIds.contains(authorized)) {
                throw wrongAudience();
            }
            if (audiences.contains(authorized)) {
                return authorized;
            }
        }
        return audiences.stream()
                .filter(clientIds::contains)
                .findFirst()
                .orElseThrow(IdTokens::wrongAudience);
    }

    private static InvalidIdentityTokenException wrongAudience() {
        return new InvalidIdentityTokenException("Incorrect token audience");
    }

    private static boolean isAhead(@Nullable Date date, Instant now) {
        return date != null && date.toInstant().minus(LEEWAY).isAfter(now);
    }

    /** Each value stands alone in a list. Source: AWS STS, "Passing session tags". */
    private static Map<String, String> principalTags(Map<String, Object> claim) {
        Map<String, String> tags = new LinkedHashMap<>();
        Object given = claim.get("principal_tags");
        if (given instanceof Map<?, ?> pairs) {
            pairs.forEach((key, value) -> tags.put(text(key), text(single(value))));
        } else if (given != null) {
            throw badTags();
        }
        return tags;
    }

    private static Set<String> transitiveKeys(Map<String, Object> claim) {
        Set<String> keys = new LinkedHashSet<>();
        Object given = claim.get("transitive_tag_keys");
        if (given instanceof List<?> list) {
            list.forEach(key -> keys.add(text(key)));
        } else if (given != null) {
            throw badTags();
        }
        return keys;
    }

    private static @Nullable Object single(@Nullable Object value) {
        return value instanceof List<?> list && list.size() == 1 ? list.getFirst() : value;
    }

    private static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw badTags();
    }

    private static InvalidIdentityTokenException badTags() {
        return new InvalidIdentityTokenException(
                "The claim " + TAGS + " holds no principal_tags and transitive_tag_keys");
    }

    private static InvalidIdentityTokenException notAToken() {
        return new InvalidIdentityTokenException(
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
    }
}
