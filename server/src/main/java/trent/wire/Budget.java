package trent.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * What all callers together may make this process hold: bytes and connections. One for the whole
 * process, since a bound on each item is no bound on their sum.
 *
 * <p>Who asks first whether there is room, and then holds a little more than it asked for, is
 * counted all the same: the next one is told that there is none. So the sum goes over the budget by
 * no more than one read for each event loop.
 *
 * <p>A <em>stranger</em> is a connection on which no signature was ever verified;
 * the others are known.
 */
public final class Budget {

    /** Strangers leave this part, a quarter, to the known. */
    private static final int KNOWN_PARTS = 4;

    /** The known leave this part to strangers: who is known was one before. */
    private static final int STRANGER_PARTS = 8;

    /** How much is made free at a time: looking for who gives way costs a look at everybody. */
    private static final int RELIEF_PARTS = 32;

    private static final int CONNECTION_RELIEF_PARTS = 64;

    /** Accepted, but no loop has got to them yet: more than so many wait in the kernel's queue. */
    static final int MAX_ARRIVING = 256;

    /** Who is known and has just been answered is about to ask again. */
    private static final long IDLE_NANOS = Duration.ofMillis(900).toNanos();

    /** Something that holds part of the budget and can be made to give it back. */
    interface Holder {

        /** Whether a signature was verified on it. */
        boolean known();

        /** Whether nobody waits for it: closing it loses nothing. */
        boolean betweenRequests();

        long heldBytes();

        /** Since when it has held them: {@link System#nanoTime}. */
        long heldSince();

        /** From any thread: it closes soon. */
        void giveWay();
    }

    private final long bytes;
    private final int connections;
    private final AtomicLong strangersBytes = new AtomicLong();
    private final AtomicLong knownBytes = new AtomicLong();
    private final AtomicInteger strangers = new AtomicInteger();
    private final AtomicInteger known = new AtomicInteger();
    private final AtomicInteger arriving = new AtomicInteger();

    /** What those hold that were told to give way and have not yet. */
    private final AtomicLong leavingBytes = new AtomicLong();

    private final AtomicInteger leaving = new AtomicInteger();
    private final LongAdder closed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Set<Holder> holders = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean relieving = new AtomicBoolean();

    /**
     * A budget.
     *
     * @param bytes of heap and direct memory together
     * @param connections at a time
     */
    public Budget(long bytes, int connections) {
        if (bytes < 1 || connections < 1) {
            throw new IllegalArgumentException(bytes + " bytes, " + connections + " connections");
        }
        this.bytes = bytes;
        this.connections = connections;
    }

    /** A budget as the process's limits allow it. */
    public static Budget ofThisProcess() {
        return new Budget(ProcessLimits.budgetBytes(), ProcessLimits.connections());
    }

    public long bytes() {
        return bytes;
    }

    public int connections() {
        return connections;
    }

    /** What is held now. */
    public long heldBytes() {
        return strangersBytes.get() + knownBytes.get();
    }

    /** How many connections are open now. */
    public int openConnections() {
        return strangers.get() + known.get();
    }

    /** How many connections were accepted that no loop has got to. */
    int arriving() {
        return arriving.get();
    }

    /** How many connections were closed so far since there was no room for them, or no place. */
    public long closedConnections() {
        return closed.sum();
    }

    /** How many requests were answered with 503 so far since there was no room for them. */
    public long refusedRequests() {
        return refused.sum();
    }

    /** A request is answered that there is no room for it. */
    void refuses() {
        refused.increment();
    }

    /** Whether so many bytes more may be held. */
    boolean room(boolean isKnown, long more) {
        long ofStrangers = strangersBytes.get();
        long ofKnown = knownBytes.get();
        return ofStrangers + ofKnown + more <= bytes
                && (isKnown
                        ? ofKnown + more <= bytes - bytes / STRANGER_PARTS
                        : ofStrangers + more <= bytes - bytes / KNOWN_PARTS);
    }

    /** Counts bytes that are held, or with a negative number no longer held. */
    void count(boolean isKnown, long more) {
        (isKnown ? knownBytes : strangersBytes).addAndGet(more);
    }

    /** Counts bytes if there is room for them; false, and nothing is counted, if not. */
    boolean take(boolean isKnown, long more) {
        if (!room(isKnown, more)) {
            return false;
        }
        count(isKnown, more);
        return true;
    }

    /**
     * Counts the bytes of work that was read already: it may use nearly all that strangers leave,
     * or bodies that wait to be read would keep out the work that makes room for them.
     */
    boolean takeForWork(long more) {
        if (heldBytes() + more > bytes - bytes / RELIEF_PARTS) {
            return false;
        }
        count(true, more);
        return true;
    }

