package trent.store;

/**
 * What was asked for is not in memory, and this thread must not wait for the database: the call is
 * to be answered on another thread. Nothing has happened yet. Carries no stack trace.
 */
public final class NotInMemory extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotInMemory() {
        super("not in memory", null, false, false);
    }
}
