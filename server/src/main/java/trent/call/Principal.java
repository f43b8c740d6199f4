package trent.call;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;

/**
 * Someone who may call: an account's root, a user or a role, by ARN. Source: AWS IAM
 * User Guide, "IAM identifiers".
 *
 * @param account the account that the principal belongs to
 * @param arn for example {@code arn:aws:iam::111122223333:user/Alice}; names the same account
 */
public record Principal(AccountId account, String arn) {

    private static final Pattern SESSION =
            Pattern.compile(
                    "arn:(?<partition>[a-z-]+):sts::(?<account>[0-9]{12}):assumed-role/(?<role>[^/]+)/[^/]+");

    private static final Pattern ROLE =
            Pattern.compile(
                    "arn:(?<partition>[a-z-]+):iam::(?<account>[0-9]{12}):role/(?:.*/)?(?<role>[^/]+)");

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

    /**
     * Whether the ARN names this principal: it is its own, or that of the role whose session it is.
     *
     * @param named null names nobody
     */
    public boolean is(@Nullable String named) {
        return arn.equals(named) || (named != null && isSessionOf(named));
    }

    /** A session's ARN leaves out the role's path; names of roles are unique without it. */
    private boolean isSessionOf(String role) {
        Matcher session = SESSION.matcher(arn);
        Matcher named = ROLE.matcher(role);
        return session.matches()
                && named.matches()
                && session.group("partition").equals(named.group("partition"))
                && session.group("account").equals(named.group("account"))
                && session.group("role").equals(named.group("role"));
    }

    @Override
    public String toString() {
        return arn;
    }
}
