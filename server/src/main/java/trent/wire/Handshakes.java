package trent.wire;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The TLS handshakes in progress on all addresses: so many at a time, computed on threads of their
 * own, since one takes a millisecond and more and an event loop has others to serve.
 *
 * <p>Who comes beyond that waits unread, which costs next to nothing. The newest goes first: among
 * those who wait, strangers that hold all they can get have been there for longest. While somebody
 * waits, those make room whose clients have owed their answer for longest: their handshake is
 * dropped, their connection stays open, deaf. Whoever is closed comes again at once, and a new
 * handshake is dear; who waits for an answer does not.
 */
final class Handshakes implements AutoCloseable {

    /** What one holds, as it grows while it computes: measured, see 0011-one-budget.md. */
    static final long HANDSHAKE_BYTES = 20_000;

    /** All of them together may hold this part of the budget, a quarter. */
    private static final int BUDGET_PARTS = 4;

    private static final int MIN_PLACES = 16;

    /** While somebody waits, this often places are made free. */
    private static final long TURN_MILLIS = 100;

    /** A client gets at least this long for its answer, whoever waits. */
    private static final long PATIENCE_NANOS = Duration.ofMillis(500).toNanos();

    private static final long IDLE_SECONDS = 30;

    private final int places;
    private final EventExecutor timer;
    private final ThreadPoolExecutor threads;
    private final AtomicLong order = new AtomicLong();
    private final AtomicInteger threadNumber = new AtomicInteger();

    /** With {@link #waiting} under this lock. */
    private final Map<Connection, Place> inProgress = new LinkedHashMap<>();

    /** The newest last. */
    private final LinkedHashSet<Connection> waiting = new LinkedHashSet<>();

    private boolean turns;

    Handshakes(Budget budget, int cores, EventExecutor timer) {
        this.places = (int) Math.max(MIN_PLACES, budget.bytes() / BUDGET_PARTS / HANDSHAKE_BYTES);
        this.timer = timer;
        this.threads =
                new ThreadPoolExecutor(
                        cores,
                        cores,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        // No more than one task for each handshake in progress.
                        new PriorityBlockingQueue<>(
                                MIN_PLACES,
                                Comparator.comparingLong(each -> ((Step) each).place())),
                        work ->
                                Thread.ofPlatform()
                                        .name("trent-handshake-" + threadNumber.incrementAndGet())
                                        .daemon()
                                        .unstarted(work));
        threads.allowCoreThreadTimeOut(true);
    }

    // ---- places

    int places() {
        return places;
    }

    int inProgress() {
        synchronized (inProgress) {
            return inProgress.size();
        }
    }

    int waiting() {
        synchronized (inProgress) {
            return waiting.size();
        }
    }

    /** How many steps wait for a thread. */
    int queued() {
        return threads.getQueue().size();
    }

    /** Whether it may begin; if not, {@link Connection#mayBegin} tells it when. */
    boolean begins(Connection connection) {
        synchronized (inProgress) {
            if (inProgress.size() < places) {
                inProgress.put(connection, new Place(connection));
                return true;
            }
            waiting.add(connection);
            if (!turns) {
                turns = true;
                turnLater();
            }
            return false;
        }
    }

    /** Its handshake is done, or it is closed. */
    void over(Connection connection) {
        @Nullable Connection next = null;
        synchronized (inProgress) {
            waiting.remove(connection);
            if (inProgress.remove(connection) != null && inProgress.size() < places) {
                next = nextInPlace();
            }
        }
        if (next != null) {
            next.mayBegin();
        }
    }

    private @Nullable Connection nextInPlace() {
        if (waiting.isEmpty()) {
            return null;
        }
        Connection next = waiting.removeLast();
        inProgress.put(next, new Place(next));
        return next;
    }

    /** The newest that wait take the places of those whose clients have been silent for longest. */
    private void turn() {
        List<Place> leaving;
        List<Connection> beginning = new ArrayList<>();
        synchronized (inProgress) {
            long now = System.nanoTime();
            leaving =
                    inProgress.values().stream()
                            .filter(each -> each.silentNanos(now) > PATIENCE_NANOS)
                            .sorted(Comparator.comparingLong(each -> -each.silentNanos(now)))
                            .limit(waiting.size())
                            .toList();
            leaving.forEach(each -> inProgress.remove(each.connection));
            while (inProgress.size() < places) {
                Connection next = nextInPlace();
                if (next == null) {
                    break;
                }
                beginning.add(next);
            }
            turns = !waiting.isEmpty();
            if (turns) {
                turnLater();
            }
        }
        leaving.forEach(each -> each.connection.dropHandshake());
        beginning.forEach(Connection::mayBegin);
    }

    private void turnLater() {
        ScheduledFuture<?> _ = timer.schedule(this::turn, TURN_MILLIS, TimeUnit.MILLISECONDS);
    }

    // ---- computing

    /** Where its handshake computes; the steps come one after the other. */
    Executor executor(Connection connection) {
        synchronized (inProgress) {
            return inProgress.getOrDefault(connection, new Place(connection));
        }
    }

    /** One handshake in progress. */
    private final class Place implements Executor {

        private final Connection connection;
        private volatile boolean computing;
        private volatile boolean begun;
        private volatile long silentSince = System.nanoTime();

        private Place(Connection connection) {
            this.connection = connection;
        }

        /** For how long it has been its client's turn. */
        private long silentNanos(long now) {
            return computing ? 0 : now - silentSince;
        }

        @Override
        public void execute(Runnable work) {
            computing = true;
            compute(begun, () -> run(work));
            begun = true;
        }

        private void run(Runnable work) {
            if (connection.channel().isOpen()) { // else nobody needs it any more
                work.run();
            }
            silentSince = System.nanoTime();
            computing = false;
        }
    }

    /** Whose client has answered goes first, then the newest: see above. */
    void compute(boolean begun, Runnable work) {
        long next = order.incrementAndGet();
        threads.execute(new Step(begun ? Long.MIN_VALUE + next : -next, work));
    }

    private record Step(long place, Runnable work) implements Runnable {

        @Override
        public void run() {
            work.run();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
