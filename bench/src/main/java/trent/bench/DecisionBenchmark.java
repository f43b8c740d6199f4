package trent.bench;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import trent.access.Access;
import trent.access.ConditionKeys;
import trent.access.Decision;
import trent.access.Detail;
import trent.access.Details;
import trent.access.GrantTokens;
import trent.access.KeySources;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.call.Action;
import trent.call.Call;
import trent.call.Principal;
import trent.identity.Identities;
import trent.identity.IdentityPolicy;
import trent.identity.Subject;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.store.Alias;
import trent.store.Grant;
import trent.store.Key;
import trent.store.Store;

/**
 * One decision on Decrypt: a key policy of 10 statements, of which the last delegates, and three
 * identity policies with conditions, of which the last allows. What it reads is in memory.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgs = "-XX:+UseCompactObjectHeaders")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecisionBenchmark {

    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final Region REGION = new Region("us-east-2");
    private static final Action DECRYPT = new Action("kms:Decrypt");
    private static final Map<String, String> CONTEXT = Map.of("app", "bench", "Dept", "IT");
    private static final Key KEY =
            Key.created(
                    new KeyArn(REGION, ACCOUNT, new KeyId("11111111-1111-4111-8111-111111111111")),
                    KeySpec.SYMMETRIC_DEFAULT,
                    KeyUsageType.ENCRYPT_DECRYPT,
                    OriginType.AWS_KMS,
                    KeyState.ENABLED,
                    "",
                    Instant.EPOCH,
                    null);

    /** Whether the policies of the caller name the key, or all keys. */
    @Param({"*", "arn:aws:kms:us-east-2:111122223333:key/11111111-1111-4111-8111-111111111111"})
    String resource = "*";

    private final Call call =
            new Call(
                    Principal.user(ACCOUNT, "aws", "/", "alice", "AIDAALICE00000000001", null),
                    REGION,
                    "benchmark");
    private final Details made = details();
    private @Nullable Access access;

    /** Compiles the policies. */
    @Setup
    public void prepare() {
        access =
                new Access(
                        new GrantTokens(Store.inMemory(new SecureRandom()::nextBytes)),
                        new OneKey(keyPolicy()),
                        new OneUser(new Subject(Map.of("team", "red"), identityPolicies(), null)),
                        InstantSource.system(),
                        50);
        if (!(decide() instanceof Decision.Allowed)) {
            throw new IllegalStateException("denied");
        }
    }

    /** The decision alone. */
    @Benchmark
    public Decision decide() {
        return access().decide(call, DECRYPT, KEY, made);
    }

    /** With what the operation hands over, made anew for each call. */
    @Benchmark
    public Decision decideWithDetails() {
        return access().decide(call, DECRYPT, KEY, details());
    }

    private Access access() {
        if (access == null) {
            throw new IllegalStateException("not prepared");
        }
        return access;
    }

    private static Details details() {
        return new Details()
                .with(Detail.ENCRYPTION_ALGORITHM, "SYMMETRIC_DEFAULT")
                .encryptionContext(CONTEXT);
    }

    private static Policy keyPolicy() {
        StringBuilder statements = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            statements.append(
                    """
                    {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"],
                     "Principal": {"AWS": "arn:aws:iam::111122223333:role/service-%d"}, "Resource": "*",
                     "Condition": {"StringEquals": {"kms:EncryptionContext:app": "service-%d"}}},
                    """
                            .formatted(i, i));
        }
        return compile(
                """
                {"Version": "2012-10-17", "Statement": [
                 {"Effect": "Deny", "Action": "kms:*", "Principal": "*", "Resource": "*",
                  "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}},
                 %s
                 {"Effect": "Allow", "Action": "kms:*", "Resource": "*",
                  "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}]}
                """
                        .formatted(statements),
                Policy.Kind.KEY);
    }

    private List<IdentityPolicy> identityPolicies() {
        return List.of(
                identity(
                        """
                        {"Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"},
                        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
                        """),
                identity(
                        """
                        {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "%s",
                         "Condition": {"StringEquals": {"kms:EncryptionContext:dept": "HR"}}}
                        """
                                .formatted(resource)),
                identity(
                        """
                        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "%s",
                         "Condition": {"StringEquals": {"kms:EncryptionContext:dept": "IT",
                          "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}}}
                        """
                                .formatted(resource)));
    }

    private static IdentityPolicy identity(String statements) {
        return new IdentityPolicy(
                "policy",
                compile(
                        "{\"Version\": \"2012-10-17\", \"Statement\": [" + statements + "]}",
                        Policy.Kind.IDENTITY));
    }

    private static Policy compile(String json, Policy.Kind kind) {
        try {
            return Policy.compile(
                    json,
                    kind,
                    ConditionKeys.VOCABULARY,
                    arn -> "AROA" + arn.substring(arn.length() - 9));
        } catch (PolicySyntaxException e) {
            throw new IllegalStateException(e.text(), e);
        }
    }

    /** The one key's sources, in memory. */
    private record OneKey(Policy policy) implements KeySources {

        @Override
        public Policy keyPolicy(KeyArn key) {
            return policy;
        }

        @Override
        public Map<String, String> tagsOf(KeyArn key) {
            return Map.of();
        }

        @Override
        public List<Alias> aliasesOf(KeyArn key) {
            return List.of();
        }

        @Override
        public List<Grant> grantsFor(KeyArn key, String granteeId) {
            return List.of();
        }
    }

    /** The one user there is. */
    private record OneUser(Subject subject) implements Identities {

        @Override
        public Subject of(Principal caller) {
            return subject;
        }

        @Override
        public List<IdentityPolicy> sessionPolicies(Principal caller) {
            return List.of();
        }

        @Override
        public boolean exists(AccountId account) {
            return true;
        }

        @Override
        public @Nullable String idOf(String arn) {
            return null;
        }

        @Override
        public boolean has(String uniqueId) {
            return false;
        }

        @Override
        public @Nullable String arnOf(String uniqueId, String partition) {
            return null;
        }
    }
}
