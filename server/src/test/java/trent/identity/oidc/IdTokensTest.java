package trent.identity.oidc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.api.ServiceException;
import trent.identity.Holder;
import trent.identity.WebIdentityProviders.Registered;
import trent.name.AccountId;

class IdTokensTest {

    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final Holder.Provider PROVIDER = new Holder.Provider("OIDC1", Issuer.URL);
    private static final String NOT_A_TOKEN =
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
    private static final ECKey P256 = Issuer.ec(Curve.P_256, "ec-1");

    private final AtomicReference<Instant> now = new AtomicReference<>(Issuer.NOW);
    private final AtomicReference<@Nullable String> published =
            new AtomicReference<>(
                    Issuer.set(
                            Issuer.RSA,
                            P256,
                            Issuer.ec(Curve.P_384, "ec-2"),
                            Issuer.ec(Curve.P_521, "ec-3")));
    private final AtomicInteger fetches = new AtomicInteger();
    private KeySource source = _ -> answer();
    private final IdTokens tokens =
            new IdTokens(
                    (account, url) ->
                            account.equals(ACCOUNT) && url.equals(Issuer.URL)
                                    ? new Registered(PROVIDER, Set.of("client", "other"))
                                    : null,
                    new IssuerKeys(url -> source.fetch(url), Map.of(), now::get),
                    now::get);

    private byte[] answer() throws IOException {
        fetches.incrementAndGet();
        String text = published.get();
        if (text == null) {
            throw new IOException("nobody is there");
        }
        return text.getBytes(UTF_8);
    }

    @Test
    void whatTheIssuerSaysIsBelieved() {
        JWTClaimsSet claims =
                Issuer.claims(Issuer.URL)
                        .claim("azp", "app")
                        .claim("amr", List.of("pwd", "otp"))
                        .claim(
                                "https://aws.amazon.com/tags",
                                Map.of(
                                        "principal_tags",
                                        Map.of("team", List.of("blue")),
                                        "transitive_tag_keys",
                                        List.of("team")))
                        .claim("https://aws.amazon.com/source_identity", "alice@example.com")
                        .build();

        assertThat(tokens.verify(Issuer.token(claims), ACCOUNT))
                .isEqualTo(
                        new WebIdentity(
                                PROVIDER,
                                "alice",
                                "client",
                                "app",
                                List.of("pwd", "otp"),
                                Map.of("team", "blue"),
                                Set.of("team"),
                                "alice@example.com",
                                Issuer.NOW.plusSeconds(300)));
    }

    /** Who shares a token with others is not the one that it was issued to. */
    @ParameterizedTest
    @CsvSource({
        "client stranger, client, client",
        "stranger other, other, other",
        "client other, other, other",
        "stranger client, other, client"
    })
    void ofSeveralAudiencesItIsForTheAuthorizedParty(
            String audiences, String authorized, String expected) {
        JWTClaimsSet claims =
                Issuer.claims(Issuer.URL)
                        .audience(List.of(audiences.split(" ", -1)))
                        .claim("azp", authorized)
                        .build();
        assertThat(tokens.verify(Issuer.token(claims), ACCOUNT).audience()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256"})
    void everyAlgorithmOfTheListIsTaken(String name) {
        JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
        String token =
                name.equals("ES256")
                        ? Issuer.token(algorithm, P256, "ec-1", claims())
                        : Issuer.token(algorithm, Issuer.RSA, "rsa-1", claims());

        assertThat(tokens.verify(token, ACCOUNT).subject()).isEqualTo("alice");
    }

    @ParameterizedTest
    @CsvSource({"ES384, P-384", "ES512, P-521"})
    void theLargerCurvesAreTakenToo(String algorithm, String curve) {
        ECKey key = Issuer.ec(Curve.parse(curve), "large");
        published.set(Issuer.set(key));

        assertThat(
                        tokens.verify(
                                        Issuer.token(
                                                JWSAlgorithm.parse(algorithm),
                                                key,
                                                "large",
                                                claims()),
                                        ACCOUNT)
                                .subject())
                .isEqualTo("alice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EdDSA", "Ed25519"})
    void ed25519IsTaken(String name) throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        published.set(
                Issuer.set(
                        new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(raw))
                                .keyID("ed")
                                .build()));
        String unsigned =
                Base64URL.encode("{\"alg\":\"" + name + "\",\"kid\":\"ed\"}")
                        + "."
                        + Base64URL.encode(claims().toString());
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update(unsigned.getBytes(UTF_8));
        String signature = Base64URL.encode(signer.sign()).toString();

        assertThat(tokens.verify(unsigned + "." + signature, ACCOUNT).subject()).isEqualTo("alice");
        signer.update((unsigned + "x").getBytes(UTF_8));
        assertRefused(
                unsigned + "." + Base64URL.encode(signer.sign()),
                "InvalidIdentityToken",
                "Token signature invalid");
    }

