package trent.iam;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import trent.key.Sweep;
import trent.name.Region;
import trent.store.AccessKey;
import trent.store.AccessKey.Use;
import trent.store.HeapShare;
import trent.store.Store;

/**
 * The last use of each access key: noted in memory, and written to its table from time to time. A
 * crash forgets what was not written yet. Source: AWS IAM API Reference, GetAccessKeyLastUsed.
 */
public final class AccessKeyUses {

    private static final int KEYS_A_COMMIT = 200;

    /** What one key's last use retains. */
    static final int BYTES_A_KEY = 400;

    private final Store store;
    private final InstantSource clock;
    private final ConcurrentHashMap<String, Use> noted = new ConcurrentHashMap<>();
    private final long mostKeys = HeapShare.ACCESS_KEY_USES.bytes() / BYTES_A_KEY;
    private final LongAdder dropped = new LongAdder();
    private final ReentrantLock flushing = new ReentrantLock();

    public AccessKeyUses(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Notes that a request was signed with the access key. While the share of the heap is full, the
     * first use of one more key is dropped, and counted.
     *
     * @param service for example {@code kms}
     */
    public void note(String accessKeyId, String service, Region region) {
        Use before = noted.get(accessKeyId);
        long now = clock.millis();
        if (before != null
                && before.time().toEpochMilli() / 1000 == now / 1000
                && before.service().equals(service)
                && before.region().equals(region.value())) {
            return; // GetAccessKeyLastUsed shows seconds: most calls allocate nothing here
        }
        if (before == null && noted.mappingCount() >= mostKeys) {
            dropped.increment();
            return;
        }
        noted.put(accessKeyId, new Use(clock.instant(), service, region.value()));
    }

    /** How many uses were dropped since there was no room for one key more. */
    public long dropped() {
        return dropped.sum();
    }

    /** The last use of the key, or null if it was never used. */
    public @Nullable Use of(AccessKey key) {
        Use last = noted.get(key.id());
        return last == null ? key.lastUse() : last;
    }

    /** Writes what was noted since the last time; what fails is tried again the next time. */
    public Sweep flush() {
        flushing.lock();
        try {
            Sweep all = Sweep.NOTHING;
            List<Map.Entry<String, Use>> waiting = new ArrayList<>(new HashMap<>(noted).entrySet());
            for (int from = 0; from < waiting.size(); from += KEYS_A_COMMIT) {
                List<Map.Entry<String, Use>> part =
                        waiting.subList(from, Math.min(from + KEYS_A_COMMIT, waiting.size()));
                try {
                    write(part);
                    all = all.and(new Sweep(part.size(), 0, null, null));
                } catch (RuntimeException | Error e) { // the next ones would fail as well
                    return all.and(Sweep.failed(part.getFirst().getKey(), e));
                }
            }
            return all;
        } finally {
            flushing.unlock();
        }
    }

    private void write(List<Map.Entry<String, Use>> part) {
        store.write(
                tx -> {
                    part.forEach(each -> tx.accessKeys().used(each.getKey(), each.getValue()));
                    return true;
                });
        part.forEach(each -> noted.remove(each.getKey(), each.getValue())); // unless used since
    }
}
