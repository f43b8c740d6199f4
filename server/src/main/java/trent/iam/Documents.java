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
        } catch (PolicySyntaxException e) {
            throw new MalformedPolicyDocumentException(text(e, kind == Policy.Kind.TRUST));
        }
    }

    /** What is wrong with a document that is no policy. */
    static String text(PolicySyntaxException problem, boolean trust) {
        return switch (problem.problem()) {
            case NOT_JSON ->
                    trust ? "This policy contains invalid Json" : "Syntax errors in policy.";
            case SYNTAX, NO_STATEMENT, EFFECT, FOR_ALL_VALUES_OF_SINGLE ->
                    "Syntax errors in policy.";
            case VERSION -> "Policy document must be version 2012-10-17 or greater.";
            case NO_PRINCIPAL -> "Missing required field Principal cannot be empty!";
            case PRINCIPAL_NOT_ALLOWED -> "Policy document should not specify a principal.";
            case PRINCIPAL, PRINCIPAL_ARN -> "Invalid principal in policy: " + problem.text();
            case NO_ACTION -> "Policy statement must contain actions.";
            case NO_RESOURCE -> "Policy statement must contain resources.";
            case RESOURCE_NOT_ALLOWED -> "Has prohibited field Resource";
            case ACTION_VENDOR ->
                    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
            case ACTION_COLONS -> "Actions/Condition can contain only one colon.";
            case ACTION_VENDOR_INVALID -> "Vendor " + problem.text() + " is not valid";
            case RESOURCE_PARTITION -> partition(problem.text());
            case RESOURCE_VENDOR ->
                    "Resource vendor must be fully qualified and cannot contain regexes.";
            case LEGACY_PARSING -> "The policy failed legacy parsing";
            case RESOURCE_ARN ->
                    "Resource %s must be in ARN format or \"*\".".formatted(problem.text());
            case SID ->
                    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the"
                            + " regular expression [0-9A-Za-z]*";
            case SID_TWICE -> "Statement IDs (SID) in a single policy must be unique.";
        };
    }

    private static String partition(String resource) {
        String[] part = resource.split(":", 3);
        return "Partition \"%s\" is not valid for resource \"%s\"."
                .formatted(part.length > 1 ? part[1] : "", resource);
    }

    private static MalformedPolicyDocumentException invalidPrincipal(String principal) {
        return new MalformedPolicyDocumentException(
                "Invalid principal in policy: \"AWS\":\"" + principal + "\"");
    }
}