    static Stream<Arguments> wrongClaims() {
        return Stream.of(
                claim(
                        "issuer",
                        "No OpenIDConnect provider found in your account for https://x.example.com",
                        c -> c.issuer("https://x.example.com")),
                claim(
                        "no issuer",
                        "No OpenIDConnect provider found in your account for null",
                        c -> c.issuer(null)),
                claim(
                        "issuer without TLS",
                        "No OpenIDConnect provider found in your account for http://" + Issuer.URL,
                        c -> c.issuer("http://" + Issuer.URL)),
                claim("audience", "Incorrect token audience", c -> c.audience("stranger")),
                claim("no audience", "Incorrect token audience", c -> c.audience((String) null)),
                claim(
                        "several audiences, issued to nobody",
                        "Incorrect token audience",
                        c -> c.audience(List.of("client", "other"))),
                claim(
                        "several audiences, issued to a stranger",
                        "Incorrect token audience",
                        c -> c.audience(List.of("client", "stranger")).claim("azp", "stranger")),
                claim(
                        "several audiences, all strangers",
                        "Incorrect token audience",
                        c -> c.audience(List.of("stranger", "x")).claim("azp", "client")),
                claim("no subject", "Missing a required claim: sub", c -> c.subject(null)),
                claim("no end", "Missing a required claim: exp", c -> c.expirationTime(null)),
                claim(
                        "not yet",
                        "The token is not valid yet",
                        c -> c.notBeforeTime(Date.from(Issuer.NOW.plusSeconds(61)))),
                claim(
                        "issued later",
                        "The token is not valid yet",
                        c -> c.issueTime(Date.from(Issuer.NOW.plusSeconds(61)))),
                claim(
                        "amr no list",
                        "A claim of the token is of a wrong type",
                        c -> c.claim("amr", 7)),
                claim(
                        "tags no object",
                        "A claim of the token is of a wrong type",
                        c -> c.claim("https://aws.amazon.com/tags", "x")),
                claim(
                        "tags of two values",
                        "The claim https://aws.amazon.com/tags holds no principal_tags and transitive_tag_keys",
                        c ->
                                c.claim(
                                        "https://aws.amazon.com/tags",
                                        Map.of("principal_tags", Map.of("a", List.of("b", "c"))))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongClaims")
    void aClaimThatIsWrongIsRefused(
            String name, String text, UnaryOperator<JWTClaimsSet.Builder> change) {
        String token = Issuer.token(change.apply(Issuer.claims(Issuer.URL)).build());

        assertRefused(token, "InvalidIdentityToken", text);
        assertThat(name).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"359, true", "360, false", "-60, true", "-61, false"})
    void clocksMayBeAMinuteApart(long secondsLater, boolean taken) {
        String token = Issuer.token(claims());
        now.set(Issuer.NOW.plusSeconds(secondsLater));

        if (taken) {
            assertThat(tokens.verify(token, ACCOUNT).subject()).isEqualTo("alice");
        } else if (secondsLater > 0) {
            assertRefused(
                    token,
                    "ExpiredTokenException",
                    "Token expired: current date/time 1767323405 must be before the expiration date/time 1767323345");
        } else {
            assertRefused(token, "InvalidIdentityToken", "The token is not valid yet");
        }
    }

    @Test
    void aTokenIsForTheAccountsThatRegisteredItsIssuer() {
        ServiceException answer = refusal(Issuer.token(claims()), new AccountId("444455556666"));

        assertThat(answer)
                .hasMessage(
                        "No OpenIDConnect provider found in your account for https://"
                                + Issuer.URL);
        assertThat(fetches).hasValue(0);
    }

    // ---- forgeries

    @Test
    void anUnsignedTokenIsNone() {
        for (String header :
                List.of(
                        "{\"alg\":\"none\"}",
                        "{\"alg\":\"None\"}",
                        "{\"alg\":\"\"}",
                        "{}",
                        "{\"alg\":null}",
                        "{\"alg\":[\"RS256\"]}")) {
            String body = Base64URL.encode(header) + "." + Base64URL.encode(claims().toString());
            assertRefused(body + ".", "InvalidIdentityToken", NOT_A_TOKEN);
            assertRefused(body + ".AAAA", "InvalidIdentityToken", NOT_A_TOKEN);
        }
    }

    /** The public key, which everybody has, as the secret of an HMAC. */
    @ParameterizedTest
    @ValueSource(strings = {"HS256", "HS384", "HS512"})
    void aPublicKeyIsNoSecret(String algorithm) throws Exception {
        byte[] secret = Issuer.RSA.toRSAPublicKey().getEncoded();
        String token =
                Issuer.signed(
                        new JWSHeader.Builder(JWSAlgorithm.parse(algorithm)).keyID("rsa-1").build(),
                        new MACSigner(secret),
                        claims());

        assertRefused(token, "InvalidIdentityToken", NOT_A_TOKEN);
    }

    @Test
    void aSecretKeyOfTheIssuerVerifiesNothing() throws Exception {
        byte[] secret = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
        published.set(
                "{\"keys\":[%s,%s]}"
                        .formatted(
                                new OctetSequenceKey.Builder(secret).keyID("oct").build(),
                                Issuer.RSA.toPublicJWK()));
        String token =
                Issuer.signed(
                        new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("oct").build(),
                        new MACSigner(secret),
                        claims());

        assertRefused(token, "InvalidIdentityToken", NOT_A_TOKEN);
    }

    /** A key that the token brings itself, in the header or by address, is not looked at. */
    @Test
    void aTokenDoesNotBringItsKey() throws Exception {
        RSAKey own = Issuer.rsa("rsa-1");
        for (JWSHeader header :
                List.of(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID("rsa-1")
                                .jwk(own.toPublicJWK())
                                .build(),
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID("rsa-1")
                                .jwkURL(java.net.URI.create("https://evil.example.com/keys"))
                                .build())) {
            assertRefused(
                    Issuer.signed(header, new RSASSASigner(own), claims()),
                    "InvalidIdentityToken",
                    "Token signature invalid");
        }
    }

    @Test
    void aHeaderThatMustBeUnderstoodIsRefused() {
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID("rsa-1")
                        .criticalParams(Set.of("exp"))
                        .customParam("exp", 1)
                        .build();
        try {
            String token = Issuer.signed(header, new RSASSASigner(Issuer.RSA), claims());
            assertRefused(token, "InvalidIdentityToken", NOT_A_TOKEN);
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An algorithm of another kind of key, or that the key is not for. */
    @Test
    void aKeyIsForItsAlgorithmsOnly() {
        assertRefused(
                Issuer.token(JWSAlgorithm.RS256, Issuer.RSA, "ec-1", claims()),
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements");

        now.set(Issuer.NOW.plusSeconds(61));
        published.set(
                "{\"keys\":[%s]}"
                        .formatted(
                                new RSAKey.Builder(Issuer.RSA.toPublicJWK())
                                        .algorithm(JWSAlgorithm.PS256)
                                        .build()));
        now.set(Issuer.NOW.plusSeconds(61 + 15 * 60));
        JWTClaimsSet later =
                Issuer.claims(Issuer.URL)
                        .expirationTime(Date.from(now.get().plusSeconds(300)))
                        .build();
        tokens.verify(Issuer.token(JWSAlgorithm.PS256, Issuer.RSA, "rsa-1", later), ACCOUNT);
        assertRefused(
                Issuer.token(JWSAlgorithm.RS256, Issuer.RSA, "rsa-1", later),
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements");
    }

    @Test
    void aTokenThatWasTouchedIsRefused() {
        String token = Issuer.token(claims());

        for (int i = 0; i < token.length(); i += 7) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            ServiceException answer =
                    refusal(token.substring(0, i) + other + token.substring(i + 1), ACCOUNT);
            assertThat(answer.code()).as("character %d", i).isEqualTo("InvalidIdentityToken");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a.b.c", "....", "e30.e30.", "é.é.é", "AKIAIOSFODNN7EXAMPLE"})
    void otherTextsAreNoTokens(String token) {
        assertRefused(token, "InvalidIdentityToken", NOT_A_TOKEN);
    }

    @Test
    void deepAndLongTextsAreNoTokens() {
        String deep = "[".repeat(7000);
        assertRefused(
                Base64URL.encode("{\"alg\":\"RS256\",\"x\":" + deep) + ".e30.AAAA",
                "InvalidIdentityToken",
                NOT_A_TOKEN);
        assertRefused(
                Base64URL.encode("{\"alg\":\"RS256\"}")
                        + "."
                        + Base64URL.encode("{\"a\":" + deep)
                        + ".AAAA",
                "InvalidIdentityToken",
                NOT_A_TOKEN);
        assertRefused("a".repeat(20_001), "InvalidIdentityToken", NOT_A_TOKEN);
    }

    // ---- keys

    @Test
    void theIssuerIsAskedOnceAMinuteWhateverComes() {
        for (int i = 0; i < 50; i++) {
            refusal(
                    Issuer.token(JWSAlgorithm.RS256, Issuer.RSA, "unknown-" + i, claims()),
                    ACCOUNT);
        }
        assertThat(fetches).hasValue(1);

        now.set(Issuer.NOW.plusSeconds(60));
        for (int i = 0; i < 50; i++) {
            refusal(
                    Issuer.token(JWSAlgorithm.RS256, Issuer.RSA, "unknown-" + i, claims()),
                    ACCOUNT);
        }
        assertThat(fetches).hasValue(2);
    }

    @Test
    void anIssuerThatIsNotThereIsAskedOnceAMinuteToo() {
        published.set(null);
        for (int i = 0; i < 10; i++) {
            assertThat(refusal(Issuer.token(claims()), ACCOUNT).code())
                    .isEqualTo("IDPCommunicationError");
        }
        assertThat(fetches).hasValue(1);
    }

    @Test
    void aNewKeyIsFoundAfterAMinute() {
        tokens.verify(Issuer.token(claims()), ACCOUNT);
        RSAKey fresh = Issuer.rsa("rsa-2");
        published.set(Issuer.set(Issuer.RSA, fresh));
        String token = Issuer.token(JWSAlgorithm.RS256, fresh, "rsa-2", claims());
        assertThat(refusal(token, ACCOUNT).code()).isEqualTo("InvalidIdentityToken");

        now.set(Issuer.NOW.plusSeconds(60));

        assertThat(tokens.verify(token, ACCOUNT).subject()).isEqualTo("alice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "{}",
                "{\"keys\":[]}",
                "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}"
            })
    void theOldKeysCountOnWhereNewOnesCannotBeHad(String answer) {
        tokens.verify(Issuer.token(claims()), ACCOUNT);
        published.set(answer.isEmpty() ? null : answer);
        now.set(Issuer.NOW.plusSeconds(15 * 60));
        JWTClaimsSet later =
                Issuer.claims(Issuer.URL)
                        .expirationTime(Date.from(now.get().plusSeconds(300)))
                        .build();

        assertThat(tokens.verify(Issuer.token(later), ACCOUNT).subject()).isEqualTo("alice");
        assertThat(fetches).hasValue(2);
    }

    @Test
    void aKeyThatTheIssuerTookBackEnds() {
        tokens.verify(Issuer.token(claims()), ACCOUNT);
        published.set(Issuer.set(P256));
        now.set(Issuer.NOW.plusSeconds(15 * 60));
        String token =
                Issuer.token(
                        Issuer.claims(Issuer.URL)
                                .expirationTime(Date.from(now.get().plusSeconds(300)))
                                .build());

        assertThat(refusal(token, ACCOUNT).code()).isEqualTo("InvalidIdentityToken");
    }

    /** While the issuer does not answer, who can be verified is, and few wait. */
    @Test
    void aSlowIssuerHoldsUpFew() throws InterruptedException {
        tokens.verify(Issuer.token(claims()), ACCOUNT);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        source =
                _ -> {
                    asked.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    return answer();
                };
        now.set(Issuer.NOW.plusSeconds(61));
        String unknown = Issuer.token(JWSAlgorithm.RS256, Issuer.RSA, "unknown", claims());
        Thread first = Thread.startVirtualThread(() -> refusal(unknown, ACCOUNT));
        asked.await();

        assertThat(tokens.verify(Issuer.token(claims()), ACCOUNT).subject()).isEqualTo("alice");

        goOn.countDown();
        first.join();
        assertThat(fetches).hasValue(2);
    }

    private void assertRefused(String token, String code, String text) {
        ServiceException answer = refusal(token, ACCOUNT);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer).hasMessage(text);
    }

    private ServiceException refusal(String token, AccountId account) {
        return catchThrowableOfType(ServiceException.class, () -> tokens.verify(token, account));
    }

    private static JWTClaimsSet claims() {
        return Issuer.claims(Issuer.URL).build();
    }

    private static Arguments claim(
            String name, String text, UnaryOperator<JWTClaimsSet.Builder> change) {
        return Arguments.of(name, text, change);
    }
}
