package trent.access;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.Decision.Allowed;
import trent.access.Decision.ExplicitlyDenied;
import trent.access.Decision.Hidden;
import trent.access.Decision.NotAllowed;
import trent.api.GrantOperation;
import trent.call.Principal;
import trent.identity.IdentityPolicy;
import trent.identity.Subject;
import trent.language.Policy;
import trent.language.Policy.Named;
import trent.language.Request;
import trent.store.Grant;

/**
 * How policies and grants combine, with all of them handed in: whoever asks, for a call, for a
 * simulation or to explain, is answered by the same lines. Source: AWS IAM User Guide, "Policy
 * evaluation logic"; AWS KMS Developer Guide, "Determining access to AWS KMS keys".
 */
public final class Decisions {

    /** The grants on a key that allow what the request asks. */
    @FunctionalInterface
    public interface Grants {

        /** No grants. */
        Grants NONE = _ -> null;

        /** One for the grantee with this id that allows the request; null if none does. */
        @Nullable Grant allowing(String granteeId);
    }

    // Made once: an Encrypt needs no more than the fact.
    static final Decision BY_DIRECT_STATEMENT = new Allowed("the resource's policy");
    static final Decision BY_DELEGATION =
            new Allowed("the resource's policy and an identity-based policy");
    static final Decision BY_BOTH_ACCOUNTS =
            new Allowed("the resource's policy and the caller's account");
    static final Decision BY_GRANT = new Allowed("a grant");
    static final Decision BY_IDENTITY = new Allowed("an identity-based policy");
    static final Decision BY_ROOT = new Allowed("being root");

    /** Statements that boundary and session policies do not limit. */
    private static final int UNLIMITED = Named.SESSION.bit() | Named.USER.bit() | Named.STAR.bit();

    private Decisions() {}

    /**
     * Whether the principal may do it on a key.
     *
     * @param own whether the key is of the principal's account
     * @param abroad whether the action can be allowed on other accounts' keys at all
     * @param keyPolicy null if the key is gone
     * @param subject null if the principal is gone
     * @param session the policies of the principal's session
     */
    public static Decision onKey(
            Request request,
            boolean own,
            boolean abroad,
            @Nullable Policy keyPolicy,
            @Nullable Subject subject,
            List<IdentityPolicy> session,
            Grants grants) {
        if (keyPolicy == null || (!own && !abroad)) {
            return new NotAllowed(PolicyKind.RESOURCE);
        }
        return combined(request, own, PolicyKind.RESOURCE, keyPolicy, subject, session, grants);
    }

    /**
     * Whether the principal may assume a role, or do what goes with it: tag the session, or set its
     * source identity. Source: AWS IAM User Guide, "Policies to grant access to roles".
     *
     * @param own whether the role is of the principal's account
     */
    public static Decision onRole(
            Request request,
            boolean own,
            Policy trust,
            @Nullable Subject subject,
            List<IdentityPolicy> session) {
        return combined(request, own, PolicyKind.TRUST, trust, subject, session, Grants.NONE);
    }

    /**
     * Whether a role may be assumed with a web identity: nobody's policies have a say, and the trust
     * policy must name the provider.
     *
     * @param request of the session that it would be
     */
    public static Decision onRoleByWebIdentity(Request request, Policy trust) {
        int statement = trust.denies(request);
        if (statement != Policy.NONE) {
            return new ExplicitlyDenied(PolicyKind.TRUST, trust.nameOf(statement));
        }
        // Nothing else that the session will answer to has called yet.
        return has(trust.allowsAs(request), Named.STAR)
                ? BY_DIRECT_STATEMENT
                : new NotAllowed(PolicyKind.TRUST);
    }

    /** Whether the principal may do what only the policies of its own account decide. */
    public static Decision byIdentity(
            Request request, @Nullable Subject subject, List<IdentityPolicy> session) {
        if (subject == null) {
            return new NotAllowed(PolicyKind.IDENTITY);
        }
        Decision denied = denied(request, subject, session);
        if (denied != null) {
            return denied;
        }
        PolicyKind missing = missing(request, subject, session);
        if (missing != null) {
            return new NotAllowed(missing);
        }
        return request.principal().isRoot() ? BY_ROOT : BY_IDENTITY;
    }

