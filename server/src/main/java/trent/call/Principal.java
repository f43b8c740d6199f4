package trent.call;

import trent.name.AccountId;
import trent.name.Region;

/**
 * Who signed the call. Source: IAM User Guide, "AWS JSON policy elements: Principal".
 *
 * @param account the account the call is charged to
 * @param arn for example {@code arn:aws:iam::111122223333:root}
 */
public record Principal(AccountId account, String arn) {

    /** The root user of an account, as an ARN of the Region's partition. */
    public static Principal root(AccountId account, Region region) {
        return new Principal(account, "arn:" + region.partition() + ":iam::" + account + ":root");
    }

    /** Whether this is the account itself, which may do everything with what it owns. */
    public boolean isRoot() {
        return arn.endsWith(":root");
    }

    @Override
    public String toString() {
        return arn;
    }
}
