package trent.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.DependencyTimeoutException;
import trent.api.ServiceException;
import trent.api.ServiceUnavailable;

/**
 * One writer, many changes a commit: while one commit waits for the disk, the next changes
 * gather, and all of them share the following commit. A caller is answered after the commit
 * that holds its change.
 *
 * <p>While the disk takes nothing, changes are refused at once, and the writer tries by itself
 * whether it takes something again.
 */
final class GroupCommit implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    static final int MAX_WAITING = 8192;
    private static final int MAX_BATCH = 256;

    /** What a waiting call holds besides its input: its thread's stack, its request, its future. */
    private static final int CALL_BYTES = 2048;

    /** Of all changes together, before they are refused. */
    private static final int MAX_FAILURES = 3;

    private static final Duration PROBE = Duration.ofMillis(500);
    private static final String LAST_PROBE = "last probe";

    /** A change that waits for its turn, and its caller's future. */
    private static final class Change<T> {

        private final Function<Tx, T> body;
        private final CompletableFuture<T> caller = new CompletableFuture<>();
        private @Nullable Tx tx;
        private @Nullable T value;
        private @Nullable RuntimeException failure;

        private Change(Function<Tx, T> body) {
            this.body = body;
        }

        /** Runs the change and gives what it threw, or null. */
        @Nullable Throwable run(Tx newTx) {
            tx = newTx;
            value = null;
            failure = null;
            try {
                value = body.apply(newTx);
                return null;
            } catch (Throwable e) { // the writer must outlive all of them
                return e;
            }
        }

        /** The change has left nothing behind; its caller hears this with the others. */
        void refuse(RuntimeException why) {
            failure = why;
        }

        /** Adds what it has touched, unless it was refused. */
        void touched(List<Memory.Entry<?>> all) {
            if (tx != null && failure == null) {
                all.addAll(tx.stale());
            }
        }

        void beginToForget() {
            if (tx != null) {
                tx.beginToForget();
            }
        }

        void endForgetting() {
            if (tx != null) {
                tx.endForgetting();
            }
        }

        @SuppressWarnings("NullAway") // value is null where T is Void or nullable
        void answer() {
            if (failure != null) {
                caller.completeExceptionally(failure);
            } else {
                caller.complete(value);
            }
        }

        void fail(RuntimeException fault) {
            caller.completeExceptionally(fault);
        }
    }

    /** What became of some changes that were tried together. */
    private sealed interface Outcome {

        /**
         * All are on the disk, or refused; their callers can be answered.
         *
         * @param commit null where no other node has to hear of it first
         */
        record Made(Cluster.@Nullable Commit commit) implements Outcome {}

        /** One was refused after it had changed something; nothing was made. */
        record Undone() implements Outcome {}

        /**
         * The database failed; nothing was made.
         *
         * @param at the change that met it; -1 if it was none of them
         */
        record Failed(int at, Throwable cause) implements Outcome {}

        /**
         * The commit failed, or went to files that are gone and may come back: they may be made,
         * all of them, or none.
         *
         * @param commit by which it can be found out; null if it cannot
         */
        record Unknown(Throwable cause, Cluster.@Nullable Commit commit) implements Outcome {}

        /** Nothing was made, and nothing may be. */
        record Refused(ServiceUnavailable answer) implements Outcome {}

        /** Nor could it be found out; a later try by the caller may. */
        record Unresolved(Throwable cause) implements Outcome {}
    }

    private final Database database;
    private final Function<Sql, Tx> transactions;
    private final @Nullable StoreFiles files;
    private final @Nullable Cluster cluster;
    private final StoreSealing sealing;
    private final BlockingQueue<Change<?>> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong commits = new AtomicLong();
    private final FaultLog faults = new FaultLog(LOG);
    private final Thread writer;
    private volatile boolean open = true;
    private volatile CommitListener listener = CommitListener.NONE;

    /** Null while the disk takes changes. */
    private volatile @Nullable String unwritableBecause;

    GroupCommit(
            Database database,
            Function<Sql, Tx> transactions,
            StoreSealing sealing,
            @Nullable StoreFiles files,
            @Nullable Cluster cluster) {
        this.database = database;
        this.transactions = transactions;
        this.sealing = sealing;
        this.files = files;
        this.cluster = cluster;
        this.writer = Thread.ofPlatform().name("trent-writer").start(this::run);
    }

    /**
     * Makes the change and waits until it is durable.
     *
     * @param bytes what it holds of its caller's input until then
     * @throws ServiceException what the change threw; nothing of it was kept
     * @throws ServiceUnavailable if too many changes wait, the disk takes none, the files are gone,
     *     or the store is closing; nothing of the change was kept
     * @throws StoreException if the database failed; the message says if the change may be kept
     */
    <T> T write(int bytes, Function<Tx, T> body) {
        if (unwritableBecause != null) {
            throw unwritable();
        }
        long held = (long) CALL_BYTES + bytes;
        long before = heldBytes.getAndAdd(held);
        try {
            // One alone is let in however large it is.
            if (before > 0 && before + held > HeapShare.WAITING_CHANGES.bytes()) {
                throw tooMany();
            }
            return made(new Change<>(body));
        } finally {
            heldBytes.addAndGet(-held);
        }
    }

    private <T> T made(Change<T> change) {
        if (!open || !waiting.offer(change)) {
            throw tooMany();
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

    /** How many commits were made, each of one change or many. */
    long commits() {
        return commits.get();
    }

    /** Has it hear of each commit from now on. */
    void tell(CommitListener hears) {
        listener = hears;
    }

    /** Why the disk takes no changes, or null if it does as far as is known. */
    @Nullable String unwritableBecause() {
        return unwritableBecause;
    }

    /** Commits what was accepted, then ends the writer. */
    @Override
    public void close() {
        open = false;
        writer.interrupt();
        boolean interrupted = Threads.awaitEnd(writer);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        for (Change<?> late = waiting.poll(); late != null; late = waiting.poll()) {
            late.fail(stopping());
        }
    }

    private static ServiceUnavailable tooMany() {
        return new ServiceUnavailable("Too many changes are waiting. Try again.");
    }

    private static ServiceUnavailable stopping() {
        return new ServiceUnavailable("The service is stopping.");
    }

    private ServiceUnavailable unwritable() {
        refused.incrementAndGet();
        return new ServiceUnavailable(
                "The service cannot save changes at present. Nothing was changed. Try again.");
    }

    private void run() {
        List<Change<?>> batch = new ArrayList<>();
        while (open || !waiting.isEmpty()) {
            try {
                gather(batch);
                if (unwritableBecause == null) {
                    commit(batch);
                } else {
                    batch.forEach(change -> change.fail(unwritable()));
                    probe();
                }
            } catch (Throwable e) { // nothing may end this thread, which all changes wait for
                StoreException unknown = unknown(e);
                batch.forEach(change -> change.fail(unknown)); // those that have no answer yet
                faults.add("the writer met a fault", e);
            } finally {
                batch.clear();
            }
        }
    }

    private void gather(List<Change<?>> batch) {
        try {
            Change<?> first =
                    unwritableBecause == null
                            ? waiting.take()
                            : waiting.poll(PROBE.toMillis(), TimeUnit.MILLISECONDS);
            if (first != null) {
                batch.add(first);
            }
            waiting.drainTo(batch, MAX_BATCH - 1);
        } catch (InterruptedException _) {
            waiting.drainTo(batch, MAX_BATCH); // closing: what was accepted is still done
        }
    }

    /**
     * Makes the changes, all in one commit if none of them has to be undone. Each that has is
     * undone alone, at the cost of one more run of the others.
     */
    private void commit(List<Change<?>> batch) {
        if (files != null && files.fault() != null) { // seen since they were let in
            batch.forEach(change -> change.fail(StoreFiles.refused()));
            return;
        }
        commit(batch, false);
    }

    private void commit(List<Change<?>> batch, boolean undoably) {
        List<Change<?>> left = batch;
        boolean carefully = undoably;
        int failures = 0;
        while (!left.isEmpty()) {
            switch (ended(left, carefully)) {
                case Outcome.Made(Cluster.Commit commit) -> {
                    answer(left, commit);
                    return;
                }
                case Outcome.Undone() -> carefully = true;
                case Outcome.Unknown(Throwable cause, _) -> {
                    // Not tried again: whoever made a name for himself would be told
                    // that it is taken.
                    listener.failed();
                    faults.add("a commit failed", cause);
                    StoreException unknown = unknown(cause);
                    left.forEach(change -> change.fail(unknown));
                    probe(); // and with it, what was not committed is overwritten
                    return;
                }
                case Outcome.Refused(ServiceUnavailable answer) -> {
                    left.forEach(change -> change.fail(answer));
                    return;
                }
                case Outcome.Unresolved(Throwable cause) -> {
                    listener.failed();
                    faults.add("a commit failed", cause);
                    left.forEach(change -> change.fail(unresolved()));
                    probe();
                    return;
                }
                case Outcome.Failed(int at, Throwable cause) -> {
                    faults.add("a change met a fault of the database", cause);
                    failures++;
                    if (!probe() || (at < 0 && failures > MAX_FAILURES)) {
                        listener.failed();
                        left.forEach(change -> change.fail(unwritable()));
                        return;
                    }
                    carefully = true;
                    if (cluster != null) {
                        cluster.retried();
                    }
                    if (at >= 0) { // the disk takes others: it is this change, or what it read
                        listener.failed();
                        left.get(at).fail(notMade(cause));
                        commit(left.subList(0, at), true);
                        left = left.subList(at + 1, left.size());
                    }
                }
            }
        }
    }

    /** Answers the callers, once every node has followed. */
    private void answer(List<Change<?>> changes, Cluster.@Nullable Commit commit) {
        if (cluster == null || commit == null) {
            changes.forEach(Change::answer);
            return;
        }
        List<Change<?>> made = new ArrayList<>(changes.size());
        for (Change<?> change : changes) {
            if (change.failure instanceof Moved) { // told to nobody, and tried again
                change.answer();
            } else {
                made.add(change);
            }
        }
        CompletableFuture<Boolean> _ =
                cluster.made(commit)
                        .orTimeout(cluster.patienceNanos(), TimeUnit.NANOSECONDS)
                        .whenComplete(
                                (all, _) -> {
                                    if (Boolean.TRUE.equals(all)) {
                                        made.forEach(Change::answer);
                                    } else {
                                        made.forEach(change -> change.fail(unresolved()));
                                    }
                                });
    }

    private static DependencyTimeoutException unresolved() {
        return new DependencyTimeoutException(
                "The database did not tell in time what became of the change. It may have been made. Try again.");
    }

    /** Tries the changes, and finds out what became of them where that can be found out. */
    private Outcome ended(List<Change<?>> batch, boolean carefully) {
        try {
            Outcome outcome = attempt(batch, carefully);
            if (!(outcome instanceof Outcome.Unknown(Throwable cause, Cluster.Commit commit))
                    || commit == null
                    || cluster == null) {
                return outcome;
            }
            faults.add("a commit was not answered: its outcome is looked for", cause);
            Boolean made = cluster.resolve(commit);
            if (made == null) {
                return new Outcome.Unresolved(cause);
            }
            return made ? new Outcome.Made(commit) : new Outcome.Failed(-1, cause);
        } finally {
            batch.forEach(Change::endForgetting); // not before: it may still be made
        }
    }

    /**
     * Tries the changes in one transaction.
     *
     * @param carefully so that each can be undone alone
     */
    private Outcome attempt(List<Change<?>> batch, boolean carefully) {
        try {
            return database.write(sql -> attempt(sql, batch, carefully));
        } catch (StoreException e) { // there is no connection that works
            return new Outcome.Failed(-1, e);
        }
    }

    private Outcome attempt(Sql sql, List<Change<?>> batch, boolean carefully) {
        long began = System.nanoTime();
        Cluster.Commit commit;
        try {
            sql.begin();
            commit = cluster == null ? null : cluster.begin(sql, sealing);
        } catch (StoreException e) {
            return new Outcome.Failed(-1, e);
        } catch (ServiceUnavailable e) { // this node must not change anything
            sql.rollback();
            return new Outcome.Refused(e);
        }
        for (int i = 0; i < batch.size(); i++) {
            Outcome ended = run(sql, batch.get(i), i, carefully);
            if (ended != null) {
                return ended;
            }
        }
        return commit(sql, batch, commit, began);
    }

    /** Runs one change; null if the others can go on. */
    private @Nullable Outcome run(Sql sql, Change<?> change, int at, boolean carefully) {
        Tx tx = transactions.apply(sql);
        if (carefully) {
            tx.prepareToUndo();
        }
        Throwable thrown = change.run(tx);
        try {
            if (thrown != null && tx.changed() && !sql.broken()) {
                if (!carefully) {
                    sql.rollback();
                    return new Outcome.Undone();
                }
                tx.undo();
            } else if (!sql.broken()) {
                tx.done();
                if (thrown == null) {
                    change.beginToForget(); // here: the next change must see that this one moved it
                }
            }
        } catch (StoreException e) {
            return new Outcome.Failed(blamed(at, e), e);
        }
        if (sql.broken()) { // even if the change has caught it
            return new Outcome.Failed(
                    blamed(at, thrown),
                    thrown == null ? new StoreException("the database failed") : thrown);
        }
        if (thrown instanceof ServiceException answer) {
            change.refuse(answer);
        } else if (thrown != null) {
            faults.add("a change met a fault of ours", thrown);
            change.refuse(notMade(thrown));
        }
        return null;
    }

    /** The change that met a fault, or -1 if it is not to blame. */
    private static int blamed(int at, @Nullable Throwable thrown) {
        return thrown instanceof StoreException e && (e.unanswered() || e.gaveWay()) ? -1 : at;
    }

    private Outcome commit(
            Sql sql, List<Change<?>> batch, Cluster.@Nullable Commit begun, long beganNanos) {
        Cluster.Commit commit = begun;
        if (cluster != null && begun != null) {
            List<Memory.Entry<?>> touched = new ArrayList<>();
            batch.forEach(change -> change.touched(touched));
            try {
                commit = cluster.note(sql, begun, touched);
            } catch (StoreException e) {
                return new Outcome.Failed(-1, e);
            }
        }
        try {
            sql.commit();
            commits.incrementAndGet();
            listener.committed(batch.size(), System.nanoTime() - beganNanos);
            if (files != null) {
                files.requireThere();
            }
            return new Outcome.Made(commit);
        } catch (StoreException e) {
            return e.gaveWay() ? new Outcome.Failed(-1, e) : new Outcome.Unknown(e, commit);
        } catch (Error e) {
            return new Outcome.Unknown(e, commit);
        }
    }

    /** Whether the disk takes a change. */
    private boolean probe() {
        String because = null;
        try {
            boolean _ =
                    database.write(
                            sql -> {
                                sql.begin();
                                // Another value each time: the same one would not be written.
                                Settings.put(sql, LAST_PROBE, Long.toString(System.nanoTime()));
                                sql.commit();
                                return true;
                            });
        } catch (StoreException e) {
            because = e.getMessage();
            faults.add("the store cannot be written: changes are refused until it can", e);
        }
        if (because == null && unwritableBecause != null) {
            LOG.atInfo()
                    .addKeyValue("refused", refused.getAndSet(0))
                    .log("the store can be written again");
        }
        unwritableBecause = because;
        return because == null;
    }

    private static StoreException notMade(Throwable cause) {
        return new StoreException("the change was not made; the log says why", cause);
    }

    private static StoreException unknown(Throwable cause) {
        return new StoreException(
                "whether the change was made is not known; the log says why", cause);
    }
}
