package trent.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.ServiceUnavailable;
import trent.store.Store.CannotOpen;

/**
 * The files of a store in their folder: one process has them, and they are those that it opened.
 *
 * <p>A file that is removed or replaced under a running server stays open, takes every write and is
 * gone when the server ends. So the files are looked at by their path before a commit is
 * acknowledged: device and inode, by stat alone, since closing any descriptor of a file drops the
 * locks that SQLite or we have on it.
 */
final class StoreFiles implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreFiles.class);

    private static final String DATABASE = "trent.db";
    private static final String LOCK = "trent.lock";
    private static final String WAL = "-wal";
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** On this byte of its shared memory each of SQLite's connections holds a lock. */
    private static final long SQLITE_IN_USE = 128;

    private final Path folder;
    private final FileChannel channel;

    /** Two, so that one is held while the other is taken anew: so it is seen whether they last. */
    private final FileLock[] halves = new FileLock[2];

    private Object databaseOpened = DATABASE;
    private Object walOpened = WAL;
    private Object lockOpened = LOCK;
    private volatile @Nullable String fault;

    private StoreFiles(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** What is in a folder that may hold a store. */
    enum Found {
        NOTHING,
        STORE,
        /** A database that is whole, and was not put in its place yet. */
        UNFINISHED
    }

    /** Whether there is a database in this folder. */
    static boolean isIn(Path folder) {
        return !Files.notExists(folder.resolve(DATABASE));
    }

    /**
     * Looks what is there; touches nothing.
     *
     * @throws CannotOpen if it is neither a store nor a place for one
     */
    static Found found(Path folder) throws IOException, CannotOpen {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new CannotOpen(
                    "%s is a file, and the store needs a folder. Nothing was changed. Name another with --data DIR"
                            .formatted(folder));
        }
        Path database = folder.resolve(DATABASE);
        if (bytes(database) > 0) {
            return Found.STORE;
        }
        Path wal = beside(database, WAL);
        if (bytes(wal) > 0) {
            throw new CannotOpen(
                    ("%s is missing or empty, but %s beside it holds %,d bytes of changes that belong to it. Nothing was"
                                    + " changed: a new database would destroy them. Put the database back beside it, or"
                                    + " restore both from a backup")
                            .formatted(database, wal, bytes(wal)));
        }
        Path made = unfinished(folder);
        return bytes(made) > 0 && bytes(beside(made, WAL)) == 0 ? Found.UNFINISHED : Found.NOTHING;
    }

    /**
     * Makes the folder where there is none, and has it for this process alone.
     *
     * @throws CannotOpen if another process has it
     */
    static StoreFiles lock(Path folder) throws IOException, CannotOpen {
        makeFolder(folder.toAbsolutePath());
        FileChannel channel =
                FileChannel.open(
                        folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        StoreFiles files = new StoreFiles(folder.toRealPath(), channel);
        try {
            if (!files.taken() || databaseInUse(folder)) {
                throw new CannotOpen(
                        "another process has the store in %s open. Stop it first, or give this one its own --data"
                                .formatted(folder));
            }
            return files;
        } catch (IOException | CannotOpen | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    Path database() {
        return folder.resolve(DATABASE);
    }

    /** Where a new database is made, until it is whole. */
    Path unfinished() {
        return unfinished(folder);
    }

    /** Removes what a start that was cut short left. */
    void removeUnfinished() throws IOException {
        try (DirectoryStream<Path> left =
                Files.newDirectoryStream(folder, unfinished().getFileName() + "*")) {
            for (Path each : left) {
                Files.delete(each);
            }
        }
    }

    /** Puts the new database in its place, where it outlives a loss of power. */
    void finish() throws IOException {
        try (FileChannel made = FileChannel.open(unfinished(), StandardOpenOption.WRITE)) {
            made.force(true);
        }
        Files.move(unfinished(), database(), StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
    }

    /** From now on, that the database is open, these files are the store's. */
    void opened() throws IOException {
        databaseOpened = identity(database());
        walOpened = identity(beside(database(), WAL));
        lockOpened = identity(folder.resolve(LOCK));
    }

    /**
     * Looks whether the files are still there: to be called after a commit and before anybody is
     * told of it.
     *
     * @throws StoreException if they are not, or cannot be looked at: what was committed is kept
     *     only if they come back
     */
    void requireThere() {
        String now = missing();
        if (now != null) {
            tell(now);
            throw new StoreException(
                    "a change was committed, and it is not known whether it lasts: " + now);
        }
    }

    /**
     * Refuses a change while the files are not there; costs nothing.
     *
     * @throws ServiceUnavailable if they were not there when they were last looked at
     */
    void requireUsable() {
        if (fault != null) {
            throw refused();
        }
    }

    /** Looks at files and lock; what it finds counts until the next time. */
    void look() {
        String now = missing();
        tell(now == null && !renewed() ? "the lock on " + LOCK + " is another process's" : now);
    }

    /** What is wrong with the files; null if nothing is. */
    @Nullable String fault() {
        return fault;
    }

    /** What a caller is told whose change was not begun. */
    static ServiceUnavailable refused() {
        return new ServiceUnavailable(
                "Changes are refused, and nothing was changed: the files of the store were removed or replaced, or cannot be"
                        + " looked at. The log of the service says more.");
    }

    /** Gives the lock up. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    private synchronized void tell(@Nullable String now) {
        String before = fault;
        fault = now;
        if (now != null && before == null) {
            LOG.atError()
                    .log(
                            "the store in {} is not the one that was opened, as far as can be seen: {}. Changes are"
                                    + " refused, since they could be lost; reading goes on. Put the files back as they"
                                    + " were, or stop this server and start it on the right folder. Whoever changed"
                                    + " something when this was noticed was told that it is not known whether it was"
                                    + " made: it was, if the same files come back",
                            folder,
                            now);
        } else if (now == null && before != null) {
            LOG.atInfo().log(
                    "the store in {} is the one that was opened; changes are taken", folder);
        }
    }

    private @Nullable String missing() {
        String database = differs(DATABASE, databaseOpened);
        if (database != null) {
            return database;
        }
        String lock = differs(LOCK, lockOpened);
        if (lock != null) {
            return lock;
        }
        String wal = differs(DATABASE + WAL, walOpened);
        return wal == null || openedAnew() ? null : wal;
    }

    private @Nullable String differs(String name, Object opened) {
        try {
            return identity(folder.resolve(name)).equals(opened)
                    ? null
                    : name + " was replaced by another file";
        } catch (NoSuchFileException _) {
            return name + " is gone";
        } catch (IOException e) {
            return name + " cannot be looked at: " + e;
        }
    }

    /**
     * SQLite removes the WAL with its last connection and makes another with the next. That one
     * counts if it is all that this process has open under its name.
     */
    private boolean openedAnew() {
        Path wal = beside(database(), WAL);
        Set<Object> open = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path each : descriptors) {
                try {
                    if (Files.readSymbolicLink(each).toString().startsWith(wal.toString())) {
                        open.add(identity(each));
                    }
                } catch (NoSuchFileException _) {
                    // It was closed meanwhile.
                }
            }
            Object now = identity(wal);
            if (open.equals(Set.of(now))) {
                walOpened = now;
                return true;
            }
            return false;
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * Takes the lock anew, half by half. Another process takes both in one step, and so never while
     * one is held.
     */
    private boolean renewed() {
        try {
            for (int half = 0; half < halves.length; half++) {
                halves[half].release();
                FileLock again = channel.tryLock(half, 1, false);
                if (again == null) {
                    return false;
                }
                halves[half] = again;
            }
            return true;
        } catch (IOException | OverlappingFileLockException _) {
            return false;
        }
    }

    private boolean taken() throws IOException {
        try {
            FileLock both = channel.tryLock(0, halves.length, false);
            if (both == null) {
                return false;
            }
            both.release();
            for (int half = 0; half < halves.length; half++) {
                FileLock held = channel.tryLock(half, 1, false);
                if (held == null) {
                    return false;
                }
                halves[half] = held;
            }
            return true;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    /**
     * Whether somebody has the database open though the lock was free: its file may have been
     * removed. Comes before SQLite opens anything here, since it ends with closing a descriptor.
     */
    private static boolean databaseInUse(Path folder) throws IOException {
        try (FileChannel shared =
                        FileChannel.open(
                                folder.resolve(DATABASE + "-shm"), StandardOpenOption.WRITE);
                FileLock free = shared.tryLock(SQLITE_IN_USE, 1, false)) {
            return free == null;
        } catch (NoSuchFileException _) {
            return false;
        } catch (OverlappingFileLockException _) {
            return true;
        }
    }

    private static Path unfinished(Path folder) {
        return folder.resolve(DATABASE + ".new");
    }

    private static Path beside(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private static long bytes(Path file) throws IOException {
        return Files.notExists(file) ? 0 : Files.size(file);
    }

    /** Device and inode, by stat. */
    static Object identity(Path file) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(file, BasicFileAttributes.class).fileKey(),
                "this system's files have no identity");
    }

    /** Makes a folder that outlives a loss of power: its entry in its parent is on the disk too. */
    private static void makeFolder(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent == null || Files.isDirectory(folder)) {
            return;
        }
        makeFolder(parent);
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        sync(parent);
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel directory = FileChannel.open(folder)) {
            directory.force(true);
        }
    }
}
