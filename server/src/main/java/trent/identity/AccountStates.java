package trent.identity;

import trent.name.AccountId;

/**
 * Which accounts may be used. Answers from memory; on a thread that must not wait it throws {@link
 * trent.store.NotInMemory} where it would have to.
 */
@FunctionalInterface
public interface AccountStates {

    boolean enabled(AccountId account);
}
