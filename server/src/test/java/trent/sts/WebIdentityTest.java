package trent.sts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jwt.JWTClaimsSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.api.ServiceException;
import trent.api.sts.AssumeRoleWithWebIdentityRequest;
import trent.api.sts.AssumeRoleWithWebIdentityResponse;
import trent.call.Call;
import trent.call.Principal;
import trent.call.Session;
import trent.identity.Holder;
import trent.identity.WebIdentityProviders.Registered;
import trent.identity.oidc.IdTokens;
import trent.identity.oidc.Issuer;
import trent.identity.oidc.IssuerKeys;

/** AssumeRoleWithWebIdentity: what the trust policy may ask of a token, and what comes of it. */
class WebIdentityTest {

    private static final String ROLE = "AROAWEBWEBWEBWEBWEB22";
    private static final String PROVIDER = "arn:aws:iam::111122223333:oidc-provider/" + Issuer.URL;

    private final StsHouse house = new StsHouse();
    private final Call nobody = StsHouse.call(Principal.nobody(StsHouse.A, "aws"));
    private final AssumeRoleWithWebIdentity operation;

    WebIdentityTest() {
        house.now = Issuer.NOW;
        house.known.providers.put(
                StsHouse.A + " " + Issuer.URL,
                new Registered(new Holder.Provider("OIDC1", Issuer.URL), Set.of("client")));
        IdTokens tokens =
                new IdTokens(
                        house.known,
                        new IssuerKeys(
                                _ -> Issuer.set(Issuer.RSA).getBytes(UTF_8),
                                Map.of(),
                                () -> house.now),
                        () -> house.now);
        operation =
                new AssumeRoleWithWebIdentity(
                        house.access,
                        house::role,
                        (_, arn) -> house.managed.contains(arn),
                        tokens,
                        house.sessions);
    }

    private void web(String principal, String actions, String condition) {
        house.role(
                ROLE,
                "web",
                3600,
                StsHouse.policy(
                        "{\"Effect\":\"Allow\",\"Principal\":%s,\"Action\":%s,\"Condition\":%s}"
                                .formatted(principal, actions, condition)));
    }

    private static final String ALONE = "\"sts:AssumeRoleWithWebIdentity\"";
    private static final String FEDERATED = "{\"Federated\":\"" + PROVIDER + "\"}";

    private AssumeRoleWithWebIdentityResponse assume(JWTClaimsSet.Builder claims) {
        return assume("web", Issuer.token(claims.build()), null);
    }

    private AssumeRoleWithWebIdentityResponse assume(
            String role, String token, @Nullable Integer seconds) {
        return operation.answer(
                nobody,
                AssumeRoleWithWebIdentityRequest.builder()
                        .roleArn("arn:aws:iam::111122223333:role/" + role)
                        .roleSessionName("s1")
                        .webIdentityToken(token)
                        .durationSeconds(seconds)
                        .build());
    }

    @Test
    void whomTheIssuerVouchesForGetsCredentials() {
        web(FEDERATED, ALONE, "{}");

        AssumeRoleWithWebIdentityResponse answer = assume(Issuer.claims(Issuer.URL));

        assertThat(answer.subjectFromWebIdentityToken()).isEqualTo("alice");
        assertThat(answer.audience()).isEqualTo("client");
        assertThat(answer.provider()).isEqualTo(PROVIDER);
        assertThat(answer.packedPolicySize()).isNull();
        Principal session = house.with(answer.credentials()).principal();
        assertThat(session.arn()).isEqualTo("arn:aws:sts::111122223333:assumed-role/web/s1");
        assertThat(Objects.requireNonNull(session.session()).federatedProvider())
                .isEqualTo(PROVIDER);
        assertThat(session.session().chained()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "aud | client | true", "aud | other | false", "sub | alice | true",
                "sub | bob | false", "azp | app | true", "azp | x | false",
                "amr | otp | true", "amr | x | false"
            })
    void theTrustPolicyMayAskOfTheToken(String claim, String value, boolean allowed) {
        web(
                FEDERATED,
                ALONE,
                "{\"ForAnyValue:StringEquals\":{\"%s:%s\":\"%s\"}}"
                        .formatted(Issuer.URL, claim, value));
        JWTClaimsSet.Builder claims =
                Issuer.claims(Issuer.URL).claim("azp", "app").claim("amr", List.of("pwd", "otp"));

        if (allowed) {
            assertThat(assume(claims).credentials()).isNotNull();
        } else {
            assertDenied(claims, "sts:AssumeRoleWithWebIdentity");
        }
    }

