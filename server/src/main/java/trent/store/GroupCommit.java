package trent.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.KmsException;
import trent.api.ServiceUnavailable;

/**
 * One writer, many changes a commit: while one commit waits for the disk, the next changes gather,
 * and all of them share the following commit. A caller is answered after the commit that holds its
 * change.
 */
final class GroupCommit implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    static final int MAX_WAITING = 8192;
    private static final int MAX_BATCH = 256;

    /** A change that waits for its turn, and its caller's future. */
    private static final class Change<T> {

        private final Function<Tx, T> body;
        private final CompletableFuture<T> caller = new CompletableFuture<>();
        private @Nullable Tx tx;
        private @Nullable T value;
        private @Nullable Throwable failure;

        private Change(Function<Tx, T> body) {
            this.body = body;
        }

        /**
         * Runs the change. An answer that it throws before it has changed anything is its own
         * affair; whatever else it throws ends the batch.
         */
        void run(Tx newTx) {
            tx = newTx;
            value = null;
            failure = null;
            try {
                value = body.apply(newTx);
            } catch (KmsException e) {
                failure = e;
                if (newTx.changed()) {
                    throw e;
                }
            }
        }

        /** Memory forgets before the caller is told, so that the caller reads its own write. */
        @SuppressWarnings("NullAway") // value is null where T is Void or nullable
        void answer() {
            if (failure != null) {
                caller.completeExceptionally(failure);
                return;
            }
            if (tx != null) {
                tx.committed();
            }
            caller.complete(value);
        }

        void fail(Throwable fault) {
            caller.completeExceptionally(failure == null ? fault : failure);
        }
    }

    private final Database database;
    private final Function<Sql, Tx> transactions;
    private final BlockingQueue<Change<?>> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread writer;
    private volatile boolean open = true;

    GroupCommit(Database database, Function<Sql, Tx> transactions) {
        this.database = database;
        this.transactions = transactions;
        this.writer = Thread.ofPlatform().name("trent-writer").start(this::run);
    }

    /**
     * Makes the change and waits until it is durable.
     *
     * @throws KmsException what the change threw; nothing of it was kept
     * @throws ServiceUnavailable if too many changes wait, or the store is closing
     * @throws StoreException if the database failed; nothing of the change was kept
     */
    <T> T write(Function<Tx, T> body) {
        Change<T> change = new Change<>(body);
        if (!open || !waiting.offer(change)) {
            throw new ServiceUnavailable("Too many changes are waiting. Try again.");
        }
        if (!open && waiting.remove(change)) { // it came after close had looked for the last ones
            throw stopping();
        }
        try {
            return change.caller.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** How many changes wait for the next commit. */
    int waiting() {
        return waiting.size();
    }

    /** Commits what was accepted, then ends the writer. */
    @Override
    public void close() {
        open = false;
        writer.interrupt();
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        for (Change<?> late = waiting.poll(); late != null; late = waiting.poll()) {
            late.fail(stopping());
        }
    }

    private static ServiceUnavailable stopping() {
        return new ServiceUnavailable("The service is stopping.");
    }

    private void run() {
        List<Change<?>> batch = new ArrayList<>();
        while (open || !waiting.isEmpty()) {
            try {
                batch.add(waiting.take());
                waiting.drainTo(batch, MAX_BATCH - 1);
            } catch (InterruptedException _) {
                waiting.drainTo(batch, MAX_BATCH); // closing: what was accepted is still done
            }
            commit(batch);
            batch.clear();
        }
    }

    private void commit(List<Change<?>> batch) {
        if (batch.isEmpty() || committed(batch)) {
            return;
        }
        // One of them has to be undone, or met a fault, ours or the disk's. SQLite may have dropped
        // the whole
        // transaction, so none is answered from it: each is made once more, alone, and only that
        // one fails.
        // Savepoints would undo it alone, but cost each change 4 µs for what hardly ever happens.
        for (Change<?> change : batch) {
            if (!committed(List.of(change))) {
                change.fail(new StoreException("the change was not made; the log says why"));
            }
        }
    }

    /**
     * Makes the changes in one transaction and answers their callers; false if nothing was made.
     */
    private boolean committed(List<Change<?>> batch) {
        boolean done =
                database.write(
                        sql -> {
                            try {
                                for (Change<?> change : batch) {
                                    change.run(transactions.apply(sql));
                                }
                                sql.commit();
                                return true;
                            } catch (KmsException _) { // thrown after it had changed something
                                rollback(sql);
                                return false;
                            } catch (SQLException | RuntimeException | Error e) {
                                // The writer must outlive all of them.
                                LOG.atError()
                                        .setCause(e)
                                        .log("a commit of {} changes failed", batch.size());
                                rollback(sql);
                                return false;
                            }
                        });
        if (done) {
            batch.forEach(Change::answer);
        }
        return done;
    }

    private static void rollback(Sql sql) {
        try {
            sql.rollback();
        } catch (SQLException e) {
            LOG.atError().setCause(e).log("the failed commit could not be rolled back");
        }
    }
}
