package trent.literal;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import trent.access.PolicyKind;
import trent.literal.LiteralPolicy.Naming;
import trent.literal.Situation.Constrained;
import trent.literal.Situation.TheGrant;

/**
 * Whether KMS lets a caller do something with a key, and in which words it refuses. The numbers are
 * sections of the specification.
 *
 * @param fault an error to make; null for none
 */
record LiteralDecision(Situation situation, @Nullable Fault fault) {

    /** What a caller learns. */
    sealed interface Verdict {

        record Allowed() implements Verdict {}

        /** with an explicit deny in … */
        record ExplicitDeny(PolicyKind in) implements Verdict {}

        /** because no … allows the action */
        record NoneAllows(PolicyKind kind) implements Verdict {}

        /** because the resource does not exist, no policies allow it, or one denies it. */
        record Foreign() implements Verdict {}
    }

    /** §1, column X. */
    private static final Set<String> ACROSS_ACCOUNTS =
            Set.of(
                    "Encrypt",
                    "Decrypt",
                    "GenerateDataKey",
                    "GenerateDataKeyWithoutPlaintext",
                    "GenerateDataKeyPair",
                    "GenerateDataKeyPairWithoutPlaintext",
                    "ReEncryptFrom",
                    "ReEncryptTo",
                    "Sign",
                    "Verify",
                    "GenerateMac",
                    "VerifyMac",
                    "DeriveSharedSecret",
                    "DescribeKey",
                    "GetPublicKey",
                    "CreateGrant",
                    "ListGrants",
                    "RevokeGrant",
                    "GetKeyRotationStatus");

    /** §6.1, without RetireGrant, which §6.4 decides. */
    private static final Set<String> GRANTABLE =
            Set.of(
                    "Encrypt",
                    "Decrypt",
                    "ReEncryptFrom",
                    "ReEncryptTo",
                    "GenerateDataKey",
                    "GenerateDataKeyWithoutPlaintext",
                    "GenerateDataKeyPair",
                    "GenerateDataKeyPairWithoutPlaintext",
                    "Sign",
                    "Verify",
                    "GenerateMac",
                    "VerifyMac",
                    "DeriveSharedSecret",
                    "GetPublicKey",
                    "CreateGrant",
                    "DescribeKey");

    Verdict verdict() {
        return allowed()
                ? new Verdict.Allowed()
                : situation.sameAccount() ? ownKey() : foreignKey();
    }

    /** §8: what a denied caller reads; empty if he is allowed. */
    String sentence() {
        String action = situation.action();
        String reason =
                switch (verdict()) {
                    case Verdict.Allowed() -> "";
                    case Verdict.ExplicitDeny(PolicyKind in) ->
                            "with an explicit deny in "
                                    + switch (in) {
                                        case IDENTITY -> "an identity-based policy";
                                        case BOUNDARY -> "a permissions boundary";
                                        case SESSION -> "a session policy";
                                        case RESOURCE, TRUST -> "a resource-based policy";
                                    };
                    case Verdict.NoneAllows(PolicyKind kind) ->
                            "because no "
                                    + switch (kind) {
                                        case IDENTITY -> "identity-based policy";
                                        case BOUNDARY -> "permissions boundary";
                                        case SESSION -> "session policy";
                                        case RESOURCE, TRUST -> "resource-based policy";
                                    }
                                    + " allows the "
                                    + action
                                    + " action";
                    case Verdict.Foreign() ->
                            "because the resource does not exist in this Region, no resource-based"
                                    + " policies allow access, or a resource-based policy"
                                    + " explicitly denies access";
                };
        String on =
                situation.sameAccount()
                        ? "on resource: " + situation.resource()
                        : "on this resource";
        return reason.isEmpty()
                ? ""
                : "User: %s is not authorized to perform: %s %s %s"
                        .formatted(situation.caller().arn(), action, on, reason);
    }

