package trent.iam;

import trent.api.iam.LimitExceededException;
import trent.store.EntityKind;

/**
 * Limits that AWS sets for each account. Source: AWS IAM User Guide, "IAM and AWS STS quotas".
 *
 * @param users users in one account
 * @param groups groups in one account
 * @param roles roles in one account
 * @param policies managed policies in one account, AWS's not counted
 * @param providers providers of web identities in one account
 * @param attached managed policies of one user, group or role
 * @param groupsPerUser groups that one user is in
 * @param accessKeys access keys of one user, or of a root
 * @param versions versions of one managed policy
 * @param tags tags of one user, role, policy or provider
 */
public record IamQuotas(
        int users,
        int groups,
        int roles,
        int policies,
        int providers,
        int attached,
        int groupsPerUser,
        int accessKeys,
        int versions,
        int tags) {

    /** AWS's defaults. */
    public static final IamQuotas DEFAULT =
            new IamQuotas(5000, 300, 1000, 1500, 100, 10, 10, 2, 5, 50);

    /** Characters of a managed policy without white space. */
    static final int POLICY_SIZE = 6144;

    /** Characters of a trust policy without white space. */
    static final int TRUST_SIZE = 2048;

    static final int CLIENT_IDS_PER_PROVIDER = 100;
    static final int THUMBPRINTS_PER_PROVIDER = 5;

    int of(EntityKind kind) {
        return switch (kind) {
            case USER -> users;
            case GROUP -> groups;
            case ROLE -> roles;
            case POLICY -> policies;
            case PROVIDER -> providers;
        };
    }

    void requireRoomFor(EntityKind kind, int used) {
        require(
                switch (kind) {
                    case USER -> "UsersPerAccount";
                    case GROUP -> "GroupsPerAccount";
                    case ROLE -> "RolesPerAccount";
                    case POLICY -> "PoliciesPerAccount";
                    case PROVIDER -> "OpenIdConnectProvidersPerAccount";
                },
                used,
                of(kind));
    }

    /** Characters of all inline policies of one together, without white space. */
    static int inlineSize(EntityKind kind) {
        return switch (kind) {
            case USER -> 2048;
            case GROUP -> 5120;
            case ROLE -> 10_240;
            case POLICY, PROVIDER -> 0;
        };
    }

    /**
     * Refuses a document that is too long.
     *
     * @param text what it says of the quota
     */
    static void requireSize(int size, int quota, String text) {
        if (size > quota) {
            throw new LimitExceededException(text.formatted(quota));
        }
    }

    /** Refuses one more where there are {@code used} of {@code quota} already. */
    static void require(String name, int used, int quota) {
        if (used >= quota) {
            throw new LimitExceededException("Cannot exceed quota for " + name + ": " + quota);
        }
    }
}
