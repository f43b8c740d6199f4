package trent.store;

import trent.name.AccountId;

/**
 * An account.
 *
 * @param listed whether it was named as one that exists; an account that is only used, as in
 *     development, is not
 * @param identityVersion rises with each change of its identities; what is remembered of them is as
 *     good as the version it was read at. 0 where nothing was ever written
 */
public record Account(AccountId id, State state, boolean listed, long identityVersion) {

    /** Whether it may be used. */
    public enum State {
        ENABLED,
        DISABLED,
        /** There is no row. */
        UNKNOWN
    }

    static Account unknown(AccountId id) {
        return new Account(id, State.UNKNOWN, false, 0);
    }
}
