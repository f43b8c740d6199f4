package trent.sts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.api.ServiceException;
import trent.api.sts.AssumeRoleRequest;
import trent.api.sts.AssumeRoleResponse;
import trent.api.sts.Credentials;
import trent.api.sts.PolicyDescriptorType;
import trent.api.sts.Tag;
import trent.call.Call;
import trent.call.Principal;
import trent.call.Session;
import trent.sts.AssumeRole.Roots;

/** AssumeRole by the rows of its rules and errors. */
class AssumeRoleTest {

    private static final String APP = "AROAAPPAPPAPPAPPAPP22";
    private static final String NEXT = "AROANEXTNEXTNEXTNEXT2";
    private static final String APP_ARN = "arn:aws:iam::111122223333:role/app";
    private static final String NEXT_ARN = "arn:aws:iam::111122223333:role/next";
    private static final String NOT_ALICE =
            "User: arn:aws:iam::111122223333:user/Alice is not authorized to perform: sts:AssumeRole on resource: ";

    private final StsHouse house = new StsHouse();

    private static String trust(String principal, String actions, String condition) {
        return StsHouse.policy(
                "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"%s\"},\"Action\":[%s]%s}"
                        .formatted(
                                principal,
                                actions,
                                condition.isEmpty() ? "" : ",\"Condition\":" + condition));
    }

    private static String all(String principal) {
        return trust(
                principal, "\"sts:AssumeRole\",\"sts:TagSession\",\"sts:SetSourceIdentity\"", "");
    }

    private void app(String trust) {
        house.role(APP, "app", 7200, trust);
    }

    private AssumeRoleResponse assume(Call call, AssumeRoleRequest.Builder request) {
        return house.assumeRole(Roots.MAY_NOT).answer(call, request.build());
    }