    /** Whether one more connection may be accepted. */
    boolean place() {
        int coming = arriving.get();
        return openConnections() + coming < connections
                && strangers.get() + coming < connections - connections / KNOWN_PARTS;
    }

    /** Whether so few places are left that somebody should give way. */
    boolean almostFull() {
        int spare = connections / CONNECTION_RELIEF_PARTS + 1 + arriving.get();
        return openConnections() + spare > connections
                || strangers.get() + spare > connections - connections / KNOWN_PARTS;
    }

    /** A connection is accepted, and on its way to its loop. */
    void arrives() {
        arriving.incrementAndGet();
    }

    /** Whether so many are on their way that the next ones should come later, though there is room. */
    boolean crowded() {
        return arriving.get() >= MAX_ARRIVING;
    }

    /** Its loop has got to it. */
    void arrived() {
        arriving.decrementAndGet();
    }

    /** A stranger has come. */
    void came(Holder holder, long itsBytes) {
        holders.add(holder);
        strangers.incrementAndGet();
        strangersBytes.addAndGet(itsBytes);
    }

    /** A signature was verified on it. */
    void becameKnown(long itsBytes) {
        strangers.decrementAndGet();
        known.incrementAndGet();
        strangersBytes.addAndGet(-itsBytes);
        knownBytes.addAndGet(itsBytes);
    }

    /** It is closed. */
    void left(Holder holder, long itsBytes, long toldToLeaveWith) {
        holders.remove(holder);
        (holder.known() ? known : strangers).decrementAndGet();
        count(holder.known(), -itsBytes);
        if (toldToLeaveWith >= 0) {
            leaving.decrementAndGet();
            leavingBytes.addAndGet(-toldToLeaveWith);
        }
    }

    /** It is deaf and lost to its client, though its connection is still open. */
    void droppedHandshake() {
        closed.increment();
    }

    /** It was told to give way, holding so many bytes. */
    void leaves(long itsBytes) {
        closed.increment();
        leaving.incrementAndGet();
        leavingBytes.addAndGet(itsBytes);
    }

    /** What it was told to give back is given back, though it is not closed yet. */
    void lingers(long itsBytes) {
        leavingBytes.addAndGet(-itsBytes);
    }

    /** Makes bytes free: see {@link #relieve}. */
    void relieveBytes() {
        relieve(_ -> true, Math.max(1, bytes / RELIEF_PARTS) - leavingBytes.get(), 0);
    }

    /** Makes places free: see {@link #relieve}. */
    void relievePlaces() {
        relieve(_ -> true, 0, connections / CONNECTION_RELIEF_PARTS + 1 - leaving.get());
    }

    /** Makes one place free among these: see {@link #relieve}. */
    void relievePlaces(Predicate<Holder> among) {
        relieve(among, 0, 1);
    }

    /**
     * Has those strangers give way that have held most bytes for longest; where there is none,
     * those of the known that are idle.
     */
    private void relieve(Predicate<Holder> among, long wantedBytes, int wantedPlaces) {
        if ((wantedBytes <= 0 && wantedPlaces <= 0) || !relieving.compareAndSet(false, true)) {
            return; // enough are leaving, or another thread is at it
        }
        try {
            long now = System.nanoTime();
            List<Candidate> candidates = new ArrayList<>();
            // Within their own part strangers are left alone: it is the known that hold too much.
            boolean theirs = wantedPlaces > 0 || strangersBytes.get() > bytes / STRANGER_PARTS;
            for (Holder holder : holders) {
                if (theirs && !holder.known() && among.test(holder)) {
                    candidates.add(Candidate.of(holder, now));
                }
            }
            if (candidates.isEmpty()) {
                for (Holder holder : holders) {
                    if (holder.betweenRequests()
                            && now - holder.heldSince() > IDLE_NANOS
                            && among.test(holder)) {
                        candidates.add(Candidate.of(holder, now));
                    }
                }
            }
            // Not sorted: of thousands a few dozen go, hundreds of times a second in a flood.
            PriorityQueue<Candidate> heaviest = new PriorityQueue<>(candidates);
            long freed = 0;
            int places = 0;
            while (!heaviest.isEmpty() && (freed < wantedBytes || places < wantedPlaces)) {
                Candidate next = heaviest.remove();
                freed += next.bytes();
                places++;
                next.holder().giveWay();
            }
        } finally {
            relieving.set(false);
        }
    }

    /** Weighed once: what it holds changes while the others are weighed. The heaviest is first. */
    private record Candidate(Holder holder, long bytes, double weight)
            implements Comparable<Candidate> {

        static Candidate of(Holder holder, long now) {
            long held = holder.heldBytes();
            return new Candidate(holder, held, (double) held * (now - holder.heldSince()));
        }

        @Override
        public int compareTo(Candidate other) {
            return Double.compare(other.weight, weight);
        }
    }
}
