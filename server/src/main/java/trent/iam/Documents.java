package trent.iam;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import trent.api.iam.LimitExceededException;
import trent.api.iam.MalformedPolicyDocumentException;
import trent.identity.PrincipalNames;
import trent.language.CompiledPolicies;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.language.PrincipalTexts;
import trent.store.Entity;
import trent.store.EntityKind;

/**
 * Policy documents: what IAM says of those that are none, how long they may be, and how answers
 * show them. Source: AWS IAM User Guide, "Grammar of the IAM JSON policy language".
 */
record Documents(CompiledPolicies policies, PrincipalNames names) {

    /** Refuses what is no policy for a managed one. */
    void requireManaged(String document) {
        compile(document, Policy.Kind.MANAGED, Map.of());
        IamQuotas.requireSize(
                size(document), IamQuotas.POLICY_SIZE, "Cannot exceed quota for PolicySize: %d");
    }

    /** Refuses what is no policy of a user, group or role. */
    void requireInline(String document) {
        compile(document, Policy.Kind.IDENTITY, Map.of());
    }

    /** Refuses what is no policy of who may assume a role. */
    void requireTrust(String document) {
        compile(document, Policy.Kind.TRUST, Map.of());
        IamQuotas.requireSize(
                size(document), IamQuotas.TRUST_SIZE, "Cannot exceed quota for ACLSizePerRole: %d");
    }

    /**
     * The ids of those whom a trust policy names, by their ARNs.
     *
     * @param partition of the call's Region
     * @throws MalformedPolicyDocumentException if there is somebody of them not
     */
    Map<String, String> trusted(String document, String partition) {
        Map<String, String> ids = new LinkedHashMap<>();
        String _ =
                PrincipalTexts.replaced(
                        document,
                        principal -> {
                            if (!names.mayBeNamed(principal, partition)) {
                                throw invalidPrincipal(principal);
                            }
                            String id = names.idOf(principal);
                            if (id != null) {
                                ids.put(principal, id);
                            }
                            return principal;
                        });
        return ids;
    }

    /**
     * A trust policy as answers have it: whom it names by the name that he has now, or by his
     * unique id if he is gone.
     */
    String shownTrust(Entity role, Map<String, String> ids, String partition) {
        String document = role.trust();
        if (document == null) {
            throw new IllegalStateException("the role " + role.id() + " has no trust policy");
        }
        Map<String, String> shown = new HashMap<>();
        ids.forEach((arn, id) -> shown.put(arn, names.shownAs(id, arn, partition)));
        return encoded(
                PrincipalTexts.replaced(
                        document, principal -> shown.getOrDefault(principal, principal)));
    }

    /** As answers have documents: URL-encoded. Source: RFC 3986. */
    static String encoded(String document) {
        return URLEncoder.encode(document, UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /**
     * Characters without white space, which IAM does not count; beyond three quarters of the text
     * it counts here, since all of it is kept and shown.
     */
    static int size(String document) {
        int counted = (int) document.chars().filter(c -> !Character.isWhitespace(c)).count();
        return Math.max(counted, document.length() / 4);
    }

    /** Refuses inline policies that are too long together. */
    static void requireInlineSize(EntityKind kind, String name, int sum) {
        int quota = IamQuotas.inlineSize(kind);
        if (sum > quota) {
            throw new LimitExceededException(
                    "Maximum policy size of %d bytes exceeded for %s %s"
                            .formatted(quota, kind.noun(), name));
        }
    }

    private void compile(String document, Policy.Kind kind, Map<String, String> ids) {
        try {
            Policy _ = policies.of(document, kind, ids);
            Policy.requireTexts(document);
        } catch (PolicySyntaxException e) {
            throw new MalformedPolicyDocumentException(
                    kind == Policy.Kind.TRUST
                            ? PolicyProblems.ofTrustOrSession(e)
                            : PolicyProblems.ofIdentity(e));
        }
    }

    private static MalformedPolicyDocumentException invalidPrincipal(String principal) {
        return new MalformedPolicyDocumentException(
                "Invalid principal in policy: \"AWS\":\"" + principal + "\"");
    }
}
