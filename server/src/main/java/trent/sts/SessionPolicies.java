package trent.sts;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.ConditionKeys;
import trent.api.query.ValidationError;
import trent.api.sts.MalformedPolicyDocumentException;
import trent.api.sts.PolicyDescriptorType;
import trent.iam.PolicyProblems;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.language.PrincipalIds;
import trent.name.AccountId;
import trent.sts.Role.ManagedPolicies;

/**
 * What limits a session. Source: AWS IAM User Guide, "Session policies".
 *
 * @param policy as it was sent; null if none was
 */
record SessionPolicies(@Nullable String policy, List<String> arns) {

    private static final int MAX_ARNS = 10;

    /** Of the policy and the ARNs together. */
    private static final int MAX_CHARACTERS = 2048;

    static final SessionPolicies NONE = new SessionPolicies(null, List.of());

    /**
     * Reads those of a request.
     *
     * @param account the role's or the user's
     * @throws ValidationError if they are too many, too long, or of no policy there is
     * @throws MalformedPolicyDocumentException if the policy is none
     */
    static SessionPolicies of(
            @Nullable String policy,
            List<PolicyDescriptorType> given,
            AccountId account,
            ManagedPolicies managed) {
        if (given.size() > MAX_ARNS) {
            throw new ValidationError(
                    "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to "
                            + MAX_ARNS);
        }
        List<String> arns = new ArrayList<>();
        int length = policy == null ? 0 : policy.length();
        for (PolicyDescriptorType each : given) {
            String arn = each.arn();
            if (arn == null || !arn.startsWith("arn:") || !managed.exists(account, arn)) {
                throw new ValidationError(arn + " is invalid");
            }
            length += arn.length();
            arns.add(arn);
        }
        if (length > MAX_CHARACTERS) {
            throw new ValidationError(
                    "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to "
                            + MAX_CHARACTERS);
        }
        if (policy != null) {
            requireWellFormed(policy);
        }
        return new SessionPolicies(policy, arns);
    }

    private static void requireWellFormed(String policy) {
        try {
            Policy _ =
                    Policy.compile(
                            policy,
                            Policy.Kind.IDENTITY,
                            ConditionKeys.VOCABULARY,
                            PrincipalIds.NONE);
            Policy.requireTexts(policy);
        } catch (PolicySyntaxException e) {
            throw new MalformedPolicyDocumentException(PolicyProblems.ofTrustOrSession(e));
        }
    }
}
