package trent.key;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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

    /** Writes what was noted since the last time; for one thread at a time. */
    public void flush() {
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
        for (int from = 0; from < noted.size(); from += KEYS_A_COMMIT) {
            write(noted.subList(from, Math.min(noted.size(), from + KEYS_A_COMMIT)));
        }
    }

    private record Noted(KeyArn key, Slot slot, Usage last) {}

    private void write(List<Noted> noted) {
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
        noted.forEach(one -> one.slot().written = one.last());
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
