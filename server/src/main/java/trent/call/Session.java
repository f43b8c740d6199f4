package trent.call;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What temporary credentials carry, fixed when they were issued. Source: AWS IAM User Guide,
 * "Temporary security credentials in IAM".
 *
 * @param name the session's name; for a federated user the user's name; null for GetSessionToken
 * @param issued since when it is
 * @param expires from then on it is refused
 * @param tags session tags, inherited ones among them; keys differ also without case
 * @param transitiveTags the keys of those that a further session inherits
 * @param sourceIdentity null if none was set
 * @param federatedProvider the ARN of the provider of a web identity; null for other sessions
 * @param chained whether it was obtained with temporary credentials
 * @param policy the session policy as it was sent, null if none was
 * @param policyArns managed policies that limit the session too
 * @param secondsSinceMfa when issued, null if no MFA code was given
 */
public record Session(
        @Nullable String name,
        Instant issued,
        Instant expires,
        Map<String, String> tags,
        Set<String> transitiveTags,
        @Nullable String sourceIdentity,
        @Nullable String federatedProvider,
        boolean chained,
        @Nullable String policy,
        List<String> policyArns,
        @Nullable Integer secondsSinceMfa) {

    public Session {
        tags = Map.copyOf(tags);
        transitiveTags = Set.copyOf(transitiveTags);
        policyArns = List.copyOf(policyArns);
    }

    /** Whether policies of its own limit it. */
    public boolean hasPolicies() {
        return policy != null || !policyArns.isEmpty();
    }
}
