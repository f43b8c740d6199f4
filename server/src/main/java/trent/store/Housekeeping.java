package trent.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after a store on a thread of its own: is the root key's file still there? Of a store in
 * files: are they, too? It binds the materials of an older store there and erases what was deleted.
 */
final class Housekeeping implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    /** Between two steps that others must not feel. */
    private static final Duration STEP = Duration.ofMillis(5);

    /** Erasing reads through all that is sealed. */
    private static final Duration ERASE = Duration.ofSeconds(2);

    /** After a fault, which may be there for long and should not cost much. */
    private static final Duration AFTER_FAULT = Duration.ofSeconds(1);

    private final @Nullable StoreFiles files;
    private final RootKeyWatch rootKey;
    private final AtomicBoolean superseded;
    private final Store store;
    private final @Nullable SqliteDatabase database;
    private final Erasure erasure;
    private final Thread thread;
    private final FaultLog faults = new FaultLog(LOG);
    private final CountDownLatch closing = new CountDownLatch(1);

    /** Each by itself: what fails in one keeps no other back. */
    private final List<Chore> chores = new ArrayList<>();

    private @Nullable Chore binding;

    /** Whether all that no key has is overwritten; not at first, for what a crash left. */
    private boolean overwritten;

    /** Whether no copy of it is left in the WAL either. */
    private boolean emptied;

    /** Since when something is to be erased; null if nothing is. */
    private volatile @Nullable Long eraseSinceNanos;

    /** Of a store in files, unless these are null. */
    Housekeeping(
            @Nullable StoreFiles files,
            RootKeyWatch rootKey,
            AtomicBoolean superseded,
            Store store,
            @Nullable SqliteDatabase database) {
        this.files = files;
        this.rootKey = rootKey;
        this.superseded = superseded;
        this.store = store;
        this.database = database;
        this.erasure = new Erasure(store);
        this.thread = Thread.ofPlatform().name("trent-store").daemon().unstarted(this::run);
        chores.add(new Chore("the root key's file was not looked at", LOOK, rootKey::look));
        if (files == null || database == null) {
            return;
        }
        chores.add(new Chore("the store's files were not looked at", LOOK, files::look));
        chores.add(
                new Chore(
                        "the write-ahead log was not cut",
                        LOOK,
                        () -> {
                            if (files.fault() == null) {
                                database.fitWal();
                            }
                        }));
        Chore erasing = new Chore("deleted material was not erased", ERASE, this::erase);
        erasing.dueNanos += ERASE.toNanos();
        chores.add(erasing);
    }

    /**
     * Begins.
     *
     * @param olderStore what is to be bound; null if all is
     */
    void start(@Nullable Rebinding olderStore) {
        if (olderStore != null) {
            binding =
                    new Chore(
                            "an older store was not bound further", STEP, () -> rebind(olderStore));
            chores.add(binding);
        }
        thread.start();
    }

    /** What was wrong with the root key's file when it was last looked at; null if nothing was. */
    @Nullable String rootKeyFault() {
        return rootKey.fault();
    }

    @Override
    public void close() {
        if (closing.getCount() == 0) {
            return; // once more
        }
        closing.countDown(); // no interrupt: it would close files that are just being read
        boolean interrupted = Threads.awaitEnd(thread);
        try {
            if (files != null) {
                files.look();
            }
            erase(); // what was deleted is gone when the server is
            if (eraseSinceNanos != null) {
                LOG.atWarn()
                        .log(
                                "deleted material is erased at the next start only: the store's files cannot be"
                                        + " changed, or are read by somebody");
            }
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("deleted material is erased at the next start only");
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** How long something has been waiting to be erased, in seconds; 0 if nothing is. */
    double eraseWaitingSeconds() {
        Long since = eraseSinceNanos;
        return since == null ? 0 : (System.nanoTime() - since) / 1e9;
    }

    /** What is done again and again. */
    private final class Chore {

        private final String fault;
        private final Duration pause;
        private final Runnable work;
        private long dueNanos = System.nanoTime();

        private Chore(String fault, Duration pause, Runnable work) {
            this.fault = fault;
            this.pause = pause;
            this.work = work;
        }

        private void runIfDue() {
            if (nanosLeft() > 0) {
                return;
            }
            Duration next = pause;
            try {
                work.run();
            } catch (RuntimeException | Error e) { // whatever it is, the next time must come
                next = pause.compareTo(AFTER_FAULT) < 0 ? AFTER_FAULT : pause;
                faults.add(fault, e);
            } finally {
                dueNanos = System.nanoTime() + next.toNanos();
            }
        }

        private long nanosLeft() {
            return dueNanos - System.nanoTime();
        }
    }

    private void run() {
        do {
            for (Chore chore : List.copyOf(chores)) {
                chore.runIfDue();
            }
        } while (!closed());
    }

    private void rebind(Rebinding olderStore) {
        if (!olderStore.step()) {
            chores.remove(binding);
        }
    }

    /**
     * What a server left that ended before it had erased is found at the start of the next. Nothing
     * is done to files that are not the store's, nor while the disk takes nothing: looking through
     * all would be for nothing.
     */
    private void erase() {
        if (files == null || database == null) {
            return;
        }
        if (superseded.getAndSet(false)) {
            overwritten = false;
        }
        if (overwritten && emptied) {
            return;
        }
        if (eraseSinceNanos == null) {
            eraseSinceNanos = System.nanoTime();
        }
        if (files.fault() != null || store.unwritableBecause() != null) {
            return;
        }
        if (!overwritten) {
            emptied = false;
            erasure.overwrite();
            overwritten = true;
        }
        emptied = database.emptyWal(); // with a reader in the way, this alone is tried again
        if (emptied) {
            eraseSinceNanos = null;
        }
    }

    private boolean closed() {
        long nanos = LOOK.toNanos();
        for (Chore chore : chores) {
            nanos = Math.min(nanos, chore.nanosLeft());
        }
        try {
            return closing.await(Math.max(nanos, STEP.toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) { // by nobody that we know of
            return closing.getCount() == 0;
        }
    }
}
