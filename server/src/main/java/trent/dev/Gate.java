package trent.dev;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Calls pass it side by side; who changes the world under them shuts it, waits until none is inside,
 * and is alone then. Calls that come meanwhile are kept, and begin when it opens: no thread waits
 * here but the one that shuts it.
 */
final class Gate {

    /** What may be kept of calls that wait outside: so many, with so many bytes. */
    static final int MOST_WAITING = 4096;

    static final long MOST_WAITING_BYTES = 32 << 20;

    /** What became of somebody who wanted in. */
    enum Entry {
        INSIDE,
        WAITS,
        NO_ROOM
    }

    private record Waiting(Runnable work, long bytes) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition nobodyInside = lock.newCondition();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private int inside;
    private boolean shut;

    /** One was inside for longer than anybody waits. */
    static final class StillInside extends Exception {

        private static final long serialVersionUID = 1L;

        StillInside(Duration patience) {
            super("calls have been under way for %d s".formatted(patience.toSeconds()));
        }
    }

    /**
     * Enters, or has the work wait until the gate is open.
     *
     * @param later begins anew, on a thread that may wait
     * @param bytes what it holds until then
     */
    Entry enter(Runnable later, long bytes) {
        lock.lock();
        try {
            if (!shut) {
                inside++;
                return Entry.INSIDE;
            }
            if (waiting.size() >= MOST_WAITING || waitingBytes + bytes > MOST_WAITING_BYTES) {
                return Entry.NO_ROOM;
            }
            waiting.add(new Waiting(later, bytes));
            waitingBytes += bytes;
            return Entry.WAITS;
        } finally {
            lock.unlock();
        }
    }

    /** Enters if the gate is open. */
    boolean enteredNow() {
        lock.lock();
        try {
            if (!shut) {
                inside++;
            }
            return !shut;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            inside--;
            if (inside == 0) {
                nobodyInside.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs the work while nobody is inside.
     *
     * @param patience for how long to wait for those who are
     * @throws StillInside if that was not long enough; nothing was done
     */
    void alone(Duration patience, Runnable work) throws StillInside, InterruptedException {
        shut(patience);
        try {
            work.run();
        } finally {
            open();
        }
    }

    private void shut(Duration patience) throws StillInside, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (shut) {
                throw new IllegalStateException("one after the other");
            }
            shut = true;
            boolean alone = false;
            try {
                long nanos = patience.toNanos();
                while (inside > 0 && nanos > 0) {
                    nanos = nobodyInside.awaitNanos(nanos);
                }
                alone = inside == 0;
            } finally {
                if (!alone) {
                    open();
                }
            }
            if (!alone) {
                throw new StillInside(patience);
            }
        } finally {
            lock.unlock();
        }
    }

    private void open() {
        List<Waiting> ready;
        lock.lock();
        try {
            shut = false;
            ready = new ArrayList<>(waiting);
            waiting.clear();
            waitingBytes = 0;
        } finally {
            lock.unlock();
        }
        for (Waiting each : ready) {
            Thread.ofVirtual().name("trent-gate").start(each.work());
        }
    }

    /** How many are inside, for tests. */
    int inside() {
        lock.lock();
        try {
            return inside;
        } finally {
            lock.unlock();
        }
    }
}
