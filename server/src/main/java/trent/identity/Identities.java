package trent.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.call.Session;
import trent.name.AccountId;

/**
 * Who there is in the accounts, and which policies they have, as it is now. Answers from memory; on
 * a thread that must not wait it throws {@link trent.store.NotInMemory} where it would have to.
 */
public interface Identities {

    /** What the caller's account says of it; null if it is gone, and then nothing is allowed. */
    @Nullable Subject of(Principal caller);

    /** The policies of the caller's session, which together limit it; empty if there are none. */
    List<IdentityPolicy> sessionPolicies(Principal caller);

    /** Whether the account is known here. */
    boolean exists(AccountId account);

    /**
     * The id of the user, role, role session or federated user of this ARN, as {@link
     * Principal#answersTo} has it; null if there is none. Session ARNs need their role only.
     */
    @Nullable String idOf(String arn);

    /** Whether a user or role has this unique id. */
    boolean has(String uniqueId);

    /** The ARN of the user or role with this unique id, null if it is gone. */
    @Nullable String arnOf(String uniqueId, String partition);

    /**
     * Who has this unique id, or is the root of this account: as whom an access key or a session
     * calls. Null if there is no such user or role any more, or its account may not be used.
     *
     * @param session null for an access key; of a role never null
     */
    default @Nullable Principal principal(
            String id, AccountId account, String partition, @Nullable Session session) {
        if (!exists(account)) {
            return null;
        }
        if (id.equals(account.value())) {
            return Principal.root(account, partition, session);
        }
        String text = arnOf(id, partition);
        EntityArn arn = text == null ? null : EntityArn.parse(text);
        if (arn == null || !account.equals(arn.account())) {
            return null;
        }
        return switch (arn.type()) {
            case USER -> Principal.user(account, partition, arn.path(), arn.name(), id, session);
            case ROLE ->
                    session == null
                            ? null
                            : Principal.roleSession(
                                    account, partition, arn.path(), arn.name(), id, session);
            case ROOT, GROUP, POLICY, PROVIDER, ROLE_SESSION, FEDERATED_USER -> null;
        };
    }
}
