package trent.bench;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import trent.call.Principal;
import trent.call.Session;
import trent.language.ConditionKey;
import trent.language.Policy;
import trent.language.Policy.Kind;
import trent.language.PolicySyntaxException;
import trent.language.PrincipalIds;
import trent.language.Request;
import trent.name.AccountId;

/**
 * What a key policy of ten statements and three identity policies say of a request by a role's
 * session, with conditions on its encryption context, address, tags and time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PolicyBenchmark {

    private static final String ROLE = "AROACKCEVSQ6C2EXAMPLE";
    private static final String KEY =
            "arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    private static final String KEY_POLICY =
            """
            {"Version": "2012-10-17", "Id": "key-consolepolicy-3", "Statement": [
             {"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
              "Action": "kms:*", "Resource": "*"},
             {"Sid": "Administrators", "Effect": "Allow",
              "Principal": {"AWS": ["arn:aws:iam::111122223333:role/admin", "arn:aws:iam::111122223333:user/root-of-all"]},
              "Action": ["kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Revoke*",
                         "kms:Disable*", "kms:Get*", "kms:Delete*", "kms:TagResource", "kms:UntagResource",
                         "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
              "Resource": "*"},
             {"Sid": "Use", "Effect": "Allow",
              "Principal": {"AWS": ["arn:aws:iam::111122223333:role/app", "arn:aws:iam::444455556666:root"]},
              "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
              "Resource": "*", "Condition": {"StringEquals": {"kms:EncryptionContext:Department": ["IT", "HR"]},
                                             "StringLike": {"kms:EncryptionContext:Path": "/data/*/records"}}},
             {"Sid": "Grants", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
              "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"], "Resource": "*",
              "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}},
             {"Sid": "Only over TLS", "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
              "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
             {"Sid": "Only from here", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*",
              "Condition": {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16", "203.0.113.0/24"]}}},
             {"Sid": "Only the team", "Effect": "Deny", "Principal": "*", "NotAction": ["kms:Describe*", "kms:List*"], "Resource": "*",
              "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:role/*", "arn:aws:iam::444455556666:role/team/*"]}}},
             {"Sid": "No test keys", "Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
              "Condition": {"ForAnyValue:StringLike": {"kms:ResourceAliases": ["alias/test/*", "alias/tmp-*"]}}},
             {"Sid": "Until", "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
              "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}},
             {"Sid": "Own project", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/other"},
              "Action": "kms:Decrypt", "Resource": "*",
              "Condition": {"StringEquals": {"aws:ResourceTag/project": "${aws:PrincipalTag/project}"}}}]}
            """;

    private static final List<String> IDENTITY_POLICIES =
            List.of(
                    """
                    {"Version": "2012-10-17", "Statement": [
                     {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]},
                     {"Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}]}
                    """,
                    """
                    {"Version": "2012-10-17", "Statement": [
                     {"Effect": "Deny", "Action": "kms:*", "Resource": "*",
                      "Condition": {"StringNotEqualsIfExists": {"aws:ResourceTag/project": "${aws:PrincipalTag/project}"}}},
                     {"Effect": "Allow", "Action": "kms:Describe*", "Resource": "*"}]}
                    """,
                    """
                    {"Version": "2012-10-17", "Statement":
                     {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt"],
                      "Resource": ["arn:aws:kms:*:111122223333:key/*", "arn:aws:kms:*:444455556666:key/*"],
                      "Condition": {"StringEquals": {"kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"},
                                    "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}}}
                    """);

    private final Policy keyPolicy = compiled(KEY_POLICY, Kind.KEY);
    private final Policy[] identityPolicies =
            IDENTITY_POLICIES.stream()
                    .map(text -> compiled(text, Kind.IDENTITY))
                    .toArray(Policy[]::new);
    private final Asked asked = new Asked();

    /** The keys that the policies ask for; all others the request does not have. */
    private enum Key implements ConditionKey {
        SECURE_TRANSPORT("aws:securetransport", "true"),
        SOURCE_IP("aws:sourceip", "203.0.113.77"),
        PRINCIPAL_ARN("aws:principalarn", "arn:aws:iam::111122223333:role/team/app"),
        CURRENT_TIME("aws:currenttime", "2026-11-25T22:59:01Z"),
        RESOURCE_ALIASES("kms:resourcealiases", "alias/orders"),
        RESOURCE_TAG("aws:resourcetag/project", "orders"),
        PRINCIPAL_TAG("aws:principaltag/project", "orders"),
        ALGORITHM("kms:encryptionalgorithm", "SYMMETRIC_DEFAULT"),
        MFA_AGE("aws:multifactorauthage", "1200"),
        DEPARTMENT("kms:encryptioncontext:department", "IT"),
        PATH("kms:encryptioncontext:path", "/data/eu/2026/records"),
        OTHER("", "");

        private final String wire;
        private final String value;

        Key(String wire, String value) {
            this.wire = wire;
            this.value = value;
        }

        static ConditionKey of(String name) {
            for (Key key : values()) {
                if (key.wire.equals(name.toLowerCase(Locale.ROOT))) {
                    return key;
                }
            }
            return OTHER;
        }

        @Override
        public boolean multiValued() {
            return this == RESOURCE_ALIASES;
        }
    }

    /** Decrypt by a session of the role {@code team/app}. */
    private static final class Asked implements Request {

        private final Map<String, String> context =
                Map.of("Department", "IT", "Path", "/data/eu/2026/records");
        private final Principal principal =
                Principal.roleSession(
                        new AccountId("111122223333"),
                        "aws",
                        "/team/",
                        "app",
                        ROLE,
                        new Session(
                                "s1",
                                Instant.EPOCH,
                                Instant.EPOCH,
                                Map.of(),
                                Set.of(),
                                null,
                                null,
                                false,
                                null,
                                List.of(),
                                null));

        @Override
        public Principal principal() {
            return principal;
        }

        @Override
        public String action() {
            return "kms:Decrypt";
        }

        @Override
        public String resource() {
            return KEY;
        }

        @Override
        public int count(ConditionKey key) {
            return key == Key.OTHER ? ABSENT : 1;
        }

        @Override
        public String value(ConditionKey key, int index) {
            return switch ((Key) key) {
                case DEPARTMENT -> context.getOrDefault("Department", "");
                case PATH -> context.getOrDefault("Path", "");
                case Key other -> other.value;
            };
        }
    }

    private static Policy compiled(String text, Kind kind) {
        PrincipalIds ids = arn -> arn.endsWith("role/app") ? ROLE : "AROA" + arn.length();
        try {
            return Policy.compile(text, kind, Key::of, ids);
        } catch (PolicySyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that is asked about a request for a key of the caller's account, and it is allowed. */
    @Benchmark
    public int decide() {
        int denied = keyPolicy.denies(asked);
        for (Policy policy : identityPolicies) {
            denied = Math.max(denied, policy.denies(asked));
        }
        if (denied != Policy.NONE) {
            throw new IllegalStateException("denied");
        }
        int ways = keyPolicy.allowsAs(asked);
        int allowed = Policy.NONE;
        for (Policy policy : identityPolicies) {
            allowed = Math.max(allowed, policy.allows(asked));
        }
        if (ways == 0 || allowed == Policy.NONE) {
            throw new IllegalStateException("not allowed");
        }
        return ways;
    }

    /** The same policies read anew, as after a change. */
    @Benchmark
    public Policy compileKeyPolicy() {
        return compiled(KEY_POLICY, Kind.KEY);
    }
}
