package trent.store;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after a store in files, on a thread of its own: are they still there, is the root key? It
 * binds the materials of an older store and erases what was deleted.
 */
final class Housekeeping implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final long LOOK_MILLIS = Duration.ofMillis(500).toMillis();

    /** Between two steps that others must not feel. */
    private static final long STEP_MILLIS = 5;

    /** Erasing reads through all that is sealed. */
    private static final long ERASE_MILLIS = Duration.ofSeconds(2).toMillis();

    private final StoreFiles files;
    private final RootKeyWatch rootKey;
    private final AtomicBoolean superseded;
    private final Erasure erasure;
    private final Thread thread;
    private @Nullable Rebinding rebinding;
    private long lookedNanos;
    private long erasedNanos;
    private boolean erased;
    private final CountDownLatch closing = new CountDownLatch(1);

    Housekeeping(
            StoreFiles files, RootKeyWatch rootKey, AtomicBoolean superseded, Erasure erasure) {
        this.files = files;
        this.rootKey = rootKey;
        this.superseded = superseded;
        this.erasure = erasure;
        this.thread = Thread.ofPlatform().name("trent-store").daemon().unstarted(this::run);
    }

    /**
     * Begins.
     *
     * @param olderStore what is to be bound; null if all is
     */
    void start(@Nullable Rebinding olderStore) {
        rebinding = olderStore;
        thread.start();
    }

    /** Whether nothing was amiss when it was last looked at. */
    boolean sound() {
        return files.fault() == null && rootKey.fault() == null;
    }

    @Override
    public void close() {
        if (closing.getCount() == 0) {
            return; // once more
        }
        closing.countDown(); // no interrupt: it would close files that are just being read
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        try {
            if (superseded.get() || !erased) { // what was deleted is gone when the server is
                erasure.run();
            }
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("deleted material is erased at the next start only");
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long now = System.nanoTime();
        lookedNanos = now - TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
        erasedNanos = now;
        do {
            try {
                if (passed(lookedNanos, LOOK_MILLIS)) {
                    lookedNanos = System.nanoTime();
                    files.look();
                    rootKey.look();
                }
                if (rebinding != null && !rebinding.step()) {
                    rebinding = null;
                }
                erase();
            } catch (RuntimeException | Error e) { // whatever it is, the next look must come
                LOG.atError().setCause(e).log("the store was not looked after; it is tried again");
                lookedNanos = System.nanoTime();
            }
        } while (!closed());
    }

    /** What a server left that ended before it had erased is found at the start of the next. */
    private void erase() {
        if (passed(erasedNanos, ERASE_MILLIS) && (superseded.getAndSet(false) || !erased)) {
            erased = false;
            erased = erasure.run();
            erasedNanos = System.nanoTime();
        }
    }

    private static boolean passed(long sinceNanos, long millis) {
        return System.nanoTime() - sinceNanos >= TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private boolean closed() {
        try {
            return closing.await(
                    rebinding == null ? LOOK_MILLIS : STEP_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) { // by nobody that we know of
            return closing.getCount() == 0;
        }
    }
}
