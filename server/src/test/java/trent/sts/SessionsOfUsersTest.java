package trent.sts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.api.ServiceException;
import trent.api.sts.Credentials;
import trent.api.sts.GetAccessKeyInfoRequest;
import trent.api.sts.GetCallerIdentityRequest;
import trent.api.sts.GetCallerIdentityResponse;
import trent.api.sts.GetFederationTokenRequest;
import trent.api.sts.GetFederationTokenResponse;
import trent.api.sts.GetSessionTokenRequest;
import trent.api.sts.Tag;
import trent.call.Call;
import trent.call.Principal;
import trent.call.Session;
import trent.identity.Credential;
import trent.identity.Holder;

/** GetSessionToken, GetFederationToken, GetCallerIdentity, GetAccessKeyInfo. */
class SessionsOfUsersTest {

    private static final String ALLOW =
            "{\"Effect\":\"Allow\",\"Action\":[\"sts:*\"],\"Resource\":\"*\"}";

    private final StsHouse house = new StsHouse();
    private final Call root = StsHouse.call(Principal.root(StsHouse.A, "aws"));

    @ParameterizedTest
    @CsvSource({
        "false, , 43200",
        "false, 129600, 129600",
        "true, , 3600",
        "true, 900, 900",
        "true, 7200, 3600"
    })
    void aSessionOfAUserLastsTwelveHoursAndOfARootOne(
            boolean ofRoot, @Nullable Integer seconds, long lasts) {
        Credentials credentials = sessionToken(ofRoot ? root : StsHouse.alice(), seconds);

        Principal principal = house.with(credentials).principal();
        Session session = Objects.requireNonNull(principal.session());
        assertThat(Duration.between(session.issued(), session.expires()).toSeconds())
                .isEqualTo(lasts);
        assertThat(principal.arn())
                .isEqualTo(
                        ofRoot
                                ? "arn:aws:iam::111122223333:root"
                                : "arn:aws:iam::111122223333:user/Alice");
        assertThat(principal.userId()).isEqualTo(ofRoot ? "111122223333" : StsHouse.ALICE);
        assertThat(session.chained()).isFalse();
    }

    @Test
    void aSessionGetsNoSession() {
        Call session = house.with(sessionToken(StsHouse.alice(), null));

        ServiceException answer =
                catchThrowableOfType(ServiceException.class, () -> sessionToken(session, null));
        assertThat(answer.code()).isEqualTo("AccessDenied");
        assertThat(answer).hasMessage("Cannot call GetSessionToken with session credentials");
        house.allow(StsHouse.ALICE, ALLOW);
        assertThat(catchThrowableOfType(ServiceException.class, () -> federate(session, false)))
                .hasMessage("Cannot call GetFederationToken with session credentials");
    }

