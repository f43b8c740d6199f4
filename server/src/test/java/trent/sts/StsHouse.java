package trent.sts;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.access.ConditionKeys;
import trent.access.GrantTokens;
import trent.access.KeySources;
import trent.api.sts.Credentials;
import trent.call.Call;
import trent.call.Principal;
import trent.crypto.Entropy;
import trent.identity.Credential;
import trent.identity.Identities;
import trent.identity.IdentityPolicy;
import trent.identity.KnownHolders;
import trent.identity.Subject;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.Region;
import trent.store.Alias;
import trent.store.Grant;

/** STS in process: roles and policies as a test says, real decisions, real session tokens. */
final class StsHouse {

    static final AccountId A = new AccountId("111122223333");
    static final AccountId B = new AccountId("444455556666");
    static final String ALICE = "AIDACKCEVSQ6C2EXAMPLE";
    static final String BOB = "AIDABOBBOBBOBBOBBOB22";
    static final Region REGION = new Region("us-east-2");
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

    final KnownHolders known = KnownHolders.nobody();
    final Map<String, Role> roles = new HashMap<>();
    final Set<String> managed = new HashSet<>();

    /** By unique id. */
    final Map<String, Subject> subjects = new HashMap<>();

    Instant now = NOW;
    final Entropy entropy = new SecureRandom()::nextBytes;
    final Sessions sessions = new Sessions(known.tokens, entropy, () -> now);
    final Access access =
            new Access(new GrantTokens(known.store), new NoKeys(), new People(), () -> now, 50);

    StsHouse() {
        known.arns.put(ALICE, "arn:aws:iam::111122223333:user/Alice");
        known.arns.put(BOB, "arn:aws:iam::444455556666:user/Bob");
        subjects.put(ALICE, Subject.ROOT);
        subjects.put(BOB, Subject.ROOT);
    }

    AssumeRole assumeRole(AssumeRole.Roots roots) {
        return new AssumeRole(
                access, this::role, (_, arn) -> managed.contains(arn), sessions, roots);
    }

    @Nullable Role role(AccountId account, String path, String name) {
        return roles.get(account + path + name);
    }

    /** A role with a trust policy, and policies of its own. */
    Role role(String id, String name, int maxSessionSeconds, String trust) {
        known.arns.put(id, "arn:aws:iam::111122223333:role/" + name);
        subjects.put(id, Subject.ROOT);
        Role role =
                new Role(
                        A,
                        id,
                        "/",
                        name,
                        Map.of(),
                        compile(trust, Policy.Kind.TRUST),
                        maxSessionSeconds);
        roles.put(A + "/" + name, role);
        return role;
    }

    /** What a user or role may. */
    void allow(String id, String... statements) {
        subjects.put(
                id,
                new Subject(
                        Map.of(),
                        List.of(
                                new IdentityPolicy(
                                        "inline",
                                        compile(policy(statements), Policy.Kind.IDENTITY))),
                        null));
    }

    static String policy(String... statements) {
        return "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}"
                .formatted(String.join(",", statements));
    }

    private Policy compile(String json, Policy.Kind kind) {
        try {
            return Policy.compile(json, kind, ConditionKeys.VOCABULARY, known::idOf);
        } catch (PolicySyntaxException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    static Call call(Principal principal) {
        return new Call(principal, REGION, "request");
    }

    static Call alice() {
        return call(Principal.user(A, "aws", "/", "Alice", ALICE, null));
    }

    static Call bob() {
        return call(Principal.user(B, "aws", "/", "Bob", BOB, null));
    }

    /** Whoever holds the credentials. */
    Call with(@Nullable Credentials credentials) {
        Credentials given = Objects.requireNonNull(credentials);
        Credential credential =
                (Credential) known.credentials().find(given.accessKeyId(), given.sessionToken());
        return call(Objects.requireNonNull(known.credentials().principal(credential, "aws", null)));
    }

    /** Policies as {@link #allow} gave them. */
    private final class People implements Identities {

        @Override
        public @Nullable Subject of(Principal caller) {
            return caller.isRoot() ? Subject.ROOT : subjects.get(caller.id());
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
            return known.idOf(arn);
        }

        @Override
        public boolean has(String uniqueId) {
            return known.has(uniqueId);
        }

        @Override
        public @Nullable String arnOf(String uniqueId, String partition) {
            return known.arnOf(uniqueId, partition);
        }
    }

    private static final class NoKeys implements KeySources {

        @Override
        public @Nullable Policy keyPolicy(KeyArn key) {
            return null;
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
}
