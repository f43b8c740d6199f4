package trent.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.call.Attestation;
import trent.call.Call;
import trent.call.Origin;
import trent.call.Principal;
import trent.call.Session;
import trent.identity.Subject;
import trent.language.ConditionKey;
import trent.language.Facts;
import trent.language.Policy;
import trent.language.Request;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.store.Key;

/** Every condition key: on which operations it is present, and which values it has. */
class FactsTest {

    /** All actions that are checked on a key. */
    private static final String ALL =
            "CancelKeyDeletion CreateAlias CreateGrant Decrypt DeleteAlias DeleteImportedKeyMaterial"
                    + " DeriveSharedSecret DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation"
                    + " Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext"
                    + " GenerateDataKeyWithoutPlaintext GenerateMac GetKeyLastUsage GetKeyPolicy"
                    + " GetKeyRotationStatus GetParametersForImport GetPublicKey ImportKeyMaterial ListGrants"
                    + " ListKeyPolicies ListKeyRotations ListResourceTags PutKeyPolicy ReEncryptFrom ReEncryptTo"
                    + " ReplicateKey RetireGrant RevokeGrant RotateKeyOnDemand ScheduleKeyDeletion Sign"
                    + " SynchronizeMultiRegionKey TagResource UntagResource UpdateAlias UpdateKeyDescription"
                    + " UpdatePrimaryRegion Verify VerifyMac";

    private static final String DATA_KEYS =
            "GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext"
                    + " GenerateDataKeyWithoutPlaintext";
    private static final String SYMMETRIC =
            "Encrypt Decrypt ReEncryptFrom ReEncryptTo " + DATA_KEYS;
    private static final String CRYPTOGRAPHIC =
            SYMMETRIC + " Sign Verify GenerateMac VerifyMac DeriveSharedSecret";

