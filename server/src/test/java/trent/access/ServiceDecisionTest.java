package trent.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.access.Decision.Allowed;
import trent.access.Decision.NotAllowed;
import trent.call.Principal;
import trent.call.Session;

/** What IAM and STS ask: the policies of the caller's own account, and a role's trust policy. */
class ServiceDecisionTest {

    private static final String ROLE = "arn:aws:iam::111122223333:role/app";
    private static final String USER = "arn:aws:iam::111122223333:user/carol";
    private static final String PROVIDER =
            "arn:aws:iam::111122223333:oidc-provider/issuer.example/x";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    alice | Allow iam:GetUser                                              | | allow
                    alice | Allow iam:* on arn:aws:iam::111122223333:user/carol            | | allow
                    alice | Allow iam:* on arn:aws:iam::111122223333:user/alice            | | IDENTITY
                    alice |                                                                | | IDENTITY
                    rootA |                                                                | | allow
                    alice | Allow iam:*; Deny iam:Get*                                     | | deny IDENTITY
                    alice | Allow iam:*                                    | Allow kms:*     | BOUNDARY
                    alice | Allow iam:* if StringEquals iam:ResourceTag/Team red           | | allow
                    alice | Allow iam:* if StringEquals aws:ResourceTag/team red           | | allow
                    alice | Allow iam:* if StringEquals aws:RequestTag/cost 1              | | allow
                    alice | Allow iam:* if ForAllValues:StringEquals aws:TagKeys cost      | | allow
                    alice | Allow iam:* if ForAllValues:StringEquals aws:TagKeys none      | | IDENTITY
                    alice | Allow iam:* if StringEquals iam:PermissionsBoundary p          | | allow
                    alice | Allow iam:* if StringEquals iam:PolicyARN p                    | | IDENTITY
                    alice | Allow iam:* if StringLike aws:username ali*                   | | allow
                    """)
    void byTheCallersOwnPolicies(
            String caller, @Nullable String identity, @Nullable String boundary, String expected) {
        Scene scene = new Scene();
        Principal principal = Objects.requireNonNull(Scene.CALLERS.get(caller));
        scene.identity(
                principal, identity == null ? List.of() : List.of(identity), boundary, Map.of());
        ServiceFacts facts =
                new ServiceFacts()
                        .resourceTags("iam", Map.of("team", "red"))
                        .tags(Map.of("cost", "1"))
                        .with("iam:PermissionsBoundary", "p")
                        .with("iam:PolicyARN", (String) null);
        Decision decision =
                scene.access.decideIdentity(Scene.call(principal), "iam:GetUser", USER, facts);
        assertThat(words(decision)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    alice | Allow alice sts:AssumeRole                                     |                        | allow
                    alice | Allow accountA sts:AssumeRole                                  |                        | IDENTITY
                    alice | Allow accountA sts:AssumeRole                                  | Allow sts:AssumeRole   | allow
                    alice | Allow accountA sts:AssumeRole | Allow sts:AssumeRole on arn:aws:iam::111122223333:role/other | IDENTITY
                    alice | Allow carol sts:AssumeRole                                     | Allow sts:*            | TRUST
                    alice | Allow alice sts:AssumeRole; Deny accountA sts:*                |                        | deny TRUST
                    alice | Allow alice sts:AssumeRole                                     | Deny sts:*             | deny IDENTITY
                    bob   | Allow bob sts:AssumeRole                                       |                        | IDENTITY
                    bob   | Allow bob sts:AssumeRole                                       | Allow sts:AssumeRole   | allow
                    bob   | Allow accountB sts:AssumeRole                                  | Allow sts:AssumeRole   | allow
                    bob   | Allow accountA sts:AssumeRole                                  | Allow sts:AssumeRole   | TRUST
                    s1    | Allow roleApp sts:AssumeRole                                   |                        | allow
                    alice | Allow alice sts:AssumeRole if StringEquals sts:ExternalId 42   |                        | allow
                    alice | Allow alice sts:AssumeRole if StringEquals sts:ExternalId 43   |                        | TRUST
                    alice | Allow alice sts:AssumeRole if StringLike sts:RoleSessionName s* |                       | allow
                    alice | Allow alice sts:AssumeRole if ForAllValues:StringEquals sts:TransitiveTagKeys team |    | allow
                    alice | Allow alice sts:AssumeRole if StringEquals aws:RequestTag/Team red |                    | allow
                    alice | Allow alice sts:AssumeRole if Bool aws:MultiFactorAuthPresent true |                    | TRUST
                    aliceMfa | Allow alice sts:AssumeRole if Bool aws:MultiFactorAuthPresent true |                 | allow
                    """)
    void byTheRolesTrust(String caller, String trust, @Nullable String identity, String expected) {
        Scene scene = new Scene();
        Principal principal = Objects.requireNonNull(Scene.CALLERS.get(caller));
        scene.identity(principal, identity == null ? List.of() : List.of(identity), null, Map.of());
        ServiceFacts facts =
                new ServiceFacts()
                        .with("sts:ExternalId", "42")
                        .with("sts:RoleSessionName", "s1")
                        .with("sts:TransitiveTagKeys", List.of("team"))
                        .tags(Map.of("team", "red"));
        Decision decision =
                scene.access.decideTrust(
                        Scene.call(principal),
                        "sts:AssumeRole",
                        ROLE,
                        Scene.A,
                        Scene.trustPolicy(trust),
                        facts);
        assertThat(words(decision)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Allow arn:aws:iam::111122223333:oidc-provider/issuer.example/x sts:AssumeRoleWithWebIdentity | allow
                    Allow issuer.example/x sts:AssumeRoleWithWebIdentity                                         | allow
                    Allow issuer.example/y sts:AssumeRoleWithWebIdentity                                         | TRUST
                    Allow accountA sts:AssumeRoleWithWebIdentity                                                 | TRUST
                    Allow roleApp sts:AssumeRoleWithWebIdentity                                                  | TRUST
                    Allow issuer.example/x sts:AssumeRole                                                        | TRUST
                    Allow issuer.example/x sts:* if StringEquals issuer.example/x:sub me                         | allow
                    Allow issuer.example/x sts:* if StringEquals ISSUER.example/x:SUB you                        | TRUST
                    Allow issuer.example/x sts:* if ForAnyValue:StringEquals issuer.example/x:amr pwd            | allow
                    Allow issuer.example/x sts:* if Null aws:PrincipalArn true                                   | allow
                    Allow issuer.example/x sts:*; Deny issuer.example/x sts:* if StringEquals issuer.example/x:aud client | deny TRUST
                    """)
    void byAWebIdentity(String trust, String expected) {
        Scene scene = new Scene();
        Session plain = Scene.session("s1", null);
        Session session =
                new Session(
                        plain.name(),
                        plain.issued(),
                        plain.expires(),
                        Map.of(),
                        Set.of(),
                        null,
                        PROVIDER,
                        false,
                        null,
                        List.of(),
                        null);
        Principal wouldBe =
                Principal.roleSession(Scene.A, "aws", "/", "app", "AROAAPP0000000000001", session);
        ServiceFacts facts =
                new ServiceFacts()
                        .with("issuer.example/x:sub", "me")
                        .with("issuer.example/x:aud", "client")
                        .with("issuer.example/x:amr", List.of("mfa", "pwd"));
        Decision decision =
                scene.access.decideWebIdentity(
                        Scene.call(wouldBe),
                        "sts:AssumeRoleWithWebIdentity",
                        ROLE,
                        Scene.trustPolicy(trust),
                        facts);
        assertThat(words(decision)).isEqualTo(expected);
    }

    @Test
    void whoIsGoneMayNothing() {
        Scene scene = new Scene();
        scene.subjects.clear();
        assertThat(
                        scene.access.decideIdentity(
                                Scene.call(Scene.ROOT_A), "iam:GetUser", "*", new ServiceFacts()))
                .isEqualTo(new NotAllowed(PolicyKind.IDENTITY));
        scene.keyPolicies.put(Scene.K.arn(), Scene.keyPolicy("Allow alice kms:*"));
        assertThat(
                        scene.access.decide(
                                Scene.call(Scene.ALICE),
                                Scene.action("Decrypt"),
                                Scene.K,
                                new Details()))
                .isEqualTo(new NotAllowed(PolicyKind.IDENTITY));
    }

    @Test
    void theSentenceIsAwss() {
        assertThat(
                        Denial.sentence(
                                Scene.ALICE,
                                "iam:GetUser",
                                "resource: user carol",
                                new NotAllowed(PolicyKind.IDENTITY)))
                .isEqualTo(
                        "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:GetUser"
                                + " on resource: user carol because no identity-based policy allows the iam:GetUser"
                                + " action");
        assertThat(Denial.sentence(Scene.S1, "sts:AssumeRole", "resource: " + ROLE))
                .isEqualTo(
                        "User: arn:aws:sts::111122223333:assumed-role/app/s1 is not authorized to perform:"
                                + " sts:AssumeRole on resource: "
                                + ROLE);
        assertThat(
                        Denial.sentence(
                                Scene.ALICE,
                                "sts:AssumeRole",
                                "resource: " + ROLE,
                                new NotAllowed(PolicyKind.TRUST)))
                .endsWith(" because no role trust policy allows the sts:AssumeRole action");
    }

    private static String words(Decision decision) {
        return switch (decision) {
            case Allowed _ -> "allow";
            case Decision.ExplicitlyDenied(PolicyKind kind, _) -> "deny " + kind;
            case NotAllowed(PolicyKind kind) -> kind.name();
            case Decision.Hidden _ -> "hidden";
        };
    }
}
