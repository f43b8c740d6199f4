package trent.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The database could not do what it was asked: a fault of ours or of the disk, never the caller's.
 */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StoreException(SQLException cause) {
        super("the store failed: " + cause.getMessage(), cause);
    }

    StoreException(String message) {
        super(message);
    }

    StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
