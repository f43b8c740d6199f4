package trent.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Weigher;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;
import trent.name.AliasArn;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;

/**
 * What is read often, kept in memory up to a bound.
 *
 * <p>What a change makes stale is forgotten before its commit can be seen by anybody, and not kept
 * again before the commit has ended, well or badly: in between it is read from the database. So
 * nobody sees the new in one place and then the old in another.
 */
final class Memory {

    /** Event loops set it: they may look here but must not wait for the database. */
    private static final ThreadLocal<Boolean> MUST_NOT_WAIT = ThreadLocal.withInitial(() -> false);

    final Table<KeyArn, Key> keys = new Table<>(HeapShare.KEYS, (_, key) -> Weights.of(key));
    final Table<KeyArn, KeyMaterials> materials =
            new Table<>(HeapShare.MATERIALS, (_, materials) -> Weights.of(materials));
    final Table<AliasArn, Alias> aliases =
            new Table<>(HeapShare.ALIASES, (_, alias) -> Weights.of(alias));
    final Table<KeyArn, List<Alias>> aliasesOfKey =
            new Table<>(HeapShare.ALIAS_LISTS, (_, aliases) -> Weights.ofAliases(aliases));
    final Table<KeyArn, KeyPolicy> policies =
            new Table<>(HeapShare.KEY_POLICIES, (_, policy) -> Weights.of(policy));
    final Table<KeyArn, Map<String, String>> tags =
            new Table<>(HeapShare.TAGS, (_, tags) -> Weights.ofTags(tags));
    final Table<GrantsOf, List<Grant>> grants =
            new Table<>(HeapShare.GRANTS, (_, grants) -> Weights.ofGrants(grants));

    final Table<KeyName, AccountId> keyOwners =
            new Table<>(HeapShare.KEY_OWNERS, (_, _) -> Weights.OF_OWNER);

    /** A key without its account. */
    record KeyName(Region region, KeyId id) {}

    /** Whose grants on which key; the grantee by unique id. */
    record GrantsOf(KeyArn key, String granteeId) {}

    final Table<AccountId, Account> accounts =
            new Table<>(HeapShare.ACCOUNTS, (_, _) -> Weights.ACCOUNT);
    final Table<String, AccessKey> accessKeys =
            new Table<>(HeapShare.ACCESS_KEYS, (id, key) -> Weights.of(id, key));

    static void thisThreadMustNotWait() {
        MUST_NOT_WAIT.set(true);
    }

    /** Throws {@link NotInMemory} on a thread that must not wait. */
    static void mayWait() {
        if (MUST_NOT_WAIT.get()) {
            throw new NotInMemory();
        }
    }

    /** A thing that a change makes stale. */
    record Entry<K>(Table<K, ?> table, K key) {

        void changing() {
            table.changing(key);
        }

        void changed() {
            table.changed(key);
        }
    }

    /** One kind of thing. That there is no such thing is kept as well. */
    static final class Table<K, V> {

        /** So many that the changes of one commit rarely touch the stripe of another thing. */
        private static final int STRIPES = 8192;

        private static final Object NOTHING = new Object();

        /** Its key, which may be a text of a stranger, is of bounded length. */
        private static final int NOTHING_BYTES = 512;

        private static final int LOCKS = 64;

        private final Cache<K, Object> cache;

        /** By the key's hash: how many changes were about to be committed, and how many ended. */
        private final AtomicIntegerArray begun = new AtomicIntegerArray(STRIPES);

        private final AtomicIntegerArray ended = new AtomicIntegerArray(STRIPES);

        /** For loading once what many want at once. The writer never takes one. */
        private final Lock[] loading = new Lock[LOCKS];

        private Table(HeapShare share, Weigher<K, V> weigher) {
            for (int i = 0; i < LOCKS; i++) {
                loading[i] = new ReentrantLock();
            }
            // Maintenance on the calling thread: the common pool would be one more
            // thread pool to start.
            cache =
                    Caffeine.newBuilder()
                            .maximumWeight(share.bytes())
                            .weigher((K key, Object value) -> weight(weigher, key, value))
                            .executor(Runnable::run)
                            .build();
        }

        /**
         * The value in memory, else what {@code load} finds; null if there is none.
         *
         * @throws NotInMemory if this thread must not wait for {@code load}
         */
        @Nullable V get(K key, Function<K, @Nullable V> load) {
            int stripe = stripe(key);
            Reads.note(this, stripe);
            Object known = cache.getIfPresent(key);
            if (known != null) {
                return value(known);
            }
            mayWait();
            Lock lock = loading[stripe % LOCKS];
            lock.lock();
            try {
                known = cache.getIfPresent(key);
                return known == null ? load(key, stripe, load) : value(known);
            } finally {
                lock.unlock();
            }
        }

        @SuppressWarnings("unchecked") // load puts nothing else
        private @Nullable V value(Object known) {
            return known == NOTHING ? null : (V) known;
        }

        @SuppressWarnings("unchecked") // load puts nothing else
        private int weight(Weigher<K, V> weigher, K key, Object value) {
            return value == NOTHING ? NOTHING_BYTES : weigher.weigh(key, (V) value);
        }

        /**
         * What {@code load} finds now in place of a value that time has made stale.
         *
         * @throws NotInMemory if this thread must not wait for {@code load}
         */
        @Nullable V again(K key, V stale, Function<K, @Nullable V> load) {
            mayWait();
            cache.asMap().remove(key, stale);
            return get(key, load);
        }

        void forget(K key) {
            cache.asMap().remove(key);
        }

        private @Nullable V load(K key, int stripe, Function<K, @Nullable V> load) {
            int ends = ended.get(stripe);
            int begins = begun.get(stripe);
            V loaded = load.apply(key);
            if (ends == begins) {
                Object kept = loaded == null ? NOTHING : loaded;
                // Unless a change has begun since, whose old state this may be.
                cache.asMap()
                        .compute(key, (_, other) -> begun.get(stripe) == begins ? kept : other);
            }
            return loaded;
        }

        /** A commit that makes the value stale follows. */
        private void changing(K key) {
            begun.incrementAndGet(stripe(key));
            cache.asMap().remove(key);
        }

        /** The commit has ended. */
        private void changed(K key) {
            ended.incrementAndGet(stripe(key));
        }

        int begun(int stripe) {
            return begun.get(stripe);
        }

        int ended(int stripe) {
            return ended.get(stripe);
        }

        private static int stripe(Object key) {
            int hash = key.hashCode();
            return (hash ^ (hash >>> 16)) & (STRIPES - 1);
        }
    }
}
