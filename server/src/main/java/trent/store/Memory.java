package trent.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trent.name.AliasArn;
import trent.name.KeyArn;

/**
 * What is read often, kept in memory up to a bound.
 *
 * <p>A commit removes what it changed before its caller is answered. A reader that is just loading
 * the old row holds the entry's lock, so the removal waits for it and takes the old row away again.
 */
final class Memory {

    private static final int MAX_KEYS = 10_000;
    private static final int MAX_ALIASES = 50_000;
    private static final int MAX_ALIAS_LISTS = 5_000;

    /** Event loops set it: they may look here but must not wait for the database. */
    private static final ThreadLocal<Boolean> MUST_NOT_WAIT = ThreadLocal.withInitial(() -> false);

    final Table<KeyArn, Key> keys = new Table<>(MAX_KEYS);
    final Table<KeyArn, KeyMaterials> materials = new Table<>(MAX_KEYS);
    final Table<AliasArn, Alias> aliases = new Table<>(MAX_ALIASES);
    final Table<KeyArn, List<Alias>> aliasesOfKey = new Table<>(MAX_ALIAS_LISTS);

    static void thisThreadMustNotWait() {
        MUST_NOT_WAIT.set(true);
    }

    /** Throws {@link NotInMemory} on a thread that must not wait. */
    static void mayWait() {
        if (MUST_NOT_WAIT.get()) {
            throw new NotInMemory();
        }
    }

    /** One kind of thing. */
    static final class Table<K, V> {

        private final Cache<K, V> cache;

        private Table(int maximum) {
            // Maintenance on the calling thread: the common pool would be one more thread pool to
            // start.
            cache = Caffeine.newBuilder().maximumSize(maximum).executor(Runnable::run).build();
        }

        /**
         * The value in memory, else what {@code load} finds, else null.
         *
         * @throws NotInMemory if this thread must not wait for {@code load}
         */
        @Nullable V get(K key, Function<K, @Nullable V> load) {
            V known = cache.getIfPresent(key);
            if (known != null) {
                return known;
            }
            mayWait();
            return cache.asMap().computeIfAbsent(key, load);
        }

        void forget(K key) {
            cache.asMap().remove(key);
        }
    }
}