    /** What stands in no policy's vocabulary but must never be present. */
    private static final List<String> NEVER =
            List.of(
                    "kms:ViaService",
                    "kms:GrantConstraintSourceArn",
                    "kms:GranteeServicePrincipal",
                    "kms:RetiringServicePrincipal",
                    "aws:CalledVia",
                    "aws:SourceArn",
                    "aws:SourceAccount",
                    "aws:PrincipalOrgID",
                    "aws:SourceVpce",
                    "s3:prefix",
                    "nonsense");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    kms:BypassPolicyLockoutSafetyCheck         | PutKeyPolicy
                    kms:CallerAccount                          | ALL
                    kms:CustomerMasterKeySpec                  | ALL
                    kms:CustomerMasterKeyUsage                 | ALL
                    kms:DataKeyPairSpec                        | GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
                    kms:EncryptionAlgorithm                    | SYMMETRIC
                    kms:EncryptionContext:Dept                 | SYMMETRIC CreateGrant RetireGrant
                    kms:EncryptionContextKeys                  | SYMMETRIC CreateGrant RetireGrant
                    kms:ExpirationModel                        | ImportKeyMaterial
                    kms:GrantConstraintType                    | CreateGrant RetireGrant
                    kms:GranteePrincipal                       | CreateGrant
                    kms:GrantIsForAWSResource                  | CreateGrant ListGrants RevokeGrant
                    kms:GrantOperations                        | CreateGrant
                    kms:KeyAgreementAlgorithm                  | DeriveSharedSecret
                    kms:KeyOrigin                              | ALL
                    kms:KeySpec                                | ALL
                    kms:KeyUsage                               | ALL
                    kms:MacAlgorithm                           | GenerateMac VerifyMac
                    kms:MessageType                            | Sign Verify
                    kms:MultiRegion                            | ALL
                    kms:MultiRegionKeyType                     | ALL
                    kms:PrimaryRegion                          | UpdatePrimaryRegion
                    kms:ReEncryptOnSameKey                     | ReEncryptFrom ReEncryptTo
                    kms:RecipientAttestation:ImageSha384       | ATTESTED
                    kms:RecipientAttestation:PCR3              | ATTESTED
                    kms:RecipientAttestation:PCR4              |
                    kms:RecipientAttestation:NitroTPMPCR3      |
                    kms:ReplicaRegion                          | ReplicateKey
                    kms:RequestAlias                           | CRYPTOGRAPHIC DescribeKey GetPublicKey
                    kms:ResourceAliases                        | ALL
                    kms:RetiringPrincipal                      | CreateGrant
                    kms:RotationPeriodInDays                   | EnableKeyRotation
                    kms:ScheduleKeyDeletionPendingWindowInDays | ScheduleKeyDeletion
                    kms:SigningAlgorithm                       | Sign Verify
                    kms:TrailingDaysWithoutKeyUsage            | DisableKey ScheduleKeyDeletion
                    kms:ValidTo                                | ImportKeyMaterial
                    kms:WrappingAlgorithm                      | GetParametersForImport
                    kms:WrappingKeySpec                        | GetParametersForImport
                    aws:RequestTag/team                        | TagResource
                    aws:TagKeys                                | TagResource UntagResource
                    aws:ResourceTag/team                       | ALL
                    aws:ResourceTag/other                      |
                    aws:ResourceAccount                        | ALL
                    aws:CurrentTime                            | ALL
                    aws:EpochTime                              | ALL
                    aws:PrincipalAccount                       | ALL
                    aws:PrincipalArn                           | ALL
                    aws:PrincipalIsAWSService                  | ALL
                    aws:PrincipalTag/role                      | ALL
                    aws:PrincipalType                          | ALL
                    aws:RequestedRegion                        | ALL
                    aws:SecureTransport                        | ALL
                    aws:SourceIp                               | ALL
                    aws:ViaAWSService                          | ALL
                    aws:userid                                 | ALL
                    aws:username                               | ALL
                    """)
    void aKeyIsPresentOnItsOperationsOnly(String name, @Nullable String operations) {
        Set<String> expected = operations(operations);
        Set<String> present = new TreeSet<>();
        for (String action : ALL.split(" ", -1)) {
            Request request = full(action);
            for (String written : List.of(name, name.toUpperCase(Locale.ROOT))) {
                if (request.count(key(written)) != Facts.ABSENT) {
                    present.add(action);
                    assertThat(request.value(key(written), 0)).isNotEmpty();
                }
            }
        }
        assertThat(present).isEqualTo(expected);
    }

    @Test
    void whatNoCallerOfThisServerHasIsNeverThere() {
        for (String action : ALL.split(" ", -1)) {
            for (String name : NEVER) {
                assertThat(full(action).count(key(name))).isEqualTo(Facts.ABSENT);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    rootA    | arn:aws:iam::111122223333:root        | 111122223333               |       | Account
                    alice    | arn:aws:iam::111122223333:user/alice  | AIDAALICE00000000001       | alice | User
                    aliceMfa | arn:aws:iam::111122223333:user/alice  | AIDAALICE00000000001       | alice | User
                    s1       | arn:aws:iam::111122223333:role/app    | AROAAPP0000000000001:s1    |       | AssumedRole
                    teamS1   | arn:aws:iam::111122223333:role/team/app | AROAAPP0000000000001:s1  |       | AssumedRole
                    fred     | arn:aws:sts::111122223333:federated-user/fred | 111122223333:fred  |       | FederatedUser
                    """)
    void whoCalls(String caller, String arn, String userId, @Nullable String name, String type) {
        Request request = on(call(caller), Subject.ROOT, "Decrypt", new Details());
        assertThat(one(request, "aws:PrincipalArn")).isEqualTo(arn);
        assertThat(one(request, "aws:userid")).isEqualTo(userId);
        assertThat(one(request, "aws:username")).isEqualTo(name);
        assertThat(one(request, "aws:PrincipalType")).isEqualTo(type);
        assertThat(one(request, "kms:CallerAccount")).isEqualTo(Scene.A.value());
    }

    @Test
    void aSessionHasWhatItWasIssuedWith() {
        Request longTerm = on(call("alice"), Subject.ROOT, "Decrypt", new Details());
        assertThat(one(longTerm, "aws:MultiFactorAuthPresent")).isNull();
        assertThat(one(longTerm, "aws:MultiFactorAuthAge")).isNull();
        assertThat(one(longTerm, "aws:TokenIssueTime")).isNull();

        Request withMfa = on(call("aliceMfa"), Subject.ROOT, "Decrypt", new Details());
        assertThat(one(withMfa, "aws:MultiFactorAuthPresent")).isEqualTo("true");
        assertThat(one(withMfa, "aws:MultiFactorAuthAge")).isEqualTo("311"); // 5:06 since, and 5
        assertThat(one(withMfa, "aws:TokenIssueTime")).isEqualTo("2026-02-03T04:00:00Z");

        Request role = on(call("s1"), Subject.ROOT, "Decrypt", new Details());
        assertThat(one(role, "aws:MultiFactorAuthPresent")).isEqualTo("false");
        assertThat(one(role, "aws:MultiFactorAuthAge")).isNull();
    }

    @Test
    void aTagOfTheSessionCountsBeforeTheRoles() {
        Session session = Scene.session("s9", null, Map.of("Team", "blue"));
        Principal caller =
                Principal.roleSession(Scene.A, "aws", "/", "app", "AROAAPP0000000000001", session);
        Subject role = new Subject(Map.of("team", "red", "cost", "42"), List.of(), null);
        Request request = on(Scene.call(caller), role, "Decrypt", new Details());
        assertThat(one(request, "aws:PrincipalTag/TEAM")).isEqualTo("blue");
        assertThat(one(request, "aws:PrincipalTag/Cost")).isEqualTo("42");
        assertThat(one(request, "aws:PrincipalTag/none")).isNull();
    }

    @Test
    void whereItCameFromAndWhen() {
        Origin origin = new Origin("192.0.2.7", true, "agent", "page");
        Call call = new Call(Scene.ALICE, new Region("eu-west-1"), "request", origin);
        Request request = on(call, Subject.ROOT, "Decrypt", new Details());
        assertThat(one(request, "aws:SourceIp")).isEqualTo("192.0.2.7");
        assertThat(one(request, "aws:SecureTransport")).isEqualTo("true");
        assertThat(one(request, "aws:UserAgent")).isEqualTo("agent");
        assertThat(one(request, "aws:Referer")).isEqualTo("page");
        assertThat(one(request, "aws:RequestedRegion")).isEqualTo("eu-west-1");
        assertThat(one(request, "aws:CurrentTime")).isEqualTo("2026-02-03T04:05:06Z");
        assertThat(one(request, "aws:EpochTime")).isEqualTo("1770091506");
        assertThat(one(request, "aws:PrincipalIsAWSService")).isEqualTo("false");
        assertThat(one(request, "aws:ViaAWSService")).isEqualTo("false");
    }

    @Test
    void ofAKeyThatIsYetToBeMadeTheRequestTells() {
        Details details =
                new Details()
                        .with(Detail.KEY_SPEC, "RSA_2048")
                        .with(Detail.KEY_USAGE, "SIGN_VERIFY")
                        .with(Detail.KEY_ORIGIN, "AWS_KMS")
                        .tags(Map.of("Team", "red"));
        Request request =
                KmsRequest.on(
                        "*",
                        call("alice"),
                        Subject.ROOT,
                        sources(new Scene()),
                        KmsActions.anywhere(Scene.action("CreateKey")),
                        details);
        assertThat(one(request, "kms:KeySpec")).isEqualTo("RSA_2048");
        assertThat(one(request, "kms:CustomerMasterKeySpec")).isEqualTo("RSA_2048");
        assertThat(one(request, "kms:KeyUsage")).isEqualTo("SIGN_VERIFY");
        assertThat(one(request, "kms:MultiRegion")).isEqualTo("false");
        assertThat(one(request, "kms:MultiRegionKeyType")).isNull();
        assertThat(one(request, "kms:ResourceAliases")).isNull();
        assertThat(one(request, "kms:BypassPolicyLockoutSafetyCheck")).isNull();
        assertThat(one(request, "aws:RequestTag/team")).isEqualTo("red");
        assertThat(one(request, "aws:ResourceTag/team")).isEqualTo("red");
        assertThat(one(request, "aws:TagKeys")).isEqualTo("Team");
        assertThat(one(request, "aws:ResourceAccount")).isNull();
    }

    @Test
    void namesThatDifferInCaseOnlyAreOneKeyWithSeveralValues() {
        Details details =
                new Details().encryptionContext(new TreeMap<>(Map.of("Dept", "IT", "dept", "HR")));
        Request request = on(call("alice"), Subject.ROOT, "Decrypt", details);
        ConditionKey key = key("kms:EncryptionContext:DEPT");
        assertThat(request.count(key)).isEqualTo(2);
        assertThat(List.of(request.value(key, 0), request.value(key, 1)))
                .containsExactlyInAnyOrder("IT", "HR");
        assertThat(request.count(key("kms:EncryptionContextKeys"))).isEqualTo(2);
        assertThat(key).isEqualTo(key("KMS:encryptioncontext:dept"));
    }

    @Test
    void aStatementThatDoesNotAskCostsNoLookUp() {
        Scene scene = new Scene();
        scene.identity(Scene.ALICE, List.of("Allow kms:*"), null, Map.of());
        scene.access.require(
                Scene.call(Scene.ALICE), Scene.action("Decrypt"), Scene.K, new Details());
        assertThat(scene.lookUps).containsExactly("policy");

        scene.lookUps.clear();
        scene.identity(
                Scene.ALICE,
                List.of(
                        "Allow kms:* if StringEquals aws:ResourceTag/a x; Deny kms:* if StringEquals"
                                + " aws:ResourceTag/b y"),
                null,
                Map.of());
        scene.tags.put(Scene.K.arn(), Map.of("a", "x"));
        scene.access.require(
                Scene.call(Scene.ALICE), Scene.action("Decrypt"), Scene.K, new Details());
        assertThat(scene.lookUps).containsExactly("policy", "tags");
    }

    @Test
    void aValueThatCostsSomethingIsFoundOnceAndOnlyIfAskedFor() {
        List<String> asked = new ArrayList<>();
        Details details =
                new Details()
                        .later(
                                Detail.TRAILING_DAYS_WITHOUT_KEY_USAGE,
                                key -> {
                                    asked.add(key.arn().toString());
                                    return "12";
                                });
        Request request = on(call("alice"), Subject.ROOT, "DisableKey", details);
        assertThat(asked).isEmpty();
        assertThat(one(request, "kms:TrailingDaysWithoutKeyUsage")).isEqualTo("12");
        assertThat(one(request, "kms:TrailingDaysWithoutKeyUsage")).isEqualTo("12");
        assertThat(asked).hasSize(1);
    }

    private static Set<String> operations(@Nullable String names) {
        Set<String> operations = new TreeSet<>();
        if (names != null) {
            for (String name : names.split(" ", -1)) {
                String several =
                        switch (name) {
                            case "ALL" -> ALL;
                            case "SYMMETRIC" -> SYMMETRIC;
                            case "CRYPTOGRAPHIC" -> CRYPTOGRAPHIC;
                            case "ATTESTED" ->
                                    "Decrypt DeriveSharedSecret GenerateDataKey GenerateDataKeyPair";
                            default -> name;
                        };
                operations.addAll(Arrays.asList(several.split(" ", -1)));
            }
        }
        return operations;
    }

    /** A request that has all there can be. */
    private static Request full(String action) {
        Details details = new Details();
        for (Detail detail : Detail.values()) {
            if (detail == Detail.GRANT_OPERATIONS) {
                details.with(detail, List.of("Encrypt"));
            } else {
                details.with(detail, "value");
            }
        }
        details.encryptionContext(Map.of("dept", "IT")).tags(Map.of("Team", "red"));
        Call call = call("alice");
        call.attestedBy(
                new Attestation(
                        Attestation.Platform.NITRO_ENCLAVE,
                        new TreeMap<>(Map.of(0, "aa", 3, "bb"))));
        return on(call, new Subject(Map.of("Role", "x"), List.of(), null), action, details);
    }

    private static Request on(Call call, Subject subject, String action, Details details) {
        KeyArn arn =
                new KeyArn(
                        Scene.REGION, Scene.A, new KeyId("mrk-11111111111141118111111111111111"));
        Key key =
                Key.created(
                        arn,
                        KeySpec.SYMMETRIC_DEFAULT,
                        KeyUsageType.ENCRYPT_DECRYPT,
                        OriginType.AWS_KMS,
                        KeyState.ENABLED,
                        "",
                        Instant.EPOCH,
                        Scene.REGION);
        Scene scene = new Scene();
        scene.tags.put(arn, Map.of("Team", "red"));
        scene.aliases(key, "alias/a", "alias/b");
        return KmsRequest.on(
                key,
                call,
                subject,
                sources(scene),
                KmsActions.onKey(Scene.action(action)),
                details);
    }

    private static Sources sources(Scene scene) {
        return new Sources(scene, scene, Scene.CLOCK, Scene.ALIASES_PER_KEY, Policy.NOTHING);
    }

    private static Call call(String caller) {
        return Scene.call(Objects.requireNonNull(Scene.CALLERS.get(caller)));
    }

    private static ConditionKey key(String name) {
        return ConditionKeys.VOCABULARY.key(name);
    }

    private static @Nullable String one(Request request, String name) {
        int count = request.count(key(name));
        return count == Facts.ABSENT ? null : request.value(key(name), 0);
    }
}
