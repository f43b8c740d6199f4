package trent.literal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import trent.language.Policy;
import trent.literal.Situation.Constrained;
import trent.literal.Situation.TheGrant;
import trent.literal.Situation.TheKey;

/**
 * Random decisions about a key: policies from every side, most of them about what is asked, so that
 * it is often one of them alone that decides.
 */
final class Situations {

    private static final List<String> ACTIONS =
            List.of(
                    "kms:Decrypt",
                    "kms:Decrypt",
                    "kms:Decrypt",
                    "kms:Encrypt",
                    "kms:ReEncryptFrom",
                    "kms:DescribeKey",
                    "kms:CreateGrant",
                    "kms:ListGrants",
                    "kms:TagResource",
                    "kms:CreateAlias",
                    "kms:ListKeys",
                    "kms:PutKeyPolicy",
                    "kms:GetKeyRotationStatus");

    private static final List<String> WITH_CONTEXT =
            List.of("kms:Decrypt", "kms:Encrypt", "kms:ReEncryptFrom", "kms:CreateGrant");

    private static final List<String> GRANTABLE =
            List.of("Decrypt", "Encrypt", "ReEncryptFrom", "DescribeKey", "CreateGrant");

    private static final List<Map<String, String>> CONTEXTS =
            List.of(
                    Map.of(),
                    Map.of("Dept", "IT"),
                    Map.of("dept", "IT"),
                    Map.of("Dept", "it"),
                    Map.of("Dept", "IT", "app", "x"),
                    Map.of("dept", "IT", "App", "x"));

    private final SplittableRandom random;
    private final Cases cases;

    Situations(SplittableRandom random) {
        this.random = random;
        this.cases = new Cases(random);
    }

    Situation next() {
        Caller caller = cases.pick(World.CALLERS);
        String action = cases.pick(ACTIONS);
        String arn = cases.pick(List.of(Cases.KEY_1, Cases.KEY_1, Cases.KEY_OF_B));
        Map<String, String> keyTags = some(Map.of("Team", cases.pick(List.of("alice", "IT"))));
        List<String> aliases = cases.pick(List.of(List.of(), List.of("alias/app/x"), ALIASES));
        String multiRegion = cases.chance(20) ? "PRIMARY" : null;
        Map<String, List<String>> details = new TreeMap<>();
        Map<String, String> context = WITH_CONTEXT.contains(action) ? cases.pick(CONTEXTS) : null;
        Constrained child = null;
        if (action.equals("kms:CreateGrant")) {
            child = constrained();
            details.put("kms:GrantOperations", child.operations());
            context = child.equals() != null ? child.equals() : child.subset();
            if (context != null) {
                details.put(
                        "kms:GrantConstraintType",
                        List.of(
                                child.equals() != null
                                        ? "EncryptionContextEquals"
                                        : "EncryptionContextSubset"));
            }
        } else if (context != null) {
            details.put("kms:EncryptionAlgorithm", List.of("SYMMETRIC_DEFAULT"));
            if (cases.chance(30)) {
                details.put("kms:RequestAlias", List.of("alias/app/x"));
            }
        }
        Map<String, String> tags =
                caller.isRoot() ? Map.of() : some(Map.of("team", cases.pick(List.of("IT", "*"))));
        Situation bare =
                new Situation(
                        caller,
                        tags,
                        List.of(),
                        null,
                        List.of(),
                        action,
                        new TheKey(arn, Map.of(), keyTags, aliases, multiRegion, List.of()),
                        details,
                        context,
                        child);
        Asked asked = bare.asked();
        String account = bare.key().account();

        List<Map<String, Object>> identities = new ArrayList<>();
        List<Map<String, Object>> sessions = new ArrayList<>();
        Map<String, Object> boundary = null;
        if (!caller.isRoot()) {
            for (int left = cases.pick(List.of(0, 1, 1, 2)); left > 0; left--) {
                identities.add(policy(Policy.Kind.IDENTITY, asked, account));
            }
            if (caller.kind() != Caller.Kind.FEDERATED_USER && cases.chance(35)) {
                boundary = policy(Policy.Kind.IDENTITY, asked, account);
            }
            if (caller.session() != null && cases.chance(55)) {
                for (int left = 1 + random.nextInt(2); left > 0; left--) {
                    sessions.add(policy(Policy.Kind.IDENTITY, asked, account));
                }
            }
        }
        List<TheGrant> grants = new ArrayList<>();
        for (int left = cases.pick(List.of(0, 0, 1, 2)); left > 0; left--) {
            grants.add(new TheGrant(grantee(caller), constrained()));
        }
        return new Situation(
                caller,
                tags,
                identities,
                boundary,
                sessions,
                action,
                new TheKey(
                        arn,
                        policy(Policy.Kind.KEY, asked, account),
                        keyTags,
                        aliases,
                        multiRegion,
                        grants),
                details,
                context,
                child);
    }

