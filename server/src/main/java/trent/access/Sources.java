package trent.access;

import java.time.InstantSource;
import trent.identity.Identities;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.language.PrincipalIds;

/**
 * Where decisions look things up.
 *
 * @param aliasesPerKey the quota: of a key that has more, no condition on aliases allows anything
 * @param decoyPolicy evaluated where there is no key, so that it takes as long
 */
record Sources(
        KeySources keys,
        Identities identities,
        InstantSource clock,
        int aliasesPerKey,
        Policy decoyPolicy) {

    /** Like a key's default policy, which most keys have. */
    static Policy decoy() {
        String policy =
                """
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:*",
                 "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Resource": "*"}}
                """;
        try {
            return Policy.compile(
                    policy, Policy.Kind.KEY, ConditionKeys.VOCABULARY, PrincipalIds.NONE);
        } catch (PolicySyntaxException e) {
            throw new IllegalStateException("our own policy", e);
        }
    }
}