    /** §3.2 */
    private boolean allowed() {
        Asked asked = situation.asked();
        boolean same = situation.sameAccount();
        if (!same
                && !ACROSS_ACCOUNTS.contains(operation())
                && fault != Fault.CROSS_ACCOUNT_CAPABILITY_IGNORED) {
            return false;
        }
        // 1. explicit deny, from anywhere
        boolean denied = explicitDeny(asked, true) != null;
        if (denied && fault == Fault.GRANTS_BEFORE_DENY && someGrantAllows(asked)) {
            return true;
        }
        if (denied && fault != Fault.ALLOW_BEFORE_DENY) {
            return false;
        }
        if (situation.onAlias() || situation.onNothing()) {
            // §3.3: identity AND boundary AND session policies; key policies have no say
            return identityAllows(asked) && boundaryAllows(asked) && sessionPoliciesAllow(asked);
        }
        // 2. what the key policy gives
        TreeSet<Naming> gives = keyPolicy().allowsAs(asked);
        boolean limited = boundaryAllows(asked) && sessionPoliciesAllow(asked);
        boolean identity = identityAllows(asked);
        boolean root = situation.caller().isRoot();
        if (same) {
            // 3. same account
            if (root && fault == Fault.ROOT_IS_IMPLIED) {
                return true;
            }
            if (root && (gives.contains(Naming.ACCOUNT) || gives.contains(Naming.STAR))) {
                return true;
            }
            if (gives.contains(Naming.SESSION)) {
                return true; // boundary and session policy do not limit
            }
            if (gives.contains(Naming.USER)
                    && (limited || fault != Fault.BOUNDARY_LIMITS_A_USER_NAMED_DIRECTLY)) {
                return true;
            }
            if (gives.contains(Naming.STAR) && (limited || fault != Fault.BOUNDARY_LIMITS_STAR)) {
                return true;
            }
            if (gives.contains(Naming.ROLE)
                    && (limited
                            || (fault == Fault.BOUNDARY_DOES_NOT_LIMIT_A_ROLE_NAMED_DIRECTLY
                                    && sessionPoliciesAllow(asked)))) {
                return true;
            }
            boolean delegated = gives.contains(Naming.ACCOUNT) || fault == Fault.DELEGATION_IGNORED;
            if (delegated && identity && limited) {
                return true;
            }
            if (gives.contains(Naming.ACCOUNT)
                    && fault == Fault.ACCOUNT_STATEMENT_ALLOWS_ALL_OF_THE_ACCOUNT) {
                return true;
            }
        } else {
            // 4. other account: both sides must agree
            boolean keySide = !gives.isEmpty() || fault == Fault.CROSS_ACCOUNT_WITHOUT_KEY_POLICY;
            boolean ownSide = identity || fault == Fault.CROSS_ACCOUNT_WITHOUT_IDENTITY_POLICY;
            if (keySide && ownSide && limited) {
                return true;
            }
        }
        // 5. grants
        return someGrantAllows(asked);
    }

    /** §8, own key: the first row of the table that says it. */
    private Verdict ownKey() {
        Asked asked = situation.asked();
        PolicyKind denying = explicitDeny(asked, true);
        if (denying != null) {
            return new Verdict.ExplicitDeny(denying);
        }
        if (situation.onAlias() || situation.onNothing()) {
            return new Verdict.NoneAllows(
                    !identityAllows(asked)
                            ? PolicyKind.IDENTITY
                            : boundaryAllows(asked) ? PolicyKind.SESSION : PolicyKind.BOUNDARY);
        }
        TreeSet<Naming> gives = keyPolicy().allowsAs(asked);
        if (gives.isEmpty()) {
            return new Verdict.NoneAllows(PolicyKind.RESOURCE);
        }
        if (gives.contains(Naming.ACCOUNT) && !identityAllows(asked)) {
            return new Verdict.NoneAllows(PolicyKind.IDENTITY);
        }
        return new Verdict.NoneAllows(
                boundaryAllows(asked) ? PolicyKind.SESSION : PolicyKind.BOUNDARY);
    }

