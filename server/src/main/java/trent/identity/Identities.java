package trent.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
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
}