    private void assertRefused(
            Call call, AssumeRoleRequest.Builder request, String code, String text) {
        ServiceException answer =
                catchThrowableOfType(ServiceException.class, () -> assume(call, request));
        assertThat(answer).as("an answer that is an error").isNotNull();
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer).hasMessage(text);
    }

    private static AssumeRoleRequest.Builder request(String arn) {
        return AssumeRoleRequest.builder().roleArn(arn).roleSessionName("s1");
    }

    private static AssumeRoleRequest.Builder app() {
        return request(APP_ARN);
    }

    private static Tag tag(String key, String value) {
        return new Tag(key, value);
    }

    @Test
    void whomTheTrustPolicyNamesGetsCredentials() {
        app(all("arn:aws:iam::111122223333:user/Alice"));

        AssumeRoleResponse answer = assume(StsHouse.alice(), app());

        Credentials credentials = Objects.requireNonNull(answer.credentials());
        assertThat(credentials.expiration()).isEqualTo(Instant.parse("2026-01-02T04:04:05Z"));
        assertThat(credentials.accessKeyId()).startsWith("ASIA");
        assertThat(answer.packedPolicySize()).isNull();
        assertThat(Objects.requireNonNull(answer.assumedRoleUser()).arn())
                .isEqualTo("arn:aws:sts::111122223333:assumed-role/app/s1");
        assertThat(answer.assumedRoleUser().assumedRoleId()).isEqualTo(APP + ":s1");
        Principal session = house.with(credentials).principal();
        assertThat(session.arn()).isEqualTo(answer.assumedRoleUser().arn());
        assertThat(session.userId()).isEqualTo(APP + ":s1");
        assertThat(session.principalArn()).isEqualTo(APP_ARN);
    }

    /** Direct, through the account, by everybody; at home and abroad. */
    @ParameterizedTest
    @CsvSource({
        "arn:aws:iam::111122223333:user/Alice, false, true",
        "111122223333, false, false",
        "111122223333, true, true",
        "'*', false, true",
        "arn:aws:iam::444455556666:user/Bob, true, false",
    })
    void atHomeTheTrustPolicyOrTheAccountAndAPolicyAllow(
            String principal, boolean policy, boolean allowed) {
        app(all(principal));
        if (policy) {
            house.allow(StsHouse.ALICE, allow("sts:AssumeRole", APP_ARN));
        }

        assertThat(isAllowed(StsHouse.alice())).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "arn:aws:iam::444455556666:user/Bob, false, false",
        "arn:aws:iam::444455556666:user/Bob, true, true",
        "444455556666, true, true",
        "444455556666, false, false",
        "111122223333, true, false",
    })
    void abroadBothSidesMustAllow(String principal, boolean policy, boolean allowed) {
        app(all(principal));
        if (policy) {
            house.allow(StsHouse.BOB, allow("sts:AssumeRole", APP_ARN));
        }

        assertThat(isAllowed(StsHouse.bob())).isEqualTo(allowed);
    }

    private boolean isAllowed(Call call) {
        try {
            assume(call, app());
            return true;
        } catch (ServiceException e) {
            assertThat(e.code()).isEqualTo("AccessDenied");
            return false;
        }
    }

    private static String allow(String action, String resource) {
        return "{\"Effect\":\"Allow\",\"Action\":\"%s\",\"Resource\":\"%s\"}"
                .formatted(action, resource);
    }

    @Test
    void aMissingRoleIsAnsweredLikeOneThatMayNotBeAssumed() {
        app(all("arn:aws:iam::444455556666:user/Bob"));

        assertRefused(StsHouse.alice(), app(), "AccessDenied", NOT_ALICE + APP_ARN);
        assertRefused(
                StsHouse.alice(),
                request("arn:aws:iam::111122223333:role/none"),
                "AccessDenied",
                NOT_ALICE + "arn:aws:iam::111122223333:role/none");
        assertRefused(
                StsHouse.alice(),
                request("arn:aws:iam::111122223333:role/path/app"),
                "AccessDenied",
                NOT_ALICE + "arn:aws:iam::111122223333:role/path/app");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:iam::111122223333:user/Alice",
                "arn:aws:iam::11112222333:role/application",
                "arn:aws-cn:iam::111122223333:role/app",
                "app-app-app-app-app-app",
                "arn:aws:sts::111122223333:assumed-role/app/s1",
                "arn:aws:iam::111122223333:role/",
            })
    void whatIsNoArnOfARoleIsInvalid(String arn) {
        assertRefused(StsHouse.alice(), request(arn), "ValidationError", arn + " is invalid");
    }

    @ParameterizedTest
    @CsvSource({"secret, true", "Secret, false", ", false"})
    void anExternalIdMustBeRight(@Nullable String given, boolean allowed) {
        app(
                trust(
                        "arn:aws:iam::111122223333:user/Alice",
                        "\"sts:AssumeRole\"",
                        "{\"StringEquals\":{\"sts:ExternalId\":\"secret\"}}"));

        if (allowed) {
            assertThat(assume(StsHouse.alice(), app().externalId(given)).credentials()).isNotNull();
        } else {
            assertRefused(
                    StsHouse.alice(), app().externalId(given), "AccessDenied", NOT_ALICE + APP_ARN);
        }
    }

    @ParameterizedTest
    @CsvSource({"s1, true", "s2, false"})
    void aSessionNameCanBeRequired(String name, boolean allowed) {
        app(
                trust(
                        "*",
                        "\"sts:AssumeRole\"",
                        "{\"StringEquals\":{\"sts:RoleSessionName\":\"s1\"}}"));

        assertThat(isAllowedAs(name)).isEqualTo(allowed);
    }

    private boolean isAllowedAs(String name) {
        try {
            assume(StsHouse.alice(), app().roleSessionName(name));
            return true;
        } catch (ServiceException _) {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({"900, true", "7200, true", "7201, false"})
    void aSessionIsNoLongerThanTheRoleAllows(int seconds, boolean taken) {
        app(all("*"));

        if (taken) {
            Credentials credentials =
                    assume(StsHouse.alice(), app().durationSeconds(seconds)).credentials();
            assertThat(Objects.requireNonNull(credentials).expiration())
                    .isEqualTo(Instant.parse("2026-01-02T03:04:05Z").plusSeconds(seconds));
        } else {
            assertRefused(
                    StsHouse.alice(),
                    app().durationSeconds(seconds),
                    "ValidationError",
                    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }
    }

    @Test
    void aChainOfRolesLastsAnHour() {
        app(all("*"));
        house.role(NEXT, "next", 43_200, all("*"));
        Call session = house.with(assume(StsHouse.alice(), app()).credentials());

        assertRefused(
                session,
                request(NEXT_ARN).durationSeconds(3601),
                "ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
        Credentials chained =
                assume(session, request(NEXT_ARN).durationSeconds(3600)).credentials();
        assertThat(session(chained).chained()).isTrue();
        assertThat(house.with(chained).principal().arn())
                .isEqualTo("arn:aws:sts::111122223333:assumed-role/next/s1");
    }

    @Test
    void aRootMayNotAssumeARoleButInDevelopment() {
        app(all("111122223333"));
        Call root = StsHouse.call(Principal.root(StsHouse.A, "aws"));

        assertRefused(root, app(), "AccessDenied", "Roles may not be assumed by root accounts.");
        AssumeRole development = house.assumeRole(Roots.MAY_IN_DEVELOPMENT);
        assertThat(development.answer(root, app().build()).credentials()).isNotNull();
        assertThat(
                        catchThrowableOfType(
                                        ServiceException.class,
                                        () ->
                                                development.answer(
                                                        StsHouse.call(
                                                                Principal.root(StsHouse.B, "aws")),
                                                        app().build()))
                                .code())
                .isEqualTo("AccessDenied");
        app(all("444455556666"));
        assertThat(
                        development
                                .answer(
                                        StsHouse.call(Principal.root(StsHouse.B, "aws")),
                                        app().build())
                                .credentials())
                .isNotNull();
    }

    // ---- tags and source identity

    @Test
    void tagsNeedTheirOwnPermission() {
        app(trust("*", "\"sts:AssumeRole\"", ""));

        assertRefused(
                StsHouse.alice(),
                app().tags(List.of(tag("team", "blue"))),
                "AccessDenied",
                "User: arn:aws:iam::111122223333:user/Alice is not authorized to perform: sts:TagSession on resource: "
                        + APP_ARN);
        assertRefused(
                StsHouse.alice(),
                app().sourceIdentity("alice"),
                "AccessDenied",
                "User: arn:aws:iam::111122223333:user/Alice is not authorized to perform: sts:SetSourceIdentity on resource: "
                        + APP_ARN);
    }

    @Test
    void tagsAndSourceIdentityAreOfTheSession() {
        app(all("*"));

        AssumeRoleResponse answer =
                assume(
                        StsHouse.alice(),
                        app().tags(List.of(tag("team", "blue"), tag("cost", "7")))
                                .transitiveTagKeys(List.of("Team"))
                                .sourceIdentity("alice@example.com"));

        Session session = session(answer.credentials());
        assertThat(session.tags()).isEqualTo(Map.of("team", "blue", "cost", "7"));
        assertThat(session.transitiveTags()).isEqualTo(Set.of("team"));
        assertThat(session.sourceIdentity()).isEqualTo("alice@example.com");
        assertThat(answer.sourceIdentity()).isEqualTo("alice@example.com");
        assertThat(answer.packedPolicySize()).isBetween(1, 20);
    }

    @Test
    void transitiveTagsAndSourceIdentityAreHandedOn() {
        app(all("*"));
        house.role(NEXT, "next", 3600, all("*"));
        Call first =
                house.with(
                        assume(
                                        StsHouse.alice(),
                                        app().tags(List.of(tag("team", "blue"), tag("cost", "7")))
                                                .transitiveTagKeys(List.of("team"))
                                                .sourceIdentity("alice"))
                                .credentials());

        Session second =
                session(
                        assume(first, request(NEXT_ARN).tags(List.of(tag("cost", "8"))))
                                .credentials());

        assertThat(second.tags()).isEqualTo(Map.of("team", "blue", "cost", "8"));
        assertThat(second.transitiveTags()).isEqualTo(Set.of("team"));
        assertThat(second.sourceIdentity()).isEqualTo("alice");
        assertRefused(
                first,
                request(NEXT_ARN).tags(List.of(tag("TEAM", "red"))),
                "InvalidParameterValue",
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.");
        assertRefused(
                first,
                request(NEXT_ARN).sourceIdentity("mallory"),
                "AccessDenied",
                "User: arn:aws:sts::111122223333:assumed-role/app/s1 is not authorized to perform: sts:SetSourceIdentity on resource: "
                        + NEXT_ARN);
    }

    @Test
    void tagsThatAreHandedOnCountToo() {
        app(all("*"));
        house.role(NEXT, "next", 3600, all("*"));
        List<Tag> inherited =
                IntStream.range(0, 30).mapToObj(i -> tag("inherited" + i, "x")).toList();
        Call first =
                house.with(
                        assume(
                                        StsHouse.alice(),
                                        app().tags(inherited)
                                                .transitiveTagKeys(
                                                        inherited.stream().map(Tag::key).toList()))
                                .credentials());
        List<Tag> more = IntStream.range(0, 21).mapToObj(i -> tag("more" + i, "x")).toList();

        assertThat(
                        session(
                                        assume(first, request(NEXT_ARN).tags(more.subList(0, 20)))
                                                .credentials())
                                .tags())
                .hasSize(50);
        assertRefused(
                first,
                request(NEXT_ARN).tags(more),
                "ValidationError",
                "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50");
    }

    /** What is handed on needs the next role's consent too. */
    @Test
    void tagsThatAreHandedOnNeedPermissionAgain() {
        app(all("*"));
        house.role(NEXT, "next", 3600, trust("*", "\"sts:AssumeRole\"", ""));
        Call first =
                house.with(
                        assume(
                                        StsHouse.alice(),
                                        app().tags(List.of(tag("team", "blue")))
                                                .transitiveTagKeys(List.of("team")))
                                .credentials());

        assertRefused(
                first,
                request(NEXT_ARN),
                "AccessDenied",
                "User: arn:aws:sts::111122223333:assumed-role/app/s1 is not authorized to perform: sts:TagSession on resource: "
                        + NEXT_ARN);
    }

    @Test
    void tagsMustBeInOrder() {
        app(all("*"));

        assertRefused(
                StsHouse.alice(),
                app().tags(List.of(tag("team", "blue"), tag("Team", "red"))),
                "InvalidParameterValue",
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        assertRefused(
                StsHouse.alice(),
                app().tags(List.of(tag("team", "blue"))).transitiveTagKeys(List.of("cost")),
                "InvalidParameterValue",
                "The specified transitive tag key must be included in the requested tags.");
    }

    // ---- session policies

    @Test
    void sessionPoliciesAreOfTheSession() {
        app(all("*"));
        house.managed.add("arn:aws:iam::111122223333:policy/limits");
        String policy = StsHouse.policy(allow("kms:Encrypt", "*"));

        AssumeRoleResponse answer =
                assume(
                        StsHouse.alice(),
                        app().policy(policy)
                                .policyArns(
                                        List.of(
                                                new PolicyDescriptorType(
                                                        "arn:aws:iam::111122223333:policy/limits"))));

        assertThat(session(answer.credentials()).policy()).isEqualTo(policy);
        assertThat(session(answer.credentials()).policyArns())
                .containsExactly("arn:aws:iam::111122223333:policy/limits");
        assertThat(answer.packedPolicySize()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | This policy contains invalid Json",
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"*\"}]} | Policy statement must contain actions.",
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"kms:*\"}]} | Policy statement must contain resources.",
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Maybe\",\"Action\":\"kms:*\",\"Resource\":\"*\"}]} | Syntax errors in policy.",
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\"}]} | Policy document should not specify a principal.",
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"Encrypt\",\"Resource\":\"*\"}]} | Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"kms:*\",\"Resource\":\"x\"}]} | Resource x must be in ARN format or \"*\".",
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"kms:*\",\"Resource\":\"arn:aws:kms:*:*:\\u0000\"}]} | Syntax errors in policy."
            })
    void aSessionPolicyMustBeOne(String policy, String text) {
        app(all("*"));

        assertRefused(StsHouse.alice(), app().policy(policy), "MalformedPolicyDocument", text);
    }

    @Test
    void sessionPoliciesAreFewAndShort() {
        app(all("*"));
        List<PolicyDescriptorType> many = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            String arn = "arn:aws:iam::111122223333:policy/p" + i;
            house.managed.add(arn);
            many.add(new PolicyDescriptorType(arn));
        }

        assertRefused(
                StsHouse.alice(),
                app().policyArns(many),
                "ValidationError",
                "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10");
        assertRefused(
                StsHouse.alice(),
                app().policy("x".repeat(2049)),
                "ValidationError",
                "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048");
        assertRefused(
                StsHouse.alice(),
                app().policyArns(
                                List.of(
                                        new PolicyDescriptorType(
                                                "arn:aws:iam::111122223333:policy/none"))),
                "ValidationError",
                "arn:aws:iam::111122223333:policy/none is invalid");
    }

    @Test
    void whatDoesNotFitIntoATokenIsRefusedWithItsShare() {
        app(all("*"));
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            tags.add(
                    tag(
                            "key" + i,
                            java.util.Base64.getEncoder()
                                    .encodeToString(house.entropy.bytes(180))));
        }

        ServiceException answer =
                catchThrowableOfType(
                        ServiceException.class, () -> assume(StsHouse.alice(), app().tags(tags)));

        assertThat(answer.code()).isEqualTo("PackedPolicyTooLarge");
        assertThat(Objects.requireNonNull(answer.getMessage()))
                .matches("Packed size of session tags consumes 1[0-9]{2}% of allotted space.");
    }

    @Test
    void nobodyHasAnMfaDevice() {
        app(all("*"));

        assertThat(
                        catchThrowableOfType(
                                        ServiceException.class,
                                        () ->
                                                assume(
                                                        StsHouse.alice(),
                                                        app().serialNumber("GAHT12345678")
                                                                .tokenCode("123456")))
                                .code())
                .isEqualTo("AccessDenied");
    }

    @Test
    void aSessionOfADeletedRoleIsOver() {
        app(all("*"));
        Credentials credentials =
                Objects.requireNonNull(assume(StsHouse.alice(), app()).credentials());
        assertThat(house.with(credentials).principal().arn()).contains("assumed-role/app");

        house.known.arns.remove(APP);
        house.role("AROANEWNEWNEWNEWNEW22", "app", 3600, all("*"));

        trent.identity.Credential credential =
                (trent.identity.Credential)
                        house.known
                                .credentials()
                                .find(credentials.accessKeyId(), credentials.sessionToken());
        assertThat(house.known.credentials().principal(credential, "aws", null)).isNull();
    }

    @Test
    void timesAreInWholeSeconds() {
        app(all("*"));

        Session session = session(assume(StsHouse.alice(), app()).credentials());

        assertThat(session.issued()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
        assertThat(Duration.between(session.issued(), session.expires()))
                .isEqualTo(Duration.ofHours(1));
    }

    private Session session(@Nullable Credentials credentials) {
        return Objects.requireNonNull(house.with(credentials).principal().session());
    }
}
