package trent.key;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import trent.api.KeyLastUsageTrackingOperation;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Store;
import trent.store.Usage;

/**
 * The last successful use of each key: noted in memory, where it costs a use nanoseconds, and
 * written to the table of usages from time to time. Source: AWS KMS API Reference, GetKeyLastUsage.
 */
public final class LatestUses {

    private static final int KEYS_A_COMMIT = 200;

    /** So many that fail alone are not damaged rows, but a store that cannot write. */
    private static final int MOST_FAILURES = 20;

    /** Stands in a slot that was taken out of the map. */
    private static final Usage GONE =
            new Usage(Long.MIN_VALUE, KeyLastUsageTrackingOperation.ENCRYPT, "");

    private final Store store;
    private final InstantSource clock;
    private final Instant trackedSince;
    private final ConcurrentHashMap<KeyArn, Slot> slots = new ConcurrentHashMap<>();

    /** The last use of one key, and the one that the table has. */
    private static final class Slot extends AtomicReference<@Nullable Usage> {

        private static final long serialVersionUID = 1L;

        /** For the flushing thread. */
        private transient @Nullable Usage written;

        /** Whether the last try to write failed: for the flushing thread. */
        private transient boolean failed;
    }

    /** The uses of the keys in this store; the first time ever, they are tracked from now on. */
    public LatestUses(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        Instant since = store.<@Nullable Instant>read(tx -> tx.usages().trackedSince());
        this.trackedSince = since == null ? startTracking() : since;
    }

    /** Notes that a call has used the key. */
    public void note(KeyArn key, KeyLastUsageTrackingOperation operation, String requestId) {
        Usage usage = new Usage(clock.millis(), operation, requestId);
        while (true) {
            Slot slot = slots.get(key);
            if (slot == null) {
                slot = slots.computeIfAbsent(key, _ -> new Slot());
            }
            Usage before = slot.get();
            if (!GONE.equals(before) && slot.compareAndSet(before, usage)) {
                return;
            }
        }
    }

    /** The last use of the key, or null if it was not used since uses are tracked. */
    public @Nullable Usage of(Key key) {
        Slot slot = slots.get(key.arn());
        Usage noted = slot == null ? null : slot.get();
        Usage last =
                noted == null || noted.equals(GONE)
                        ? store.<@Nullable Usage>read(tx -> tx.usages().find(key.arn()))
                        : noted;
        return last == null || before(last, key) ? null : last;
    }

    /** Since when uses are noted in this store. */
    public Instant trackedSince() {
        return trackedSince;
    }

    /**
     * Writes what was noted since the last time; for one thread at a time. A key that cannot be
     * written keeps no other from it, and is tried again the next time.
     */
    public Sweep flush() {
        List<Noted> noted = new ArrayList<>();
        slots.forEach(
                (key, slot) -> {
                    Usage last = slot.get();
                    if (last == null) {
                        return; // made just now, its use comes next
                    }
                    if (!last.equals(slot.written)) {
                        noted.add(new Noted(key, slot, last));
                    } else if (slot.compareAndSet(last, GONE)) { // not used since the last time
                        slots.remove(key, slot);
                    }
                });
        // Those that failed come last: they must not use up the failures that a run may have.
        noted.sort(Comparator.comparing(one -> one.slot().failed));
        Sweep all = Sweep.NOTHING;
        for (int from = 0; from < noted.size(); from += KEYS_A_COMMIT) {
            all = all.and(write(noted.subList(from, Math.min(noted.size(), from + KEYS_A_COMMIT))));
            if (all.failed() >= MOST_FAILURES) {
                break;
            }
        }
        return all;
    }

    private record Noted(KeyArn key, Slot slot, Usage last) {}

    /** All in one commit, or if that fails each in its own. */
    private Sweep write(List<Noted> noted) {
        try {
            commit(noted);
            return new Sweep(noted.size(), 0, null, null);
        } catch (RuntimeException | Error e) {
            if (noted.size() == 1) {
                noted.getFirst().slot().failed = true;
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
            one.slot().written = one.last();
            one.slot().failed = false;
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
