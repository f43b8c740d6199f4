package trent.sts;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.language.Policy;
import trent.name.AccountId;

/**
 * A role as whoever wants to assume it must know it.
 *
 * @param id unique, for example {@code AROACKCEVSQ6C2EXAMPLE}
 * @param path begins and ends with a slash
 * @param tags its own
 * @param trust who may assume it
 * @param maxSessionSeconds 3,600 to 43,200
 */
public record Role(
        AccountId account,
        String id,
        String path,
        String name,
        Map<String, String> tags,
        Policy trust,
        int maxSessionSeconds) {

    /** Where roles are found. */
    @FunctionalInterface
    public interface Roles {

        /** The role with this path and name as it is now; null if there is none. */
        @Nullable Role find(AccountId account, String path, String name);
    }

    /** Which managed policies there are. */
    @FunctionalInterface
    public interface ManagedPolicies {

        /** Whether the account has this policy or AWS has it, of whichever partition the ARN is. */
        boolean exists(AccountId account, String arn);
    }
}
