package trent.access;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trent.api.GrantOperation;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.call.Action;
import trent.call.Call;
import trent.call.Principal;
import trent.call.Session;
import trent.identity.Identities;
import trent.identity.IdentityPolicy;
import trent.identity.Subject;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.name.AccountId;
import trent.name.AliasArn;
import trent.name.AliasName;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.store.Alias;
import trent.store.Grant;
import trent.store.Key;
import trent.store.Store;

/**
 * Two accounts, their people and two keys, as the worked examples have them, with policies in a
 * short notation: {@code Allow alice kms:* if StringEquals kms:CallerAccount 111122223333}.
 */
final class Scene implements KeySources, Identities {

    static final Region REGION = new Region("us-east-2");
    static final AccountId A = new AccountId("111122223333");
    static final AccountId B = new AccountId("444455556666");
    static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-02-03T04:05:06Z"));
    static final int ALIASES_PER_KEY = 3;

    static final String KEY_DEFAULT = "Allow accountA kms:*";

    static final Key K = key(A, "11111111-1111-4111-8111-111111111111");
    static final Key K2 = key(A, "22222222-2222-4222-8222-222222222222");

    static final Principal ROOT_A = Principal.root(A, "aws");
    static final Principal ROOT_B = Principal.root(B, "aws");
    static final Principal ALICE = user(A, "alice", "AIDAALICE00000000001", null);
    static final Principal ALICE_AGAIN = user(A, "alice", "AIDAALICE00000000002", null);
    static final Principal ALICE_WITH_MFA =
            user(A, "alice", "AIDAALICE00000000001", session(null, 5));
    static final Principal CAROL = user(A, "carol", "AIDACAROL00000000001", null);
    static final Principal BOB = user(B, "bob", "AIDABOB0000000000001", null);
    static final Principal S1 = role("/", "s1");
    static final Principal S2 = role("/", "s2");
    static final Principal TEAM_S1 = role("/team/", "s1");
    static final Principal FEDERATED =
            Principal.federatedUser(A, "aws", "AIDAALICE00000000001", session("fred", null));

    private static final String ROLE_ID = "AROAAPP0000000000001";

    private static final GrantTokens TOKENS =
            new GrantTokens(Store.inMemory(new SecureRandom()::nextBytes));

    /** By the names that tables use. */
    static final Map<String, Principal> CALLERS =
            Map.ofEntries(
                    Map.entry("rootA", ROOT_A),
                    Map.entry("rootB", ROOT_B),
                    Map.entry("alice", ALICE),
                    Map.entry("alice2", ALICE_AGAIN),
                    Map.entry("aliceMfa", ALICE_WITH_MFA),
                    Map.entry("carol", CAROL),
                    Map.entry("bob", BOB),
                    Map.entry("s1", S1),
                    Map.entry("s2", S2),
                    Map.entry("teamS1", TEAM_S1),
                    Map.entry("fred", FEDERATED));

    /** The ARNs by which policies name them, and the ids that these had when that was written. */
    private static final Map<String, String> ARNS =
            Map.ofEntries(
                    Map.entry("alice", ALICE.arn()),
                    Map.entry("carol", CAROL.arn()),
                    Map.entry("bob", BOB.arn()),
                    Map.entry("roleApp", S1.principalArn()),
                    Map.entry("roleTeamApp", TEAM_S1.principalArn()),
                    Map.entry("s1", S1.arn()),
                    Map.entry("s2", S2.arn()),
                    Map.entry("fred", FEDERATED.arn()),
                    Map.entry("accountA", "arn:aws:iam::" + A + ":root"),
                    Map.entry("accountB", B.value()),
                    Map.entry("*", "*"));

    private static final Map<String, String> IDS =
            Map.of(
                    ALICE.arn(),
                    ALICE.id(),
                    CAROL.arn(),
                    CAROL.id(),
                    BOB.arn(),
                    BOB.id(),
                    S1.principalArn(),
                    ROLE_ID,
                    TEAM_S1.principalArn(),
                    ROLE_ID,
                    S1.arn(),
                    ROLE_ID + ":s1",
                    S2.arn(),
                    ROLE_ID + ":s2",
                    FEDERATED.arn(),
                    A + ":fred");

