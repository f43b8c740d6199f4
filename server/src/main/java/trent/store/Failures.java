package trent.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import trent.store.Store.CannotOpen;

/** Why a store could not be opened, in words for the operator. */
final class Failures {

    private Failures() {}

    /**
     * What is thrown for this failure: itself, if it has words or is a fault of ours.
     *
     * @throws CannotOpen if the database failed
     * @throws IOException if a file failed
     */
    static RuntimeException words(Path folder, Exception e) throws IOException, CannotOpen {
        switch (e) {
            case CannotOpen known -> throw known;
            case IOException file -> throw file;
            case StoreException store when store.getCause() instanceof SQLException cause ->
                    throw new CannotOpen(of(folder, cause));
            case StoreException store ->
                    throw new CannotOpen(store.getMessage() + ". It is in " + folder);
            case RuntimeException fault -> {
                return fault;
            }
            default -> {
                return new IllegalStateException(e);
            }
        }
    }

    private static String of(Path folder, SQLException e) {
        SQLiteErrorCode code =
                e instanceof SQLiteException known
                        ? known.getResultCode()
                        : SQLiteErrorCode.UNKNOWN_ERROR;
        return switch (SQLiteErrorCode.getErrorCode(code.code & 0xff)) {
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                    ("the database trent.db in %s is damaged (%s). Trent does not repair it, since keys could be lost"
                                    + " without a word. Copy the folder as it is, then restore the newest backup; what"
                                    + " a damaged database still holds, sqlite3's .recover brings out of the copy")
                            .formatted(folder, code);
            case SQLITE_FULL ->
                    "no space is left where the store in %s lies (%s). Nothing was lost. Make room, and start again"
                            .formatted(folder, code);
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH ->
                    ("the store in %s cannot be opened for writing (%s): this user may not, or the file system is"
                                    + " read-only or full. Give the folder and its files to the user that Trent runs as")
                            .formatted(folder, code);
            case SQLITE_BUSY, SQLITE_LOCKED ->
                    "another program has trent.db in %s open and keeps it locked (%s). End it, and start again"
                            .formatted(folder, code);
            case SQLITE_IOERR ->
                    ("the disk failed under the store in %s (%s), or has no space left. Look into the system's log and at"
                                    + " the free space, and start again; if trent.db cannot be read, restore a backup")
                            .formatted(folder, code);
            default ->
                    "the store in %s cannot be opened: %s. If that lasts, restore a backup"
                            .formatted(folder, e.getMessage());
        };
    }
}
