package trent.store;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.LockingMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteOpenMode;

/**
 * The embedded engine: SQLite, in a file or in memory.
 *
 * <p>In a file one connection writes and {@value #READERS} read beside it; what is committed is on
 * the disk ({@code synchronous=FULL}). In memory there is one connection, and readers wait for the
 * writer. A connection that has met an error is replaced before anybody uses it again.
 */
final class SqliteDatabase implements Database {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private static final int READERS = 2;
    private static final int PAGE_CACHE_KIB = 4096;

    /** Of how many pages the WAL is written into the database, where there is room enough. */
    static final int MAX_WAL_PAGES = 8000;

    private static final int MIN_WAL_PAGES = 64;
    private static final int PAGE_BYTES = 4096;

    /**
     * The WAL takes this part of its volume's room: the database may grow by as much when it is
     * written there, and one large commit comes on top.
     */
    private static final int WAL_PARTS = 4;

    private static final String IN_MEMORY = "jdbc:sqlite::memory:";
    private static final int EMPTIER_CACHE_KIB = 64;

    /** Enough to find a moment without a reader, if each reads shortly. */
    private static final int TRUNCATE_TRIES = 20;

    private static final long TRUNCATE_PAUSE_NANOS = 1_000_000;

    private final Place writer;
    private final BlockingQueue<Place> readers;
    private final @Nullable Path file;

    /** Held while something is written: the WAL is cut when it is free. */
    private final ReentrantLock writing = new ReentrantLock();

    private @Nullable Connection emptier;
    private volatile int walPages = MAX_WAL_PAGES;

    private SqliteDatabase(@Nullable Path file, Place writer, BlockingQueue<Place> readers) {
        this.file = file;
        this.writer = writer;
        this.readers = readers;
    }

    /** Where one connection is, or its successor. */
    private static final class Place {

        private final @Nullable Path file;
        private final @Nullable Object identity;
        private @Nullable Sql sql;
        private boolean closed;

        /**
         * Opens a connection.
         *
         * @param file null for a database in memory
         */
        private Place(@Nullable Path file) {
            this.file = file;
            this.identity = file == null ? null : identity(file);
            this.sql = open();
        }

        /** The connection, opened anew if there is none that works. */
        Sql sql() {
            if (closed) {
                throw new StoreException("the store is closed");
            }
            Sql now = sql == null ? open() : sql;
            sql = now;
            return now;
        }

        /** Replaces a connection that has met an error; if that fails, the next use tries again. */
        void mend() {
            Sql old = sql;
            if (old == null || !old.broken()) {
                return;
            }
            if (file == null) {
                old.startOver();
                return;
            }
            try {
                old.rollback(); // gives up its locks, which the new one may need
            } catch (StoreException _) {
                // SQLite did so by itself, or cannot; to close it does.
            }
            // The new one first: if the last connection went, its files beside the database would
            // go with it, and on a full disk they could not be made again, not even for readers.
            Sql fresh = null;
            try {
                fresh = open();
            } catch (StoreException e) {
                LOG.atDebug().setCause(e).log("a new connection could not be opened yet");
            }
            sql = fresh;
            try {
                old.close();
            } catch (SQLException e) {
                LOG.atDebug().setCause(e).log("a broken connection was not closed cleanly");
            }
        }

        void close() throws SQLException {
            closed = true;
            if (sql != null) {
                sql.close();
            }
        }

        private Sql open() {
            try {
                return new Sql(connection(config()), Engine.SQLITE);
            } catch (SQLException e) {
                throw new StoreException(e);
            }
        }

        /** A new connection to the database that was opened at first, and to no other. */
        Connection connection(SQLiteConfig config) throws SQLException {
            if (file != null && !Objects.equals(identity, identity(file))) {
                throw new StoreException(
                        ("the database %s is not the file any more that was opened. Nothing was changed. Put it"
                                        + " back, or start again on the store that is to be used")
                                .formatted(file));
            }
            return config.createConnection(file == null ? IN_MEMORY : "jdbc:sqlite:" + file);
        }

        /**
         * Device and inode, by stat: another descriptor of the file, closed, would free its locks.
         */
        private static Object identity(Path file) {
            try {
                return StoreFiles.identity(file);
            } catch (IOException e) {
                throw new StoreException("the database " + file + " cannot be found", e);
            }
        }
    }

    /** A database that ends with this object. */
    static SqliteDatabase inMemory() {
        Place only = new Place(null);
        BlockingQueue<Place> readers = new ArrayBlockingQueue<>(1);
        readers.add(only);
        return new SqliteDatabase(null, only, readers);
    }

    /** The database in this file, which is made if it does not exist. */
    static SqliteDatabase in(Path file) throws IOException {
        try {
            // Made here, since SQLite would let everybody read it; its other files
            // take over the mode.
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException _) {
            // It was made by an earlier start.
        }
        Place writer = new Place(file);
        BlockingQueue<Place> readers = new ArrayBlockingQueue<>(READERS);
        for (int i = 0; i < READERS; i++) {
            readers.add(new Place(file));
        }
        SqliteDatabase opened = new SqliteDatabase(file, writer, readers);
        opened.walPages = walPages(file.toFile().getUsableSpace(), opened.walBytes());
        return opened;
    }

