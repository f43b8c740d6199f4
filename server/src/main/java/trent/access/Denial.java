package trent.access;

import trent.access.Decision.Allowed;
import trent.access.Decision.ExplicitlyDenied;
import trent.access.Decision.Hidden;
import trent.access.Decision.NotAllowed;

/**
 * A refusal in AWS's words, which never name a statement, a condition or a value. Source: AWS IAM
 * User Guide, "Troubleshoot access denied error messages".
 */
public final class Denial {

    /** What stands for a key of another account. */
    static final String THIS_RESOURCE = "this resource";

    /** What stands for a key that a ciphertext names. */
    static final String OF_CIPHERTEXT = "the resource associated with this ciphertext";

    private static final String HIDDEN =
            " because the resource does not exist in this Region, no resource-based policies allow access, or a"
                    + " resource-based policy explicitly denies access";

    private Denial() {}

    /**
     * The whole sentence.
     *
     * @param caller its ARN; of a session the session's
     * @param action for example {@code iam:GetUser}
     * @param on for example {@code resource: user Alice}, or {@code this resource}
     */
    public static String sentence(Object caller, String action, String on, Decision decision) {
        return sentence(caller, action, on) + reason(action, decision);
    }

    /** The sentence without the reason, as STS has it. */
    public static String sentence(Object caller, String action, String on) {
        return "User: " + caller + " is not authorized to perform: " + action + " on " + on;
    }

    private static String reason(String action, Decision decision) {
        return switch (decision) {
            case Allowed _ -> throw new IllegalArgumentException("allowed, not denied");
            case ExplicitlyDenied(PolicyKind policy, _) ->
                    " with an explicit deny in " + policy.withArticle();
            case NotAllowed(PolicyKind policy) ->
                    " because no %s allows the %s action".formatted(policy.noun(), action);
            case Hidden _ -> HIDDEN;
        };
    }
}
