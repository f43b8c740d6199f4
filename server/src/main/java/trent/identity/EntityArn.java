package trent.identity;

import org.jspecify.annotations.Nullable;
import trent.name.AccountId;
import trent.store.EntityKind;

/**
 * An ARN of IAM or STS, taken apart: of a user, group, role, policy or provider, of a role's
 * session, of a federated user, or of an account's root. Source: AWS IAM User Guide, "IAM ARNs".
 *
 * @param account null for a policy that is AWS's
 * @param path begins and ends with a slash; a session's role has none here
 * @param name of a session its role's; of a root empty
 * @param session the name of a role's session
 */
public record EntityArn(
        String partition,
        @Nullable AccountId account,
        Type type,
        String path,
        String name,
        @Nullable String session) {

    /** What it is the ARN of. */
    public enum Type {
        ROOT,
        USER,
        GROUP,
        ROLE,
        POLICY,
        PROVIDER,
        ROLE_SESSION,
        FEDERATED_USER;

        /** The kind of row that it is; null for those that have none. */
        public @Nullable EntityKind kind() {
            return switch (this) {
                case USER -> EntityKind.USER;
                case GROUP -> EntityKind.GROUP;
                case ROLE, ROLE_SESSION -> EntityKind.ROLE;
                case POLICY -> EntityKind.POLICY;
                case PROVIDER -> EntityKind.PROVIDER;
                case ROOT, FEDERATED_USER -> null;
            };
        }
    }

    private static final int PARTS = 6;

    /** Takes an ARN apart; null if it is none of these. */
    public static @Nullable EntityArn parse(String arn) {
        String[] part = arn.split(":", PARTS);
        if (part.length < PARTS || !part[0].equals("arn") || !part[3].isEmpty()) {
            return null;
        }
        String resource = part[5];
        boolean awsOwned = part[4].equals(AwsManagedPolicies.OWNER);
        if (!awsOwned && !AccountId.isValid(part[4])) {
            return null;
        }
        AccountId account = awsOwned ? null : new AccountId(part[4]);
        if (part[2].equals("sts")) {
            return account == null ? null : session(part[1], account, resource);
        }
        if (!part[2].equals("iam")) {
            return null;
        }
        if (resource.equals("root")) {
            return account == null
                    ? null
                    : new EntityArn(part[1], account, Type.ROOT, "/", "", null);
        }
        int slash = resource.indexOf('/');
        if (slash < 0) {
            return null;
        }
        String word = resource.substring(0, slash);
        for (Type type : Type.values()) {
            EntityKind kind = type.kind();
            if (kind != null && kind.noun().equals(word)) { // a role comes before its session
                boolean whole = kind == EntityKind.PROVIDER;
                int last = whole ? slash : resource.lastIndexOf('/');
                String name = resource.substring(last + 1);
                return name.isEmpty() || (account == null && kind != EntityKind.POLICY)
                        ? null
                        : new EntityArn(
                                part[1],
                                account,
                                type,
                                resource.substring(slash, last + 1),
                                name,
                                null);
            }
        }
        return null;
    }

    private static @Nullable EntityArn session(
            String partition, AccountId account, String resource) {
        String[] part = resource.split("/", 3);
        if (part[0].equals("assumed-role")
                && part.length == 3
                && !part[1].isEmpty()
                && !part[2].isEmpty()
                && part[2].indexOf('/') < 0) {
            return new EntityArn(partition, account, Type.ROLE_SESSION, "", part[1], part[2]);
        }
        if (part[0].equals("federated-user") && part.length == 2 && !part[1].isEmpty()) {
            return new EntityArn(partition, account, Type.FEDERATED_USER, "", part[1], null);
        }
        return null;
    }
}