    final Map<KeyArn, Policy> keyPolicies = new HashMap<>();
    final Map<KeyArn, Map<String, String>> tags = new HashMap<>();
    final Map<KeyArn, List<Alias>> aliases = new HashMap<>();
    final List<Grant> grants = new ArrayList<>();
    final Map<String, Subject> subjects = new HashMap<>();
    final List<IdentityPolicy> sessionPolicies = new ArrayList<>();
    final List<String> lookUps = new ArrayList<>();
    final Access access = new Access(TOKENS, this, this, CLOCK, ALIASES_PER_KEY);

    Scene() {
        keyPolicies.put(K.arn(), keyPolicy(KEY_DEFAULT));
        keyPolicies.put(K2.arn(), keyPolicy(KEY_DEFAULT));
        for (Principal principal : CALLERS.values()) {
            subjects.put(principal.id(), Subject.ROOT);
        }
    }

    /** Gives a principal identity policies, tags and a boundary. */
    void identity(
            Principal principal,
            List<String> policies,
            @Nullable String boundary,
            Map<String, String> principalTags) {
        List<IdentityPolicy> compiled = new ArrayList<>();
        for (String policy : policies) {
            compiled.add(named(policy));
        }
        subjects.put(
                principal.id(),
                new Subject(principalTags, compiled, boundary == null ? null : named(boundary)));
    }

    static Call call(Principal principal) {
        return new Call(principal, REGION, "request");
    }

    static Action action(String name) {
        return new Action("kms:" + name);
    }

    static IdentityPolicy named(String statements) {
        return new IdentityPolicy(statements, identityPolicy(statements));
    }

    /** Statements divided by semicolons. */
    static Policy identityPolicy(String statements) {
        return compile(statements, Policy.Kind.IDENTITY);
    }

    static Policy keyPolicy(String statements) {
        return compile(statements, Policy.Kind.KEY);
    }

    static Policy trustPolicy(String statements) {
        return compile(statements, Policy.Kind.TRUST);
    }

    private static Policy compile(String statements, Policy.Kind kind) {
        if (statements.isBlank()) {
            return Policy.NOTHING;
        }
        boolean old = statements.startsWith("2008 ");
        String json =
                Stream.of(statements.substring(old ? 5 : 0).split(";", -1))
                        .map(statement -> statement(statement.trim(), kind))
                        .collect(
                                Collectors.joining(
                                        ", ",
                                        "{\"Version\": \"%s\", \"Statement\": ["
                                                .formatted(old ? "2008-10-17" : "2012-10-17"),
                                        "]}"));
        try {
            return Policy.compile(json, kind, ConditionKeys.VOCABULARY, IDS::get);
        } catch (PolicySyntaxException e) {
            throw new IllegalArgumentException(e.problem() + " " + e.text() + " in " + json, e);
        }
    }

    /** {@code Effect [principal] action [on resource] [if operator key value …]}. */
    private static String statement(String text, Policy.Kind kind) {
        String[] parts = text.split(" if ", 2);
        List<String> words = new ArrayList<>(List.of(parts[0].split(" ", -1)));
        StringBuilder json = new StringBuilder("{\"Effect\": \"" + words.removeFirst() + "\"");
        if (kind != Policy.Kind.IDENTITY) {
            String name = words.removeFirst();
            String principal = ARNS.get(name);
            json.append(
                    principal == null
                            ? ", \"Principal\": {\"Federated\": \"%s\"}".formatted(name)
                            : ", \"Principal\": {\"AWS\": \"%s\"}".formatted(principal));
        }
        json.append(", \"Action\": \"" + words.removeFirst() + "\"");
        String resource = words.isEmpty() ? "*" : resource(words.get(1));
        if (kind != Policy.Kind.TRUST) {
            json.append(", \"Resource\": \"" + resource + "\"");
        }
        if (parts.length == 2) {
            json.append(", \"Condition\": {").append(conditions(parts[1])).append("}");
        }
        return json.append("}").toString();
    }

    private static String conditions(String text) {
        return Stream.of(text.split(" and ", -1))
                .map(
                        condition -> {
                            String[] words = condition.trim().split(" ", -1);
                            return "\"%s\": {\"%s\": [%s]}"
                                    .formatted(
                                            words[0],
                                            words[1],
                                            Stream.of(words)
                                                    .skip(2)
                                                    .map(
                                                            word ->
                                                                    "\""
                                                                            + ARNS.getOrDefault(
                                                                                    word, word)
                                                                            + "\"")
                                                    .collect(Collectors.joining(", ")));
                        })
                .collect(Collectors.joining(", "));
    }