    /** Only a statement that names the provider lets a stranger in. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"Federated\":\"arn:aws:iam::111122223333:oidc-provider/other.example.com\"}",
                "{\"AWS\":\"111122223333\"}",
                "{\"AWS\":\"arn:aws:iam::111122223333:role/web\"}"
            })
    void otherPrincipalsAreOthers(String principal) {
        web(principal, ALONE, "{}");

        assertDenied(Issuer.claims(Issuer.URL), "sts:AssumeRoleWithWebIdentity");
    }

    @Test
    void aMissingRoleIsAnsweredLikeOneThatMayNotBeAssumed() {
        String token = Issuer.token(Issuer.claims(Issuer.URL).build());

        ServiceException answer =
                catchThrowableOfType(ServiceException.class, () -> assume("none", token, null));

        assertThat(answer.code()).isEqualTo("AccessDenied");
        assertThat(answer).hasMessage("Not authorized to perform sts:AssumeRoleWithWebIdentity");
    }

    @Test
    void tagsAndSourceIdentityOfTheTokenNeedPermission() {
        JWTClaimsSet.Builder tagged =
                Issuer.claims(Issuer.URL)
                        .claim(
                                "https://aws.amazon.com/tags",
                                Map.of(
                                        "principal_tags",
                                        Map.of("team", List.of("blue")),
                                        "transitive_tag_keys",
                                        List.of("team")));
        web(FEDERATED, ALONE, "{}");
        assertDenied(tagged, "sts:TagSession");
        assertDenied(
                Issuer.claims(Issuer.URL).claim("https://aws.amazon.com/source_identity", "al"),
                "sts:SetSourceIdentity");

        web(FEDERATED, "[\"sts:AssumeRoleWithWebIdentity\",\"sts:TagSession\"]", "{}");
        AssumeRoleWithWebIdentityResponse answer = assume(tagged);

        Session session =
                Objects.requireNonNull(house.with(answer.credentials()).principal().session());
        assertThat(session.tags()).isEqualTo(Map.of("team", "blue"));
        assertThat(session.transitiveTags()).isEqualTo(Set.of("team"));
        assertThat(answer.packedPolicySize()).isPositive();
    }

    @Test
    void aTokensTagsAreWithinAwsBounds() {
        web(FEDERATED, ALONE, "{}");

        for (Map<String, String> tags :
                List.of(Map.of("a{b", "c"), Map.of("a", "x".repeat(257)), Map.of("", "c"))) {
            ServiceException answer =
                    catchThrowableOfType(
                            ServiceException.class,
                            () ->
                                    assume(
                                            Issuer.claims(Issuer.URL)
                                                    .claim(
                                                            "https://aws.amazon.com/tags",
                                                            Map.of("principal_tags", tags))));
            assertThat(answer.code()).as("%s", tags).isEqualTo("InvalidIdentityToken");
        }
    }

    @Test
    void aSessionIsNoLongerThanTheRoleAllows() {
        web(FEDERATED, ALONE, "{}");
        String token = Issuer.token(Issuer.claims(Issuer.URL).build());

        assertThat(assume("web", token, 900).credentials()).isNotNull();
        assertThat(catchThrowableOfType(ServiceException.class, () -> assume("web", token, 3601)))
                .hasMessage(
                        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    }

    @Test
    void aTokenOfAnUnknownIssuerIsRefusedBeforeTheRoleIsLookedAt() {
        ServiceException answer =
                catchThrowableOfType(
                        ServiceException.class, () -> assume(Issuer.claims("x.example.com")));

        assertThat(answer.code()).isEqualTo("InvalidIdentityToken");
        assertThat(answer.httpStatus()).isEqualTo(400);
        assertThat(answer)
                .hasMessage(
                        "No OpenIDConnect provider found in your account for https://x.example.com");
    }

    private void assertDenied(JWTClaimsSet.Builder claims, String action) {
        ServiceException answer =
                catchThrowableOfType(ServiceException.class, () -> assume(claims));
        assertThat(answer).as("an answer that is an error").isNotNull();
        assertThat(answer.code()).isEqualTo("AccessDenied");
        assertThat(answer.httpStatus()).isEqualTo(403);
        assertThat(answer).hasMessage("Not authorized to perform " + action);
    }
}
