package trent.access;

import static trent.access.Explanation.Outcome.ALLOWS;
import static trent.access.Explanation.Outcome.DENIES;
import static trent.access.Explanation.Outcome.DOES_NOT_ALLOW;
import static trent.access.Explanation.Outcome.NONE;
import static trent.access.Explanation.Outcome.SAYS_NOTHING;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import trent.access.Decision.Allowed;
import trent.access.Explanation.Outcome;
import trent.call.Principal;
import trent.identity.IdentityPolicy;
import trent.identity.Subject;
import trent.language.Mismatch;
import trent.language.Policy;
import trent.language.Policy.Named;
import trent.language.Request;
import trent.store.Grant;

/** Asks each source what it says, beside the decision that {@link Decisions} makes of them. */
final class Explanations {

    private Explanations() {}

    /**
     * A decision on a key.
     *
     * @param decision that was made of the same sources
     */
    static Explanation onKey(
            Request request,
            Decision decision,
            Policy keyPolicy,
            @Nullable Subject subject,
            List<IdentityPolicy> session,
            Decisions.Grants grants) {
        List<Explanation> parts = new ArrayList<>();
        parts.add(withPrincipals("key policy", keyPolicy, request));
        addOwn(parts, request, subject, session);
        parts.add(grants(request, grants));
        return whole(request, decision, parts);
    }

    /** A decision that only the principal's own account makes. */
    static Explanation byIdentity(
            Request request,
            Decision decision,
            @Nullable Subject subject,
            List<IdentityPolicy> session) {
        List<Explanation> parts = new ArrayList<>();
        addOwn(parts, request, subject, session);
        return whole(request, decision, parts);
    }

    /** What only the account of a key says of somebody of another account. */
    static Explanation ofKeysAccount(KmsRequest request, boolean abroad, Policy keyPolicy) {
        Explanation policy = withPrincipals("key policy", keyPolicy, request);
        Explanation grants = grants(request, request);
        Outcome outcome = policy.outcome() == DENIES ? DENIES : DOES_NOT_ALLOW;
        String reason = "the key's account does not allow it";
        if (!abroad) {
            reason = "the action is never allowed to another account";
        } else if (outcome == DENIES) {
            reason = "explicit deny in the key policy: " + policy.reason();
        } else if (policy.outcome() == ALLOWS || grants.outcome() == ALLOWS) {
            outcome = ALLOWS;
            reason =
                    grants.outcome() == ALLOWS
                            ? "the key's account allows it by a grant"
                            : "the key's account allows it, and the principal's own must too";
        }
        return new Explanation(
                request.action() + " on " + request.resource() + " by " + request.principal().arn(),
                outcome,
                reason,
                List.of(
                        policy,
                        new Explanation(
                                "policies of account " + request.principal().account(),
                                NONE,
                                "its administrators see them, and nobody here does"),
                        grants));
    }

    private static Explanation whole(Request request, Decision decision, List<Explanation> parts) {
        String reason =
                switch (decision) {
                    case Allowed(String by) -> "by " + by;
                    case Decision.ExplicitlyDenied(PolicyKind policy, String statement) ->
                            "explicit deny in " + policy.withArticle() + ": " + statement;
                    case Decision.NotAllowed(PolicyKind missing) ->
                            "no " + missing.noun() + " allows it";
                    case Decision.Hidden _ ->
                            "another account's key: it does not allow it, or does not exist";
                };
        return new Explanation(
                request.action() + " on " + request.resource() + " by " + request.principal().arn(),
                decision instanceof Allowed
                        ? ALLOWS
                        : decision instanceof Decision.ExplicitlyDenied ? DENIES : DOES_NOT_ALLOW,
                reason,
                parts);
    }

    private static void addOwn(
            List<Explanation> parts,
            Request request,
            @Nullable Subject subject,
            List<IdentityPolicy> session) {
        if (subject == null) {
            parts.add(new Explanation("identity-based policies", NONE, "the principal is gone"));
            return;
        }
        parts.add(identity(request, subject));
        IdentityPolicy boundary = subject.boundary();
        parts.add(
                boundary == null
                        ? new Explanation("permissions boundary", NONE, "none is set")
                        : limit("permissions boundary", boundary, request));
        parts.add(session(request, session));
    }

    private static Explanation identity(Request request, Subject subject) {
        if (request.principal().isRoot()) {
            return new Explanation("identity-based policies", ALLOWS, "root needs none");
        }
        return combined("identity-based policies", request, subject.policies(), SAYS_NOTHING);
    }

