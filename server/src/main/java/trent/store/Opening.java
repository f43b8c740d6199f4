package trent.store;

import org.jspecify.annotations.Nullable;
import trent.name.AccountId;

/**
 * What a store is opened for.
 *
 * @param as how it is to be served; null by a command that only looks after it
 * @param evenOfOther whether it is opened although it is kept in the other mode. A store of
 *     development that becomes one of a service is one from then on; a store of a service that is
 *     opened for development stays what it is
 * @param root the account whose root is let in; null if any account's is
 */
public record Opening(@Nullable Mode as, boolean evenOfOther, @Nullable AccountId root) {

    /** To look after it: its mode is neither asked nor noted. */
    public static final Opening TO_LOOK_AFTER = new Opening(null, false, null);
}
