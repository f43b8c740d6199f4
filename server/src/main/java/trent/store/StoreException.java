package trent.store;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The database could not do what it was asked: a fault of ours or of the disk, never the caller's.
 */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** SQLSTATE of a transaction that was ended since its client had stopped. */
    private static final String IDLE_TOO_LONG = "25P03";

    StoreException(SQLException cause) {
        super("the store failed: " + cause.getMessage(), cause);
    }

    StoreException(String message) {
        super(message);
    }

    StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * Whether the database has not answered: it cannot be reached, the connection is gone, or it
     * took too long. What was to be committed may have been.
     */
    boolean unanswered() {
        if (getCause() instanceof IOException) { // the password's file, for one
            return true;
        }
        String state = state();
        return state != null
                && (state.startsWith("08")
                        || state.startsWith("57")
                        || state.startsWith("53")
                        || state.startsWith("28")
                        || state.startsWith("3D")
                        || state.equals(IDLE_TOO_LONG));
    }

    /** Whether the database gave up the transaction in favour of another: it can be run again. */
    boolean gaveWay() {
        String state = state();
        return state != null && (state.equals("40001") || state.equals("40P01"));
    }

    /** Whether the database gave the statement up after as long as it was told to. */
    boolean timedOut() {
        return "57014".equals(state()) || "55P03".equals(state());
    }

    private @Nullable String state() {
        return getCause() instanceof SQLException sql ? sql.getSQLState() : null;
    }
}