    private static Explanation session(Request request, List<IdentityPolicy> session) {
        if (!session.isEmpty()) {
            return combined("session policies", request, session, DOES_NOT_ALLOW);
        }
        return request.principal().kind() == Principal.Kind.FEDERATED_USER
                ? new Explanation(
                        "session policies",
                        DOES_NOT_ALLOW,
                        "a federated user has nothing without one")
                : new Explanation("session policies", NONE, "the session has none");
    }

    /** Several that count as one set. */
    private static Explanation combined(
            String source, Request request, List<IdentityPolicy> policies, Outcome otherwise) {
        List<Explanation> parts = new ArrayList<>();
        for (IdentityPolicy policy : policies) {
            parts.add(said(policy.name(), policy.policy(), request, SAYS_NOTHING));
        }
        Outcome outcome = policies.isEmpty() ? NONE : otherwise;
        if (parts.stream().anyMatch(part -> part.outcome() == DENIES)) {
            outcome = DENIES;
        } else if (parts.stream().anyMatch(part -> part.outcome() == ALLOWS)) {
            outcome = ALLOWS;
        }
        return new Explanation(source, outcome, policies.isEmpty() ? "there are none" : "", parts);
    }

    private static Explanation limit(String source, IdentityPolicy policy, Request request) {
        return said(source + " " + policy.name(), policy.policy(), request, DOES_NOT_ALLOW);
    }

    private static Explanation said(
            String source, Policy policy, Request request, Outcome otherwise) {
        int denies = policy.denies(request);
        if (denies != Policy.NONE) {
            return new Explanation(source, DENIES, policy.nameOf(denies));
        }
        int allows = policy.allows(request);
        return allows != Policy.NONE
                ? new Explanation(source, ALLOWS, policy.nameOf(allows))
                : new Explanation(source, otherwise, "", silent(policy, request));
    }

    /** A policy with principals: which statement allows depends on how it names the caller. */
    private static Explanation withPrincipals(String source, Policy policy, Request request) {
        int denies = policy.denies(request);
        if (denies != Policy.NONE) {
            return new Explanation(source, DENIES, policy.nameOf(denies));
        }
        List<Explanation> parts = new ArrayList<>();
        for (Named named : Named.values()) {
            int statement = policy.allows(request, named);
            if (statement != Policy.NONE) {
                parts.add(new Explanation(words(named), ALLOWS, policy.nameOf(statement)));
            }
        }
        return parts.isEmpty()
                ? new Explanation(source, SAYS_NOTHING, "", silent(policy, request))
                : new Explanation(source, ALLOWS, "", parts);
    }

    private static String words(Named named) {
        return switch (named) {
            case SESSION -> "names the session";
            case USER -> "names the user";
            case STAR -> "names everyone";
            case ROLE -> "names the role or the issuing user";
            case ACCOUNT -> "names the account, which may delegate";
        };
    }

    /** Why each statement says nothing. */
    private static List<Explanation> silent(Policy policy, Request request) {
        List<Explanation> parts = new ArrayList<>();
        for (int i = 0; i < policy.statements().size(); i++) {
            Mismatch mismatch = policy.why(i, request);
            if (mismatch != null) {
                parts.add(new Explanation(policy.nameOf(i), SAYS_NOTHING, words(mismatch)));
            }
        }
        return parts;
    }

    private static String words(Mismatch mismatch) {
        return switch (mismatch.element()) {
            case PRINCIPAL -> "is not about this principal";
            case ACTION -> "is not about this action";
            case RESOURCE -> "is not about this resource";
            case CONDITION ->
                    "%s %s: the request has %s"
                            .formatted(mismatch.operator(), mismatch.key(), seen(mismatch.seen()));
        };
    }

    private static String seen(@Nullable List<String> values) {
        if (values == null) {
            return "no such key";
        }
        return values.isEmpty()
                ? "no value that can be told"
                : values.stream().collect(Collectors.joining("\", \"", "\"", "\""));
    }

    private static Explanation grants(Request request, Decisions.Grants grants) {
        for (String id : request.principal().answersTo()) {
            Grant grant = grants.allowing(id);
            if (grant != null) {
                return new Explanation("grants", ALLOWS, "grant " + grant.id() + " to " + id);
            }
        }
        return new Explanation("grants", SAYS_NOTHING, "none allows it");
    }
}