    /** §8, foreign resources: from the caller's own side only, without any attribute of the key. */
    private Verdict foreignKey() {
        Asked asked =
                fault == Fault.FOREIGN_DENIAL_TELLS_OF_THE_KEYS_ATTRIBUTES
                        ? situation.asked()
                        : situation.askedOfForeigner();
        PolicyKind denying =
                explicitDeny(asked, fault == Fault.FOREIGN_DENIAL_TELLS_OF_THE_KEY_POLICY);
        if (denying != null) {
            return new Verdict.ExplicitDeny(denying);
        }
        if (!identityAllows(asked)) {
            return new Verdict.NoneAllows(PolicyKind.IDENTITY);
        }
        if (!boundaryAllows(asked)) {
            return new Verdict.NoneAllows(PolicyKind.BOUNDARY);
        }
        if (!sessionPoliciesAllow(asked)) {
            return new Verdict.NoneAllows(PolicyKind.SESSION);
        }
        return new Verdict.Foreign();
    }

    /** §8: identity, boundary, session, resource, in this order. */
    private @Nullable PolicyKind explicitDeny(Asked asked, boolean alsoInKeyPolicy) {
        for (Map<String, Object> policy : situation.identities()) {
            if (of(policy).denies(asked) != LiteralPolicy.NONE) {
                return PolicyKind.IDENTITY;
            }
        }
        Map<String, Object> boundary = situation.boundary();
        if (boundary != null
                && of(boundary).denies(asked) != LiteralPolicy.NONE
                && fault != Fault.DENY_IN_BOUNDARY_IGNORED) {
            return PolicyKind.BOUNDARY;
        }
        for (Map<String, Object> policy : situation.sessions()) {
            if (of(policy).denies(asked) != LiteralPolicy.NONE
                    && fault != Fault.DENY_IN_SESSION_POLICY_IGNORED) {
                return PolicyKind.SESSION;
            }
        }
        if (alsoInKeyPolicy
                && !situation.onAlias()
                && !situation.onNothing()
                && keyPolicy().denies(asked) != LiteralPolicy.NONE) {
            return PolicyKind.RESOURCE;
        }
        return null;
    }

    /** §3.2: some identity policy of P allows; root user: true. */
    private boolean identityAllows(Asked asked) {
        if (situation.caller().isRoot()) {
            return true;
        }
        if (federatedWithoutSessionPolicy()) {
            return false; // §3.2: its identity part denies
        }
        for (Map<String, Object> policy : situation.identities()) {
            if (of(policy).allows(asked) != LiteralPolicy.NONE) {
                return true;
            }
        }
        return false;
    }

    /** §3.2: allows or absent. */
    private boolean boundaryAllows(Asked asked) {
        Map<String, Object> boundary = situation.boundary();
        return boundary == null || of(boundary).allows(asked) != LiteralPolicy.NONE;
    }

    /** §3.2, §9.4: as one set, they allow what any of them allows; or absent. */
    private boolean sessionPoliciesAllow(Asked asked) {
        if (situation.sessions().isEmpty()) {
            // §9.4: GetFederationToken gives no permissions without a session policy.
            return !federatedWithoutSessionPolicy();
        }
        if (fault == Fault.SESSION_POLICY_DOES_NOT_LIMIT_A_ROLE
                && situation.caller().kind() == Caller.Kind.ROLE_SESSION) {
            return true;
        }
        boolean some = false;
        boolean every = true;
        for (Map<String, Object> policy : situation.sessions()) {
            boolean allows = of(policy).allows(asked) != LiteralPolicy.NONE;
            some |= allows;
            every &= allows;
        }
        return fault == Fault.SESSION_POLICIES_MUST_EACH_ALLOW ? every : some;
    }

    boolean federatedWithoutSessionPolicy() {
        return situation.caller().kind() == Caller.Kind.FEDERATED_USER
                && situation.sessions().isEmpty();
    }

    // §6.2 grants

