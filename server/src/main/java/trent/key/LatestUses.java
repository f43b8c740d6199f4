package trent.key;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trent.api.KeyLastUsageTrackingOperation;
import trent.name.KeyArn;
import trent.store.HeapShare;
import trent.store.Key;
import trent.store.Store;
import trent.store.Tx;
import trent.store.Usage;

/**
 * The last successful use of each key: noted in memory, where it costs a use nanoseconds, and
 * written to the table of usages from time to time. Source: AWS KMS API Reference, GetKeyLastUsage.
 */
public final class LatestUses {

    private static final int KEYS_A_COMMIT = 200;

    /** So many that fail alone are not damaged rows, but a store that cannot write. */
    private static final int MOST_FAILURES = 20;

    /** What one key's last use retains: ARN, operation, the request's id, and their places. */
    static final int BYTES_A_KEY = 600;

    /** Stands in a slot that was taken out of the map. */
    private static final Usage GONE =
            new Usage(Long.MIN_VALUE, KeyLastUsageTrackingOperation.ENCRYPT, "");

    private final Store store;
    private final InstantSource clock;
    private final Instant trackedSince;
    private final ConcurrentHashMap<KeyArn, Slot> slots = new ConcurrentHashMap<>();
    private final long mostKeys = HeapShare.LATEST_USES.bytes() / BYTES_A_KEY;
    private final LongAdder dropped = new LongAdder();

    /** Held by the one thread that writes. */
    private final ReentrantLock flushing = new ReentrantLock();

    /** How often it has written, under the lock. */
    private int runs;

    private final AtomicBoolean early = new AtomicBoolean();

    /** Whether the last try to write failed for some key: then only the timer tries again. */
    private volatile boolean failing;

    /** The last use of one key that the table does not have. */
    private static final class Slot extends AtomicReference<@Nullable Usage> {

        private static final long serialVersionUID = 1L;

        /**
         * The run in which the last try to write failed, 0 if it did not: for the flushing thread.
         */
        private transient int failedIn;
    }

    /** The uses of the keys in this store; the first time ever, they are tracked from now on. */
    public LatestUses(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        Instant since = store.<@Nullable Instant>read(tx -> tx.usages().trackedSince());
        this.trackedSince = since == null ? startTracking() : since;
    }

    /**
     * Whole days since the key was last used; since its creation, or since uses are tracked, if it
     * never was.
     */
    public String daysWithoutUse(Key key) {
        return daysSince(of(key), key);
    }

    /** The same inside of a change. */
    public String daysWithoutUse(Tx tx, Key key) {
        return daysSince(of(key, arn -> tx.usages().find(arn)), key);
    }

    private String daysSince(@Nullable Usage last, Key key) {
        Instant since =
                last != null
                        ? Instant.ofEpochMilli(last.millis())
                        : trackedSince.isAfter(key.created()) ? trackedSince : key.created();
        return Long.toString(Math.max(0, Duration.between(since, clock.instant()).toDays()));
    }

    /**
     * Notes that a call has used the key. While nothing can be written and the share of the heap is
     * full, the first use of one more key is dropped, and counted.
     */
    public void note(KeyArn key, KeyLastUsageTrackingOperation operation, String requestId) {
        Usage usage = new Usage(clock.millis(), operation, requestId);
        while (true) {
            Slot slot = slots.get(key);
            if (slot == null) {
                if (!room()) {
                    dropped.increment();
                    return;
                }
                slot = slots.computeIfAbsent(key, _ -> new Slot());
            }
            Usage before = slot.get();
            if (GONE.equals(before)) {
                slots.remove(key, slot);
            } else if (slot.compareAndSet(before, usage)) {
                return;
            }
        }
    }

    /** Whether one more key may be noted; writes what there is when half of the room is used. */
    private boolean room() {
        long keys = slots.mappingCount();
        if (keys >= mostKeys / 2 && !failing && early.compareAndSet(false, true)) {
            try {
                Thread.ofVirtual().name("trent-uses").start(this::flushEarly);
            } catch (RuntimeException | Error _) { // no memory for it: the timer does it
                early.set(false);
            }
        }
        return keys < mostKeys;
    }