    private static final List<String> ALIASES = List.of("alias/app/x", "alias/test");

    private Map<String, Object> policy(Policy.Kind kind, Asked asked, String account) {
        if (cases.chance(12)) {
            return cases.policy(kind, asked);
        }
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("Version", "2012-10-17");
        List<Object> statements = new ArrayList<>();
        if (kind == Policy.Kind.KEY && cases.chance(40)) {
            statements.add(delegation(asked, account));
        }
        for (int left = cases.pick(List.of(0, 1, 1, 2)); left > 0; left--) {
            statements.add(statement(kind, asked));
        }
        if (statements.isEmpty()) {
            statements.add(statement(kind, asked));
        }
        policy.put("Statement", statements);
        return policy;
    }

    /** What the default policy says, of the key's account or of the caller's. */
    private Map<String, Object> delegation(Asked asked, String account) {
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("Effect", "Allow");
        String named = cases.chance(70) ? account : asked.caller().account();
        statement.put("Principal", Map.of("AWS", "arn:aws:iam::" + named + ":root"));
        statement.put("Action", "kms:*");
        statement.put("Resource", "*");
        return statement;
    }

    private Map<String, Object> statement(Policy.Kind kind, Asked asked) {
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("Effect", cases.chance(82) ? "Allow" : "Deny");
        if (kind == Policy.Kind.KEY) {
            statement.put(cases.chance(95) ? "Principal" : "NotPrincipal", cases.principal(asked));
        }
        statement.put(
                "Action",
                cases.pick(List.of(asked.action(), "kms:*", "kms:De*", "kms:Encrypt", "*")));
        statement.put(
                "Resource",
                kind == Policy.Kind.KEY || cases.chance(60)
                        ? "*"
                        : cases.pick(
                                List.of(
                                        asked.resource(),
                                        Cases.KEY_1,
                                        "arn:aws:kms:*:*:key/*",
                                        "arn:aws:kms:us-east-1:" + World.A + ":*",
                                        "arn:aws:kms:us-east-1:" + World.A + ":alias/*")));
        if (cases.chance(22)) {
            statement.put("Condition", cases.conditions(kind, asked));
        } else if (cases.chance(8)) {
            statement.put("Condition", ofTheKey());
        }
        return statement;
    }

    /** A condition on what a key is like, which a stranger must not learn. */
    private Map<String, Object> ofTheKey() {
        return cases.pick(
                List.of(
                        Map.of("StringEquals", Map.of("aws:ResourceTag/Team", "IT")),
                        Map.of("StringNotEquals", Map.of("aws:ResourceTag/Team", "IT")),
                        Map.of("StringEquals", Map.of("kms:KeySpec", "SYMMETRIC_DEFAULT")),
                        Map.of("Bool", Map.of("kms:MultiRegion", "false")),
                        Map.of("Null", Map.of("kms:ResourceAliases", "false"))));
    }

    private Constrained constrained() {
        List<String> operations = new ArrayList<>();
        for (String operation : GRANTABLE) {
            if (cases.chance(50)) {
                operations.add(operation);
            }
        }
        if (operations.isEmpty()) {
            operations.add("Decrypt");
        }
        Map<String, String> constraint = constraint();
        return cases.chance(50)
                ? new Constrained(operations, constraint, null)
                : new Constrained(operations, null, constraint);
    }

    private @Nullable Map<String, String> constraint() {
        return cases.chance(50)
                ? null
                : cases.pick(CONTEXTS.stream().filter(pairs -> !pairs.isEmpty()).toList());
    }

    /** Whom a grant is for: the caller by one of the names that a grant can have, or somebody. */
    private String grantee(Caller caller) {
        List<String> all = new ArrayList<>();
        all.add("arn:aws:iam::" + caller.account() + ":root");
        all.add(caller.principalArn());
        if (caller.kind() == Caller.Kind.ROLE_SESSION) {
            all.add(
                    "arn:aws:sts::%s:assumed-role/%s/%s"
                            .formatted(caller.account(), caller.name(), caller.session()));
        }
        if (caller.kind() == Caller.Kind.FEDERATED_USER) {
            all.add(
                    "arn:aws:iam::%s:user%s%s"
                            .formatted(caller.account(), caller.path(), caller.name()));
        }
        List<String> others =
                World.PRINCIPALS.stream()
                        .filter(name -> name.startsWith("arn:") && World.idOf(name) != null)
                        .toList();
        return cases.chance(75) ? cases.pick(all) : cases.pick(others);
    }

    private Map<String, String> some(Map<String, String> tags) {
        return cases.chance(60) ? tags : Map.of();
    }
}