    private boolean someGrantAllows(Asked asked) {
        if (!GRANTABLE.contains(operation())) {
            return false;
        }
        for (TheGrant grant : situation.key().grants()) {
            if (granteeMayUse(grant.grantee(), asked)
                    && (grant.gives().operations().contains(operation())
                            || fault == Fault.GRANTS_ALLOW_ANY_OPERATION)
                    && constraintHolds(grant.gives())) {
                return true;
            }
        }
        return false;
    }

    /** §6.2, match, boundary and session policy: as for a statement that names the grantee. */
    private boolean granteeMayUse(String grantee, Asked asked) {
        Caller caller = situation.caller();
        if (grantee.equals("arn:aws:iam::" + caller.account() + ":root")) {
            return caller.isRoot()
                    || ((identityAllows(asked)
                                    || fault == Fault.GRANT_TO_AN_ACCOUNT_NEEDS_NO_IDENTITY_POLICY)
                            && boundaryAllows(asked)
                            && sessionPoliciesAllow(asked));
        }
        String id = World.idOf(grantee);
        if (id == null || caller.isRoot()) {
            return false;
        }
        if (id.equals(caller.userId())) {
            return true; // a user or a session ARN is not limited
        }
        return id.equals(caller.id())
                && ((boundaryAllows(asked) && sessionPoliciesAllow(asked))
                        || fault == Fault.GRANT_TO_A_ROLE_UNLIMITED);
    }

    private boolean constraintHolds(Constrained parent) {
        Constrained child = situation.child();
        if (operation().equals("CreateGrant") && child != null) {
            return childIsWithin(parent, child);
        }
        // §6.2: not applied to operations without encryption context.
        if ((operation().equals("DescribeKey") || operation().equals("GetPublicKey"))
                && fault != Fault.GRANT_CONSTRAINT_APPLIED_TO_DESCRIBE_KEY) {
            return true;
        }
        Map<String, String> given = situation.encryptionContext();
        if (given == null || given.isEmpty()) {
            if (fault == Fault.GRANT_CONSTRAINT_IGNORED_WITHOUT_CONTEXT) {
                return true;
            }
            given = Map.of();
        }
        Map<String, String> equals = parent.equals();
        if (equals != null) {
            return contains(given, equals)
                    && (given.size() == equals.size()
                            || fault == Fault.GRANT_CONSTRAINT_EQUALS_READ_AS_SUBSET);
        }
        Map<String, String> subset = parent.subset();
        return subset == null || contains(given, subset);
    }

    /** §6.1: operations of the parent's; constraints equal or stricter. */
    private boolean childIsWithin(Constrained parent, Constrained child) {
        if (!parent.operations().containsAll(child.operations())) {
            return false;
        }
        Map<String, String> equals = parent.equals();
        if (equals != null) {
            Map<String, String> same = child.equals();
            return same != null && same.size() == equals.size() && contains(same, equals);
        }
        Map<String, String> subset = parent.subset();
        if (subset == null) {
            return true;
        }
        Map<String, String> stricter = child.equals() != null ? child.equals() : child.subset();
        return stricter != null && contains(stricter, subset);
    }

    /** §6.2: keys without case, values with case. */
    private boolean contains(Map<String, String> given, Map<String, String> wanted) {
        for (Map.Entry<String, String> pair : wanted.entrySet()) {
            Map<String, String> byName =
                    new TreeMap<>(
                            fault == Fault.GRANT_CONSTRAINT_KEYS_WITH_CASE
                                    ? String::compareTo
                                    : String.CASE_INSENSITIVE_ORDER);
            byName.putAll(given);
            if (!pair.getValue().equals(byName.get(pair.getKey()))) {
                return false;
            }
        }
        return true;
    }

    private String operation() {
        return situation.action().substring("kms:".length());
    }

    private LiteralPolicy keyPolicy() {
        return new LiteralPolicy(situation.key().policy(), true, true, fault);
    }

    private LiteralPolicy of(Map<String, Object> identityPolicy) {
        return new LiteralPolicy(identityPolicy, false, true, fault);
    }
}
