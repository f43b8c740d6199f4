package trent.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.LockingMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * The embedded engine: SQLite, in a file or in memory.
 *
 * <p>In a file one connection writes and {@value #READERS} read beside it; what is committed is on
 * the disk ({@code synchronous=FULL}). In memory there is one connection, and readers wait for the
 * writer.
 */
final class Database implements AutoCloseable {

    private static final int READERS = 2;
    private static final int PAGE_CACHE_KIB = 4096;
    private static final int CHECKPOINT_PAGES = 8000;

    private final Sql writer;
    private final BlockingQueue<Sql> readers;

    private Database(Sql writer, BlockingQueue<Sql> readers) {
        this.writer = writer;
        this.readers = readers;
    }

    /** A database that ends with this object. */
    static Database inMemory() {
        try {
            Sql only = new Sql(config().createConnection("jdbc:sqlite::memory:"));
            BlockingQueue<Sql> readers = new ArrayBlockingQueue<>(1);
            readers.add(only);
            return new Database(only, readers);
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /** The database in this file, which is made if it does not exist. */
    static Database in(Path file) throws IOException {
        try {
            // Made here, since SQLite would let everybody read it; its other files take over the
            // mode.
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException _) {
            // It was made by an earlier start.
        }
        try {
            String url = "jdbc:sqlite:" + file;
            Sql writer = new Sql(config().createConnection(url));
            BlockingQueue<Sql> readers = new ArrayBlockingQueue<>(READERS);
            for (int i = 0; i < READERS; i++) {
                readers.add(new Sql(config().createConnection(url)));
            }
            return new Database(writer, readers);
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /** Reads what is committed; may wait for a free connection. */
    <T extends @Nullable Object> T read(Function<Sql, T> reader) {
        Sql sql = take();
        try {
            return reader.apply(sql);
        } finally {
            try {
                end(sql);
            } finally {
                readers.add(sql);
            }
        }
    }

    /** Lends the one connection that writes; to be called by one thread only. */
    <T> T write(Function<Sql, T> change) {
        if (readers.remainingCapacity() + readers.size() > 1) {
            return change.apply(writer);
        }
        Sql only = take();
        try {
            return change.apply(only);
        } finally {
            readers.add(only);
        }
    }

    /** Waits for readers; whoever reads later gets a {@link StoreException}. */
    @Override
    public void close() {
        List<Sql> closed = new ArrayList<>();
        try {
            for (int i = readers.remainingCapacity() + readers.size(); i > 0; i--) {
                Sql reader = take();
                closed.add(reader);
                reader.close();
            }
            writer.close();
        } catch (SQLException e) {
            throw new StoreException(e);
        } finally {
            readers.addAll(closed); // a late reader fails on them, where it would wait for ever
        }
    }

    private Sql take() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return readers.take();
                } catch (InterruptedException _) { // answer first, as the caller was promised
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the read transaction, so that the next reader sees later commits. */
    private static void end(Sql sql) {
        try {
            sql.rollback(); // nothing was written: this only gives up the snapshot
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setLockingMode(LockingMode.NORMAL);
        config.setTransactionMode(TransactionMode.DEFERRED);
        config.setCacheSize(-PAGE_CACHE_KIB);
        config.setPragma(
                SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, Integer.toString(CHECKPOINT_PAGES));
        config.enforceForeignKeys(true);
        config.setGetGeneratedKeys(false); // nobody asks for them; looking would be one more query
        // Deleted key material is overwritten in the page that it leaves, which is written anyway.
        config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "fast");
        return config;
    }
}
