package trent.store;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Overwrites the sealed materials that no key has any more, and empties the WAL, which holds what
 * pages looked like before.
 *
 * <p>It looks for them instead of being told: whatever took a material away, and however a server
 * ended after that, nothing of it stays.
 */
final class Erasure {

    private static final Logger LOG = LoggerFactory.getLogger(Erasure.class);
    private static final int AT_ONCE = 256;

    private final Store store;
    private final Database database;

    Erasure(Store store, Database database) {
        this.store = store;
        this.database = database;
    }

    /** Erases what is to be erased; whether that is done, and no reader was in the way. */
    boolean run() {
        int erased = 0;
        for (List<Long> some : batches()) {
            store.write(
                    tx -> {
                        some.forEach(tx.seals()::erase);
                        return true;
                    });
            erased += some.size();
        }
        if (erased > 0) {
            LOG.atDebug().log("{} sealed materials erased", erased);
        }
        return database.emptyWal();
    }

    /** All of one moment: what is sealed, but not held by a key any more, never is again. */
    private List<List<Long>> batches() {
        return store.read(
                tx -> {
                    BitSet held = tx.materials().heldSeals();
                    List<List<Long>> batches = new ArrayList<>();
                    List<Long> batch = new ArrayList<>();
                    List<Long> present;
                    long after = 0;
                    do {
                        present = tx.seals().present(after, AT_ONCE);
                        for (long number : present) {
                            after = number;
                            if (!held.get(Math.toIntExact(number))) {
                                batch.add(number);
                            }
                        }
                        if (batch.size() >= AT_ONCE) {
                            batches.add(batch);
                            batch = new ArrayList<>();
                        }
                    } while (present.size() == AT_ONCE);
                    if (!batch.isEmpty()) {
                        batches.add(batch);
                    }
                    return batches;
                });
    }
}
