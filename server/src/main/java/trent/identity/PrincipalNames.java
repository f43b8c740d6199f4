package trent.identity;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;

/**
 * Whom the principals of policies and grants name. What is stored is whom they named when they were
 * written: who comes later under an old name is somebody else.
 *
 * @param acceptUnknown whether a user, role or account that there is not may be named; it matches
 *     nobody, whoever comes later
 */
public record PrincipalNames(Identities identities, boolean acceptUnknown) {

    private static final Pattern ARN =
            Pattern.compile(
                    "arn:(?<partition>[a-z-]+):(iam|sts)::(?<account>[0-9]{12}):(?<resource>.+)");

    private static final Pattern UNIQUE_ID = Pattern.compile("A(IDA|ROA)[A-Z0-9]{12,124}");

    /** The id that an ARN stands for, null if it stands for nobody. */
    public @Nullable String idOf(String arn) {
        Matcher parts = ARN.matcher(arn);
        if (!parts.matches()) {
            return null;
        }
        return parts.group("resource").equals("root")
                ? parts.group("account")
                : identities.idOf(arn);
    }

    /** Whether a policy or grant may name this principal in a partition. */
    public boolean mayBeNamed(String principal, String partition) {
        if (principal.equals("*")) {
            return true;
        }
        if (AccountId.isValid(principal)) {
            return acceptUnknown || identities.exists(new AccountId(principal));
        }
        if (UNIQUE_ID.matcher(principal).matches()) {
            return identities.has(principal);
        }
        Matcher arn = ARN.matcher(principal);
        if (!arn.matches() || !arn.group("partition").equals(partition)) {
            return false;
        }
        if (acceptUnknown) {
            return true;
        }
        return arn.group("resource").equals("root")
                ? identities.exists(new AccountId(arn.group("account")))
                : identities.idOf(principal) != null;
    }

    /**
     * How somebody who was written as an ARN is shown now: under the name that he has by now, or by
     * his unique id if he is gone.
     */
    public String shownAs(String id, String arn, String partition) {
        int colon = id.indexOf(':');
        String unique = colon < 0 ? id : id.substring(0, colon);
        if (!UNIQUE_ID.matcher(unique).matches()) {
            return arn;
        }
        String now = identities.arnOf(unique, partition);
        return now == null ? unique : colon < 0 ? now : arn;
    }
}
