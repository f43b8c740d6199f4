package trent.identity;

import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.call.Session;
import trent.name.AccountId;

/**
 * Who holds an access key, as it was when the key was looked up or issued. Without partition: a
 * principal has that of its call's Region.
 */
public sealed interface Holder {

    AccountId account();

    /** The root of an account, with an access key of its own. */
    record Root(AccountId account) implements Holder {}

    /**
     * A user with an access key of its own.
     *
     * @param path begins and ends with a slash
     * @param id for example {@code AIDACKCEVSQ6C2EXAMPLE}
     */
    record User(AccountId account, String path, String name, String id) implements Holder {}

    /**
     * Whoever holds temporary credentials: a root, a user, a session of a role, a federated user.
     *
     * @param id the unique id of the user or role, of a federated user that of who issued the
     *     session; the account's id if that is its root
     * @param provider by whose word the session was issued; null if by nobody's
     * @param session its provider's ARN and its policies' are those of partition {@code aws}
     */
    record Temporary(
            Principal.Kind kind,
            AccountId account,
            String id,
            @Nullable Provider provider,
            Session session)
            implements Holder {

        /** Whether it is an account's root, or a federated user whom the root named. */
        boolean isOfRoot() {
            return id.equals(account.value());
        }
    }

    /**
     * A provider of web identities.
     *
     * @param id unique and never given again
     * @param url without scheme, for example {@code accounts.example.com/realm}
     */
    record Provider(String id, String url) {

        /** Its ARN. */
        public String arn(AccountId account, String partition) {
            return "arn:" + partition + ":iam::" + account + ":oidc-provider/" + url;
        }
    }
}