    /**
     * Why a call on another account's key is refused, as far as the caller may know: from what its
     * own account says.
     *
     * @param request has no attribute of the key
     */
    public static Decision hidden(
            Request request, @Nullable Subject subject, List<IdentityPolicy> session) {
        Decision own = byIdentity(request, subject, session);
        return own instanceof Allowed ? new Hidden() : own;
    }

    /**
     * Whether the principal may retire a grant: its retiring principal and, with RetireGrant among
     * its operations, its grantee may; so may whom the account of one of them, of its creator or of
     * the key lets. Source: AWS KMS Developer Guide, "Retiring and revoking grants".
     *
     * @param request for {@code kms:RetireGrant} on the key
     */
    public static Decision onGrant(
            Request request, Grant grant, @Nullable Subject subject, List<IdentityPolicy> session) {
        if (subject == null) {
            return new NotAllowed(PolicyKind.IDENTITY);
        }
        Decision denied = denied(request, subject, session);
        if (denied != null) {
            return denied;
        }
        Principal principal = request.principal();
        String account = principal.account().value();
        String grantee =
                grant.operations().contains(GrantOperation.RETIRE_GRANT) ? grant.granteeId() : null;
        if (isItself(principal, grant.retiringId()) || isItself(principal, grantee)) {
            return BY_GRANT;
        }
        boolean accountMay =
                account.equals(grant.retiringId())
                        || account.equals(grantee)
                        || account.equals(grant.issuingAccount().value())
                        || account.equals(grant.key().account().value());
        PolicyKind missing = accountMay ? missing(request, subject, session) : PolicyKind.IDENTITY;
        return missing == null ? BY_IDENTITY : new NotAllowed(missing);
    }

    /** Whether an id names the principal as user, role or session, not as one of its account. */
    private static boolean isItself(Principal principal, @Nullable String id) {
        return id != null
                && !id.equals(principal.account().value())
                && principal.answersTo().contains(id);
    }

    private static Decision combined(
            Request request,
            boolean own,
            PolicyKind kind,
            Policy policy,
            @Nullable Subject subject,
            List<IdentityPolicy> session,
            Grants grants) {
        if (subject == null) {
            return new NotAllowed(PolicyKind.IDENTITY);
        }
        Decision denied = denied(request, subject, session);
        if (denied != null) {
            return denied;
        }
        int statement = policy.denies(request);
        if (statement != Policy.NONE) {
            return new ExplicitlyDenied(kind, policy.nameOf(statement));
        }
        int named = policy.allowsAs(request);
        Decision allowed =
                own
                        ? inOwnAccount(request, named, subject, session)
                        : inOtherAccount(request, named, subject, session);
        if (allowed == null && grantAllows(request, subject, session, grants)) {
            allowed = BY_GRANT;
        }
        return allowed == null
                ? new NotAllowed(firstMissing(request, own, named, kind, subject, session))
                : allowed;
    }

    /** A Deny of the principal's own account, in the order in which AWS names one of several. */
    private static @Nullable Decision denied(
            Request request, Subject subject, List<IdentityPolicy> session) {
        Decision identity = denied(request, PolicyKind.IDENTITY, subject.policies());
        if (identity != null) {
            return identity;
        }
        IdentityPolicy boundary = subject.boundary();
        if (boundary != null) {
            int statement = boundary.policy().denies(request);
            if (statement != Policy.NONE) {
                return new ExplicitlyDenied(
                        PolicyKind.BOUNDARY, boundary.policy().nameOf(statement));
            }
        }
        return denied(request, PolicyKind.SESSION, session);
    }

    private static @Nullable Decision denied(
            Request request, PolicyKind kind, List<IdentityPolicy> policies) {
        for (int i = 0; i < policies.size(); i++) {
            Policy policy = policies.get(i).policy();
            int statement = policy.denies(request);
            if (statement != Policy.NONE) {
                return new ExplicitlyDenied(kind, policy.nameOf(statement));
            }
        }
        return null;
    }