    /** {@code K}, {@code K2}, an alias's name, or what it says. */
    static String resource(String name) {
        return switch (name) {
            case "K" -> K.arn().toString();
            case "K2" -> K2.arn().toString();
            default -> name.startsWith("alias/") ? alias(name).toString() : name;
        };
    }

    static AliasArn alias(String name) {
        return new AliasName(name).in(A, REGION);
    }

    void aliases(Key key, String... names) {
        aliases.put(
                key.arn(),
                Stream.of(names)
                        .map(
                                name ->
                                        new Alias(
                                                alias(name),
                                                key.arn().id(),
                                                Instant.EPOCH,
                                                Instant.EPOCH))
                        .toList());
    }

    /** A grant on K. */
    static Grant grant(
            @Nullable String granteeId,
            @Nullable String retiringId,
            AccountId issuing,
            List<GrantOperation> operations,
            @Nullable Map<String, String> contextEquals,
            @Nullable Map<String, String> contextSubset) {
        return new Grant(
                K.arn(),
                "0".repeat(64),
                null,
                issuing,
                Objects.requireNonNullElse(granteeId, "nobody"),
                retiringId,
                operations,
                contextEquals,
                contextSubset,
                Instant.EPOCH,
                granteeId,
                retiringId);
    }

    /** The id by which a grant names whom a table calls so. */
    static String id(String name) {
        return switch (name) {
            case "accountA" -> A.value();
            case "accountB" -> B.value();
            default -> Objects.requireNonNull(IDS.get(Objects.requireNonNull(ARNS.get(name))));
        };
    }

    static Session session(@Nullable String name, @Nullable Integer secondsSinceMfa) {
        return session(name, secondsSinceMfa, Map.of());
    }

    static Session session(
            @Nullable String name,
            @Nullable Integer secondsSinceMfa,
            Map<String, String> sessionTags) {
        return new Session(
                name,
                Instant.parse("2026-02-03T04:00:00Z"),
                Instant.parse("2026-02-03T05:00:00Z"),
                sessionTags,
                Set.of(),
                null,
                null,
                false,
                null,
                List.of(),
                secondsSinceMfa);
    }

    private static Principal user(
            AccountId account, String name, String id, @Nullable Session session) {
        return Principal.user(account, "aws", "/", name, id, session);
    }

    private static Principal role(String path, String session) {
        return Principal.roleSession(
                A, "aws", path, "app", "AROAAPP0000000000001", session(session, null));
    }

    private static Key key(AccountId account, String id) {
        return Key.created(
                new KeyArn(REGION, account, new KeyId(id)),
                KeySpec.SYMMETRIC_DEFAULT,
                KeyUsageType.ENCRYPT_DECRYPT,
                OriginType.AWS_KMS,
                KeyState.ENABLED,
                "",
                Instant.EPOCH,
                null);
    }

    @Override
    public @Nullable Policy keyPolicy(KeyArn key) {
        lookUps.add("policy");
        return keyPolicies.get(key);
    }

    @Override
    public Map<String, String> tagsOf(KeyArn key) {
        lookUps.add("tags");
        return tags.getOrDefault(key, Map.of());
    }

    @Override
    public List<Alias> aliasesOf(KeyArn key) {
        lookUps.add("aliases");
        return aliases.getOrDefault(key, List.of());
    }

    @Override
    public List<Grant> grantsFor(KeyArn key, String granteeId) {
        lookUps.add("grants");
        return grants.stream()
                .filter(grant -> grant.key().equals(key) && grant.grantee().equals(granteeId))
                .toList();
    }

    @Override
    public @Nullable Subject of(Principal caller) {
        return subjects.get(caller.id());
    }

    @Override
    public List<IdentityPolicy> sessionPolicies(Principal caller) {
        return sessionPolicies;
    }

    @Override
    public boolean exists(AccountId account) {
        return true;
    }

    @Override
    public @Nullable String idOf(String arn) {
        return IDS.get(arn);
    }

    @Override
    public boolean has(String uniqueId) {
        return IDS.containsValue(uniqueId);
    }

    @Override
    public @Nullable String arnOf(String uniqueId, String partition) {
        return null;
    }
}