    @Test
    void aFederatedUserNeedsItsUsersPermission() {
        ServiceException answer =
                catchThrowableOfType(
                        ServiceException.class, () -> federate(StsHouse.alice(), false));

        assertThat(answer.code()).isEqualTo("AccessDenied");
        assertThat(answer)
                .hasMessage(
                        "User: arn:aws:iam::111122223333:user/Alice is not authorized to perform: sts:GetFederationToken on resource: arn:aws:sts::111122223333:federated-user/Carol because no identity-based policy allows the sts:GetFederationToken action");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aFederatedUserIsOfItsIssuer(boolean ofRoot) {
        house.allow(StsHouse.ALICE, ALLOW);

        GetFederationTokenResponse answer = federate(ofRoot ? root : StsHouse.alice(), false);

        assertThat(answer.packedPolicySize()).isZero();
        assertThat(Objects.requireNonNull(answer.federatedUser()).federatedUserId())
                .isEqualTo("111122223333:Carol");
        Principal carol = house.with(answer.credentials()).principal();
        assertThat(carol.arn()).isEqualTo("arn:aws:sts::111122223333:federated-user/Carol");
        assertThat(carol.id()).isEqualTo(ofRoot ? "111122223333" : StsHouse.ALICE);
        assertThat(carol.userId()).isEqualTo("111122223333:Carol");
    }

    @Test
    void aFederatedUserMayCallNothingElseOfSts() {
        house.allow(StsHouse.ALICE, ALLOW);
        house.role(
                "AROAAPPAPPAPPAPPAPP22",
                "app",
                3600,
                StsHouse.policy(
                        "{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sts:AssumeRole\"}"));
        Call carol = house.with(federate(StsHouse.alice(), false).credentials());

        ServiceException answer =
                catchThrowableOfType(
                        ServiceException.class,
                        () ->
                                house.assumeRole(AssumeRole.Roots.MAY_NOT)
                                        .answer(
                                                carol,
                                                trent.api.sts.AssumeRoleRequest.builder()
                                                        .roleArn(
                                                                "arn:aws:iam::111122223333:role/app")
                                                        .roleSessionName("s1")
                                                        .build()));
        assertThat(answer.code()).isEqualTo("AccessDenied");
        assertThat(identity(carol).arn())
                .isEqualTo("arn:aws:sts::111122223333:federated-user/Carol");
    }

    @Test
    void aFederatedUsersTagsNeedPermission() {
        house.allow(
                StsHouse.ALICE,
                "{\"Effect\":\"Allow\",\"Action\":\"sts:GetFederationToken\",\"Resource\":\"*\"}");
        assertThat(
                        catchThrowableOfType(
                                ServiceException.class, () -> federate(StsHouse.alice(), true)))
                .hasMessageContaining("sts:TagSession");

        house.allow(StsHouse.ALICE, ALLOW);
        GetFederationTokenResponse answer = federate(StsHouse.alice(), true);

        assertThat(answer.packedPolicySize()).isPositive();
        assertThat(
                        Objects.requireNonNull(
                                        house.with(answer.credentials()).principal().session())
                                .tags())
                .isEqualTo(Map.of("team", "blue"));
    }

    @Test
    void everybodyMayAskWhoItIs() {
        GetCallerIdentityResponse answer = identity(StsHouse.alice());

        assertThat(answer)
                .isEqualTo(
                        new GetCallerIdentityResponse(
                                StsHouse.ALICE,
                                "111122223333",
                                "arn:aws:iam::111122223333:user/Alice"));
        assertThat(identity(root).userId()).isEqualTo("111122223333");
    }

    @Test
    void theAccountOfAnAccessKeyIsTold() {
        house.known.put(
                new Credential("AKIAIOSFODNN7EXAMPLE", new Holder.Root(StsHouse.B), new byte[] {1}),
                false);
        Credentials temporary = sessionToken(StsHouse.alice(), null);

        assertThat(accountOf(root, "AKIAIOSFODNN7EXAMPLE")).isEqualTo("444455556666");
        assertThat(accountOf(root, temporary.accessKeyId())).isEqualTo("111122223333");
        assertThat(
                        catchThrowableOfType(
                                        ServiceException.class,
                                        () -> accountOf(root, "AKIAI44QH8DHBEXAMPLE"))
                                .code())
                .isEqualTo("ValidationError");
        assertThat(
                        catchThrowableOfType(
                                        ServiceException.class,
                                        () -> accountOf(StsHouse.alice(), "AKIAIOSFODNN7EXAMPLE"))
                                .code())
                .isEqualTo("AccessDenied");
    }

    private @Nullable String accountOf(Call call, String accessKeyId) {
        return new GetAccessKeyInfo(house.access, house.known)
                .answer(call, new GetAccessKeyInfoRequest(accessKeyId))
                .account();
    }

    private static GetCallerIdentityResponse identity(Call call) {
        return new GetCallerIdentity().answer(call, new GetCallerIdentityRequest());
    }

    private Credentials sessionToken(Call call, @Nullable Integer seconds) {
        return Objects.requireNonNull(
                new GetSessionToken(house.sessions)
                        .answer(call, new GetSessionTokenRequest(seconds, null, null))
                        .credentials());
    }

    private GetFederationTokenResponse federate(Call call, boolean tagged) {
        return new GetFederationToken(
                        house.access, (_, arn) -> house.managed.contains(arn), house.sessions)
                .answer(
                        call,
                        new GetFederationTokenRequest(
                                "Carol",
                                null,
                                List.of(),
                                null,
                                tagged ? List.of(new Tag("team", "blue")) : List.of()));
    }
}
