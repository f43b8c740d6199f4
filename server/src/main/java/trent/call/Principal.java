package trent.call;

import trent.name.AccountId;

/**
 * Someone who may call: an account's root, a user or a role, by ARN. Source: AWS IAM User Guide,
 * "IAM identifiers".
 *
 * @param account the account that the principal belongs to
 * @param arn for example {@code arn:aws:iam::111122223333:user/Alice}; names the same account
 */
public record Principal(AccountId account, String arn) {

    public Principal {
        String[] parts = arn.split(":", 6); // arn, partition, service, Region, account, resource
        if (parts.length != 6
                || !parts[0].equals("arn")
                || !parts[4].equals(account.value())
                || parts[5].isEmpty()) {
            throw new IllegalArgumentException(
                    "not the ARN of a principal of account " + account + ": " + arn);
        }
    }

    /**
     * The root of an account, for whom its policies mean the whole account.
     *
     * @param partition for example {@code aws} or {@code aws-cn}
     */
    public static Principal root(AccountId account, String partition) {
        return new Principal(account, "arn:" + partition + ":iam::" + account + ":root");
    }

    /** Whether this is an account itself, which may do everything with what it owns. */
    public boolean isRoot() {
        return arn.endsWith(":root");
    }

    @Override
    public String toString() {
        return arn;
    }
}
