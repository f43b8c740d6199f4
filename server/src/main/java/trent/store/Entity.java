package trent.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;

/**
 * A user, group, role, managed policy or provider. Source: AWS IAM User Guide, "IAM identifiers".
 *
 * @param id unique and never given again, for example {@code AIDACKCEVSQ6C2EXAMPLE}
 * @param name unique in its account and kind, without case; of a provider its URL without scheme
 * @param path begins and ends with a slash
 * @param updated when its document last changed; of a policy
 * @param boundary the id of the policy that is its permissions boundary
 * @param trust of a role: who may assume it, as it was written
 * @param maxSessionSeconds of a role
 * @param defaultVersion of a policy: the one that counts; else 0
 * @param lastVersion of a policy: the highest ever; else 0
 */
public record Entity(
        AccountId account,
        EntityKind kind,
        String id,
        String name,
        String path,
        Instant created,
        Instant updated,
        @Nullable String description,
        @Nullable String boundary,
        @Nullable String trust,
        @Nullable Integer maxSessionSeconds,
        int defaultVersion,
        int lastVersion) {

    /** A new one with nothing but a name. */
    public static Entity created(
            AccountId account, EntityKind kind, String id, String name, String path, Instant now) {
        return new Entity(account, kind, id, name, path, now, now, null, null, null, null, 0, 0);
    }

    /** The same, as a role. */
    public Entity asRole(String trustPolicy, @Nullable String roleDescription, int maxSeconds) {
        return new Entity(
                account,
                kind,
                id,
                name,
                path,
                created,
                updated,
                roleDescription,
                boundary,
                trustPolicy,
                maxSeconds,
                0,
                0);
    }

    /** The same, as a policy with its first version. */
    public Entity asPolicy(@Nullable String policyDescription) {
        return new Entity(
                account,
                kind,
                id,
                name,
                path,
                created,
                updated,
                policyDescription,
                null,
                null,
                null,
                1,
                1);
    }

    /** The same with a permissions boundary. */
    public Entity withBoundary(@Nullable String policyId) {
        return new Entity(
                account,
                kind,
                id,
                name,
                path,
                created,
                updated,
                description,
                policyId,
                trust,
                maxSessionSeconds,
                defaultVersion,
                lastVersion);
    }

    /** Its ARN in a partition. */
    public String arn(String partition) {
        return arn(partition, account, kind, path, name);
    }

    /** The ARN that one of this path and name would have. */
    public static String arn(
            String partition, AccountId account, EntityKind kind, String path, String name) {
        return "arn:" + partition + ":iam::" + account + ":" + kind.noun() + path + name;
    }
}
