package trent;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import trent.name.AccountId;

/**
 * The turns in which the identities of an account are changed. Each change moves what all callers
 * of the account are checked against: ten at once would have each other checked again for ever.
 */
final class IdentityTurns {

    private static final int LOCKS = 64;

    /** Fair: who waits behind a stream of changes has its turn after those that are there already. */
    private final Lock[] locks =
            Stream.generate(() -> new ReentrantLock(true)).limit(LOCKS).toArray(Lock[]::new);

    /** Held for a turn; others' accounts may share it. */
    Lock of(AccountId account) {
        return locks[account.hashCode() & LOCKS - 1];
    }
}
