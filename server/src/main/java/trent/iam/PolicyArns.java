package trent.iam;

import org.jspecify.annotations.Nullable;
import trent.api.iam.NoSuchEntityException;
import trent.api.query.ValidationError;
import trent.call.Call;
import trent.identity.AwsManagedPolicies;
import trent.identity.AwsManagedPolicies.AwsManagedPolicy;
import trent.identity.EntityArn;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Tx;

/** The ARNs of managed policies, as requests have them. */
final class PolicyArns {

    private PolicyArns() {}

    /** Takes the ARN of a policy apart. */
    static EntityArn parse(String arn) {
        EntityArn parsed = EntityArn.parse(arn);
        if (parsed == null || parsed.type() != EntityArn.Type.POLICY) {
            throw new ValidationError("Invalid ARN:  Could not be parsed!");
        }
        return parsed;
    }

    /** AWS's policy of this ARN, or null. */
    static @Nullable AwsManagedPolicy aws(Call call, String arn) {
        EntityArn parsed = parse(arn);
        if (parsed.account() != null) {
            return null;
        }
        AwsManagedPolicy policy = AwsManagedPolicies.ofName(parsed.name());
        return policy == null || !policy.arn(call.region().partition()).equals(arn) ? null : policy;
    }

    /** The account's own policy of this ARN, or null. */
    static @Nullable Entity own(Tx tx, Call call, String arn) {
        EntityArn parsed = parse(arn);
        Entity policy =
                call.account().equals(parsed.account())
                        ? IamCalls.find(tx, call.account(), EntityKind.POLICY, parsed.name())
                        : null;
        return policy == null || !policy.arn(call.region().partition()).equals(arn) ? null : policy;
    }

    /** The id of the policy, the account's or AWS's; null if there is none. */
    static @Nullable String idOf(Tx tx, Call call, String arn) {
        AwsManagedPolicy aws = aws(call, arn);
        if (aws != null) {
            return aws.id();
        }
        Entity policy = own(tx, call, arn);
        return policy == null ? null : policy.id();
    }

    static NoSuchEntityException notFound(String arn) {
        return new NoSuchEntityException("Policy " + arn + " was not found.");
    }
}
