package trent.seed;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;
import trent.name.AliasName;
import trent.name.KeyId;
import trent.name.Region;
import trent.seal.Secret;
import trent.store.EntityKind;

/** What a seed file declares. What is null it does not speak of, and leaves as it is. */
record Seed(List<Account> accounts) {

    /**
     * An account.
     *
     * @param accessKeys its root's
     * @param identities managed policies, groups, users and roles, as the file has them
     */
    record Account(
            int line,
            AccountId id,
            List<NewAccessKey> accessKeys,
            List<Identity> identities,
            List<NewKey> keys,
            List<NewAlias> aliases) {}

    /** An access key with a given secret; not a record, since records print themselves. */
    static final class NewAccessKey {

        private final int line;
        private final String id;
        private final Secret secret;

        NewAccessKey(int line, String id, Secret secret) {
            this.line = line;
            this.id = id;
            this.secret = secret;
        }

        int line() {
            return line;
        }

        String id() {
            return id;
        }

        Secret secret() {
            return secret;
        }
    }

    /**
     * A user, group, role or managed policy.
     *
     * @param groups of a user
     * @param trust of a role
     * @param maxSession of a role, in seconds
     * @param document of a managed policy
     */
    record Identity(
            int line,
            EntityKind kind,
            String name,
            @Nullable String path,
            @Nullable String description,
            @Nullable Map<String, String> tags,
            @Nullable String boundary,
            @Nullable List<String> groups,
            List<NewAccessKey> accessKeys,
            @Nullable Map<String, String> policies,
            @Nullable List<String> attached,
            @Nullable String trust,
            @Nullable Integer maxSession,
            @Nullable String document) {}

    /**
     * A key.
     *
     * @param spec as the API has it, like usage and origin
     * @param material null where it is made, or imported later
     * @param rotationDays 0 where there is no automatic rotation
     */
    record NewKey(
            int line,
            KeyId id,
            Region region,
            String spec,
            @Nullable String usage,
            String origin,
            @Nullable Secret material,
            @Nullable String description,
            @Nullable String policy,
            @Nullable Map<String, String> tags,
            @Nullable Integer rotationDays) {}

    /** An alias. */
    record NewAlias(int line, AliasName name, Region region, KeyId key) {}
}
