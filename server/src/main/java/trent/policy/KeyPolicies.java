package trent.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import trent.access.PolicyDocument;
import trent.api.LimitExceededException;
import trent.api.NotFoundException;
import trent.call.Principal;
import trent.key.Quotas;
import trent.name.Region;

/** The one policy that each key has. Source: AWS KMS Developer Guide, "Default key policy". */
public final class KeyPolicies {

    /** The only name that a key policy can have. */
    static final String NAME = "default";

    private KeyPolicies() {}

    /** The policy of a key that was made without one. */
    public static String defaultFor(Principal root) {
        return """
                {
                  "Version" : "2012-10-17",
                  "Id" : "key-default-1",
                  "Statement" : [ {
                    "Sid" : "Enable IAM User Permissions",
                    "Effect" : "Allow",
                    "Principal" : {
                      "AWS" : "%s"
                    },
                    "Action" : "kms:*",
                    "Resource" : "*"
                  } ]
                }"""
                .formatted(root.arn());
    }

    /** Checks a policy that a caller gives to a key of this Region. */
    public static void require(
            String policy,
            boolean bypassLockoutCheck,
            Principal caller,
            Region region,
            Quotas quotas) {
        int bytes = policy.getBytes(UTF_8).length;
        if (bytes > quotas.policyBytes()) {
            throw new LimitExceededException(
                    "Key policy size quota is %d bytes, the given policy has %d bytes."
                            .formatted(quotas.policyBytes(), bytes));
        }
        PolicyDocument document = PolicyDocument.parse(policy, region);
        if (!bypassLockoutCheck) {
            // The one root that there is acts in every partition, under that partition's ARN.
            document.requireChangeableBy(
                    caller.isRoot()
                            ? Principal.root(caller.account(), region.partition())
                            : caller);
        }
    }

    /** Refuses every name but the one that exists; an absent name means it. */
    static void requireName(@Nullable String policyName) {
        if (policyName != null && !policyName.equals(NAME)) {
            throw new NotFoundException("No such policy exists");
        }
    }
}