    @Override
    public <T extends @Nullable Object> T read(Function<Sql, T> reader) {
        Place place = take();
        try {
            Sql sql = place.sql();
            sql.beginToRead();
            try {
                return reader.apply(sql);
            } finally {
                end(sql);
            }
        } finally {
            giveBack(place);
        }
    }

    @Override
    public <T> T write(Function<Sql, T> change) {
        boolean shared = file == null;
        Place place = shared ? take() : writer;
        writing.lock();
        try {
            Sql sql = place.sql();
            sql.checkpointAt(walPages);
            return change.apply(sql);
        } finally {
            try {
                if (shared) {
                    giveBack(place);
                } else {
                    place.mend();
                }
            } finally {
                writing.unlock();
            }
        }
    }

    /**
     * Looks at the room that its volume has, and has the WAL leave enough of it: full of the WAL,
     * there would be none to write the WAL into the database, nor to write anything else. To be
     * called by the thread that empties it.
     */
    void fitWal() {
        if (file == null) {
            return;
        }
        long free = file.toFile().getUsableSpace();
        long wal = walBytes();
        int pages = walPages(free, wal);
        walPages = pages;
        if (free > 0 && wal > 2L * pages * PAGE_BYTES) { // it has grown when there was more room
            boolean _ = emptyWal();
        }
    }

    /** Of how many pages the WAL is written into the database; a power of two, to change rarely. */
    static int walPages(long freeBytes, long walBytes) {
        long most = (freeBytes + walBytes) / WAL_PARTS / PAGE_BYTES;
        return Math.clamp(Long.highestOneBit(most), MIN_WAL_PAGES, MAX_WAL_PAGES);
    }

    /** Null if it is in memory. */
    @Nullable StoreSize size() {
        return file == null
                ? null
                : new StoreSize(file.toFile().length(), walBytes(), file.toFile().getUsableSpace());
    }

    private long walBytes() {
        return file == null ? 0 : new File(file + "-wal").length();
    }

    /**
     * Writes the WAL into the database and cuts it to nothing; false if a reader was in the way. To
     * be called by one thread only.
     */
    boolean emptyWal() {
        if (file == null) {
            return true;
        }
        try {
            Connection open = emptier == null ? writer.connection(emptierConfig()) : emptier;
            emptier = open;
            checkpoint(open, "pragma wal_checkpoint(passive)"); // most of it, while others write
            for (int tries = 1; ; tries++) {
                if (truncated(open)) {
                    return true;
                }
                if (tries == TRUNCATE_TRIES) {
                    return false;
                }
                // Readers that come now read the database alone, and are not in the way.
                LockSupport.parkNanos(TRUNCATE_PAUSE_NANOS);
            }
        } catch (SQLException e) {
            closeEmptier();
            throw new StoreException(e);
        }
    }

    private boolean truncated(Connection connection) throws SQLException {
        writing.lock();
        try {
            return checkpoint(connection, "pragma wal_checkpoint(truncate)");
        } finally {
            writing.unlock();
        }
    }

    private static boolean checkpoint(Connection connection, String pragma) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet done = statement.executeQuery(pragma)) {
            return done.next() && done.getInt("busy") == 0;
        }
    }

    /** Not in the way of anybody: it does not wait for locks, and keeps few pages. */
    private static SQLiteConfig emptierConfig() {
        SQLiteConfig config = config();
        config.setBusyTimeout(0);
        config.setCacheSize(-EMPTIER_CACHE_KIB);
        return config;
    }

    private void closeEmptier() {
        Connection closing = emptier;
        emptier = null;
        if (closing == null) {
            return;
        }
        try {
            closing.close();
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /** Waits for readers; whoever reads later gets a {@link StoreException}. */
    @Override
    public void close() {
        List<Place> taken = new ArrayList<>();
        for (int i = readers.remainingCapacity() + readers.size(); i > 0; i--) {
            taken.add(take());
        }
        StoreException failed = null;
        try {
            closeEmptier();
        } catch (StoreException e) {
            failed = e;
        }
        List<Place> all = new ArrayList<>(taken);
        all.add(writer);
        for (Place place : all) {
            try {
                place.close();
            } catch (SQLException e) { // the others are closed all the same
                failed = failed == null ? new StoreException(e) : failed;
            }
        }
        readers.addAll(taken); // a late reader fails on them, where it would wait for ever
        if (failed != null) {
            throw failed;
        }
    }

    private Place take() {
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

    private void giveBack(Place place) {
        try {
            place.mend();
        } finally {
            readers.add(place);
        }
    }

    /** Ends the read transaction, so that the next reader sees later commits. */
    private static void end(Sql sql) {
        if (sql.broken()) {
            return; // it is replaced
        }
        try {
            sql.rollback(); // nothing was written: this only gives up the snapshot
        } catch (StoreException e) { // what was read is right all the same
            LOG.atDebug().setCause(e).log("a read transaction could not be ended");
        }
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE); // an empty database is not what was lost
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setLockingMode(LockingMode.NORMAL);
        config.setTransactionMode(TransactionMode.DEFERRED);
        config.setCacheSize(-PAGE_CACHE_KIB);
        config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, Integer.toString(MAX_WAL_PAGES));
        config.enforceForeignKeys(true);
        config.setGetGeneratedKeys(false); // nobody asks for them; looking would be one more query
        // Deleted key material is overwritten in the page that it leaves, which is written anyway,
        // and in pages that are given up.
        config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "true");
        // Nor does a page of it ever go into a file elsewhere.
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        return config;
    }
}
