package trent.iam;

import trent.language.PolicySyntaxException;
import trent.language.PolicySyntaxException.Problem;

/**
 * What IAM and STS say of a document that is no policy. Source: their replies, as far as they are
 * recorded.
 */
public final class PolicyProblems {

    private PolicyProblems() {}

    /** Of a policy of who may assume a role, or of a session. */
    public static String ofTrustOrSession(PolicySyntaxException problem) {
        return problem.problem() == Problem.NOT_JSON
                ? "This policy contains invalid Json"
                : ofIdentity(problem);
    }

    /** Of a policy of a user, group or role, inline or managed. */
    public static String ofIdentity(PolicySyntaxException problem) {
        return switch (problem.problem()) {
            case NOT_JSON, SYNTAX, NO_STATEMENT, EFFECT, FOR_ALL_VALUES_OF_SINGLE ->
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
}
