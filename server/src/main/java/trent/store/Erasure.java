package trent.store;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Overwrites the sealed materials and secrets that no key and no access key has any more.
 *
 * <p>It looks for them instead of being told: whatever took a material away, and however a server
 * ended after that, nothing of it stays.
 */
final class Erasure {

    private static final Logger LOG = LoggerFactory.getLogger(Erasure.class);
    private static final int AT_ONCE = 256;

    /** How many numbers are looked at together, one bit for each: 1 MiB of the heap. */
    private static final long WINDOW = 1 << 23;

    private final Store store;

    Erasure(Store store) {
        this.store = store;
    }

    /** The seals from the first to the last that keys have, less the first. */
    private record Held(long first, long last, BitSet seals) {}

    /** Overwrites what is to be erased, batch by batch, while it is found. */
    void overwrite() {
        int erased = 0;
        for (Held held = held(0); held != null; held = held(held.last())) {
            erased += overwriteOthers(held);
        }
        if (erased > 0) {
            LOG.atDebug().log("{} sealed materials erased", erased);
        }
    }

    /**
     * The next ones after this number, all of one moment: what is sealed then, but not held by a
     * key, never is again. Null if there are no more.
     */
    private @Nullable Held held(long after) {
        return store.<@Nullable Held>read(
                tx -> {
                    long end = Seals.last(tx.sql());
                    List<Long> next = tx.seals().present(after, end, 1);
                    if (next.isEmpty()) {
                        return null;
                    }
                    long first = next.getFirst();
                    long last = first + Math.min(end - first, WINDOW - 1);
                    BitSet seals = tx.materials().heldSeals(first, last);
                    seals.or(tx.accessKeys().heldSeals(first, last));
                    return new Held(first, last, seals);
                });
    }

    private int overwriteOthers(Held held) {
        int erased = 0;
        List<Long> batch = new ArrayList<>();
        long after = held.first() - 1;
        List<Long> present;
        do {
            long from = after;
            present = store.read(tx -> tx.seals().present(from, held.last(), AT_ONCE));
            for (long number : present) {
                after = number;
                if (!held.seals().get(Math.toIntExact(number - held.first()))) {
                    batch.add(number);
                }
            }
            boolean end = present.size() < AT_ONCE;
            if (batch.size() >= AT_ONCE || (end && !batch.isEmpty())) {
                List<Long> some = List.copyOf(batch);
                store.write(
                        tx -> {
                            some.forEach(tx.seals()::erase);
                            return true;
                        });
                erased += some.size();
                batch.clear();
            }
        } while (present.size() == AT_ONCE);
        return erased;
    }
}