    private static @Nullable Decision inOwnAccount(
            Request request, int named, Subject subject, List<IdentityPolicy> session) {
        if (request.principal().isRoot()) {
            return has(named, Named.ACCOUNT) || has(named, Named.STAR) ? BY_DIRECT_STATEMENT : null;
        }
        if ((named & UNLIMITED) != 0) {
            return BY_DIRECT_STATEMENT;
        }
        if (has(named, Named.ROLE) && limit(request, subject, session) == null) {
            return BY_DIRECT_STATEMENT;
        }
        return has(named, Named.ACCOUNT) && missing(request, subject, session) == null
                ? BY_DELEGATION
                : null;
    }

    private static @Nullable Decision inOtherAccount(
            Request request, int named, Subject subject, List<IdentityPolicy> session) {
        return named != 0 && missing(request, subject, session) == null ? BY_BOTH_ACCOUNTS : null;
    }

    /** As for a policy: who is named itself is not limited, a role is, an account delegates. */
    private static boolean grantAllows(
            Request request, Subject subject, List<IdentityPolicy> session, Grants grants) {
        Principal principal = request.principal();
        List<String> ids = principal.answersTo();
        int last = ids.size() - 1;
        for (int i = 0; i <= last; i++) {
            if (grants.allowing(ids.get(i)) != null
                    && missingForGrantee(request, i, last, subject, session) == null) {
                return true;
            }
        }
        return false;
    }

    /**
     * What keeps a grant from its grantee; null: nothing.
     *
     * @param place of the id by which it is named among those that the principal answers to
     */
    static @Nullable PolicyKind missingForGrantee(
            Request request, int place, int last, Subject subject, List<IdentityPolicy> session) {
        if (place == last) {
            return missing(request, subject, session);
        }
        return place == 0 ? null : limit(request, subject, session);
    }

    private static PolicyKind firstMissing(
            Request request,
            boolean own,
            int named,
            PolicyKind kind,
            Subject subject,
            List<IdentityPolicy> session) {
        if (named == 0) {
            return kind;
        }
        PolicyKind missing =
                own && has(named, Named.ROLE) && !has(named, Named.ACCOUNT)
                        ? limit(request, subject, session)
                        : missing(request, subject, session);
        return missing == null ? PolicyKind.IDENTITY : missing;
    }

    /** What the principal's own account does not give, in AWS's order; null: it gives all. */
    private static @Nullable PolicyKind missing(
            Request request, Subject subject, List<IdentityPolicy> session) {
        return identityAllows(request, subject)
                ? limit(request, subject, session)
                : PolicyKind.IDENTITY;
    }

    /** Which limit of the principal's does not allow it; null: none keeps it from it. */
    private static @Nullable PolicyKind limit(
            Request request, Subject subject, List<IdentityPolicy> session) {
        IdentityPolicy boundary = subject.boundary();
        if (boundary != null && boundary.policy().allows(request) == Policy.NONE) {
            return PolicyKind.BOUNDARY;
        }
        if (session.isEmpty()) {
            // A federated user has what its session policy gives, and nothing without one.
            return request.principal().kind() == Principal.Kind.FEDERATED_USER
                    ? PolicyKind.SESSION
                    : null;
        }
        return anyAllows(request, session) ? null : PolicyKind.SESSION;
    }

    private static boolean identityAllows(Request request, Subject subject) {
        return isOfRoot(request.principal()) || anyAllows(request, subject.policies());
    }

    /** Root, or a federated user whose session a root issued. */
    private static boolean isOfRoot(Principal principal) {
        return principal.isRoot()
                || (principal.kind() == Principal.Kind.FEDERATED_USER
                        && principal.id().equals(principal.account().value()));
    }

    private static boolean anyAllows(Request request, List<IdentityPolicy> policies) {
        for (int i = 0; i < policies.size(); i++) {
            if (policies.get(i).policy().allows(request) != Policy.NONE) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(int named, Named how) {
        return (named & how.bit()) != 0;
    }
}