    private void flushEarly() {
        try {
            Sweep _ = flush(); // what fails, the timer tries again, and tells
        } finally {
            early.set(false);
        }
    }

    /** Forgets what was noted and not written yet: its keys are gone. */
    public void forget() {
        flushing.lock();
        try {
            slots.clear();
        } finally {
            flushing.unlock();
        }
    }

    /** How many uses were dropped since there was no room for one key more. */
    public long dropped() {
        return dropped.sum();
    }

    /** The last use of the key, or null if it was not used since uses are tracked. */
    public @Nullable Usage of(Key key) {
        return of(key, arn -> store.<@Nullable Usage>read(tx -> tx.usages().find(arn)));
    }

    private @Nullable Usage of(Key key, Function<KeyArn, @Nullable Usage> written) {
        Slot slot = slots.get(key.arn());
        Usage noted = slot == null ? null : slot.get();
        Usage last = noted == null || noted.equals(GONE) ? written.apply(key.arn()) : noted;
        return last == null || before(last, key) ? null : last;
    }

    /** Since when uses are noted in this store. */
    public Instant trackedSince() {
        return trackedSince;
    }

    /**
     * Writes what was noted since the last time. A key that cannot be written keeps no other from
     * it, and is tried again the next time.
     */
    public Sweep flush() {
        flushing.lock();
        try {
            runs++;
            // Those that failed come last: they must not use up the failures that a run may have.
            Sweep all = flush(slot -> slot.failedIn == 0, Sweep.NOTHING);
            all = flush(slot -> slot.failedIn != 0 && slot.failedIn != runs, all);
            failing = all.failed() > 0;
            return all;
        } finally {
            flushing.unlock();
        }
    }

    private Sweep flush(Predicate<Slot> which, Sweep before) {
        Sweep all = before;
        List<Noted> part = new ArrayList<>(KEYS_A_COMMIT);
        for (Map.Entry<KeyArn, Slot> each : slots.entrySet()) {
            if (all.failed() >= MOST_FAILURES) {
                return all;
            }
            Usage last = each.getValue().get();
            // Null is one that was made just now, whose use comes next.
            if (last != null && !last.equals(GONE) && which.test(each.getValue())) {
                part.add(new Noted(each.getKey(), each.getValue(), last));
            }
            if (part.size() == KEYS_A_COMMIT) {
                all = all.and(write(part));
                part.clear();
            }
        }
        return part.isEmpty() || all.failed() >= MOST_FAILURES ? all : all.and(write(part));
    }

    private record Noted(KeyArn key, Slot slot, Usage last) {}

    /** All in one commit, or if that fails each in its own. */
    private Sweep write(List<Noted> noted) {
        try {
            commit(noted);
            return new Sweep(noted.size(), 0, null, null);
        } catch (RuntimeException | Error e) {
            if (noted.size() == 1) {
                noted.getFirst().slot().failedIn = runs;
                return Sweep.failed(noted.getFirst().key().toString(), e);
            }
        }
        Sweep all = Sweep.NOTHING;
        for (int i = 0; i < noted.size() && all.failed() < MOST_FAILURES; i++) {
            all = all.and(write(noted.subList(i, i + 1)));
        }
        return all;
    }

    private void commit(List<Noted> noted) {
        store.write(
                tx -> {
                    for (Noted one : noted) {
                        Key key = tx.keys().find(one.key());
                        if (key != null && !before(one.last(), key)) { // else deleted since
                            tx.usages().put(one.key(), one.last());
                        }
                    }
                    return true;
                });
        for (Noted one : noted) {
            one.slot().failedIn = 0;
            if (one.slot().compareAndSet(one.last(), GONE)) { // else used since: the next time
                slots.remove(one.key(), one.slot());
            }
        }
    }

    /** A replica can have the name of one that was deleted, whose use it is then. */
    private static boolean before(Usage usage, Key created) {
        return usage.millis() < created.created().toEpochMilli();
    }

    private Instant startTracking() {
        return store.write(
                tx -> {
                    Instant now = clock.instant();
                    tx.usages().trackSince(now);
                    return now;
                });
    }
}
