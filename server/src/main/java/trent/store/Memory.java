package trent.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Weigher;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;
import trent.name.AliasArn;
import trent.name.AliasName;
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

    /**
     * More of one table are not told apart: the grants of a key that is deleted can be 50,000. One
     * commit of as many changes as there can be in one has less.
     */
    private static final int MOST_WRITTEN = 4096;

    /** In place of what tells an entry: all. No entry is written so. */
    private static final String ALL = "*";

    /** Event loops set it: they may look here but must not wait for the database. */
    private static final ThreadLocal<Boolean> MUST_NOT_WAIT = ThreadLocal.withInitial(() -> false);

    final Table<KeyArn, Key> keys;
    final Table<KeyArn, KeyMaterials> materials;
    final Table<AliasArn, Alias> aliases;
    final Table<KeyArn, List<Alias>> aliasesOfKey;
    final Table<KeyArn, KeyPolicy> policies;
    final Table<KeyArn, Map<String, String>> tags;
    final Table<GrantsOf, List<Grant>> grants;
    final Table<KeyName, AccountId> keyOwners;
    final Table<AccountId, Account> accounts;
    final Table<String, AccessKey> accessKeys;

    /** In the order of their numbers, by which nodes name them to each other. */
    private final List<Table<?, ?>> tables;

    private final @Nullable Horizon horizon;

    /** A key without its account. */
    record KeyName(Region region, KeyId id) {

        private String written() {
            return region + " " + id;
        }

        private static KeyName read(String written) {
            String[] parts = written.split(" ", -1);
            return new KeyName(new Region(parts[0]), new KeyId(parts[1]));
        }
    }

    /** Whose grants on which key; the grantee by unique id. */
    record GrantsOf(KeyArn key, String granteeId) {

        private String written() {
            return Memory.written(key) + " " + granteeId;
        }

        private static GrantsOf read(String written) {
            String[] parts = written.split(" ", 4);
            return new GrantsOf(keyArn(parts), parts[3]);
        }
    }

    /**
     * How far this node has followed the changes of all, where several nodes share a database.
     * Positions count commits.
     */
    interface Horizon {

        /** Whether this node may answer from memory at this moment. */
        boolean mayRemember();

        /** Up to where memory has forgotten what was changed. */
        long followed();

        /** Up to where every other node that may remember has, as far as is known. */
        long followedByAll();

        /** Waits until every node has followed to this position, or may not remember any more. */
        void awaitFollowed(long position);
    }

    /**
     * Empty.
     *
     * @param horizon null where only this node changes anything
     */
    Memory(@Nullable Horizon horizon) {
        this.horizon = horizon;
        this.keys =
                table(
                        0,
                        HeapShare.KEYS,
                        (_, key) -> Weights.of(key),
                        Memory::written,
                        Memory::keyArn);
        this.materials =
                table(
                        1,
                        HeapShare.MATERIALS,
                        (_, all) -> Weights.of(all),
                        Memory::written,
                        Memory::keyArn);
        this.aliases =
                table(
                        2,
                        HeapShare.ALIASES,
                        (_, alias) -> Weights.of(alias),
                        Memory::written,
                        Memory::aliasArn);
        this.aliasesOfKey =
                table(
                        3,
                        HeapShare.ALIAS_LISTS,
                        (_, all) -> Weights.ofAliases(all),
                        Memory::written,
                        Memory::keyArn);
        this.policies =
                table(
                        4,
                        HeapShare.KEY_POLICIES,
                        (_, policy) -> Weights.of(policy),
                        Memory::written,
                        Memory::keyArn);
        this.tags =
                table(
                        5,
                        HeapShare.TAGS,
                        (_, all) -> Weights.ofTags(all),
                        Memory::written,
                        Memory::keyArn);
        this.grants =
                table(
                        6,
                        HeapShare.GRANTS,
                        (_, all) -> Weights.ofGrants(all),
                        GrantsOf::written,
                        GrantsOf::read);
        this.keyOwners =
                table(
                        7,
                        HeapShare.KEY_OWNERS,
                        (_, _) -> Weights.OF_OWNER,
                        KeyName::written,
                        KeyName::read);
        this.accounts =
                table(
                        8,
                        HeapShare.ACCOUNTS,
                        (_, _) -> Weights.ACCOUNT,
                        AccountId::value,
                        AccountId::new);
        this.accessKeys =
                table(
                        9,
                        HeapShare.ACCESS_KEYS,
                        (id, key) -> Weights.of(id, key),
                        Function.identity(),
                        Function.identity());
        this.tables =
                List.of(
                        keys,
                        materials,
                        aliases,
                        aliasesOfKey,
                        policies,
                        tags,
                        grants,
                        keyOwners,
                        accounts,
                        accessKeys);
    }

    private <K, V> Table<K, V> table(
            int number,
            HeapShare share,
            Weigher<K, V> weigher,
            Function<K, String> writer,
            Function<String, K> reader) {
        return new Table<>(horizon, number, share, weigher, writer, reader);
    }

    private static String written(KeyArn arn) {
        return arn.region() + " " + arn.account() + " " + arn.id();
    }

    private static KeyArn keyArn(String written) {
        return keyArn(written.split(" ", 3));
    }

    private static KeyArn keyArn(String[] parts) {
        return new KeyArn(new Region(parts[0]), new AccountId(parts[1]), new KeyId(parts[2]));
    }

    private static String written(AliasArn arn) {
        return arn.region() + " " + arn.account() + " " + arn.name();
    }

    private static AliasArn aliasArn(String written) {
        String[] parts = written.split(" ", 3);
        return new AliasArn(new Region(parts[0]), new AccountId(parts[1]), new AliasName(parts[2]));
    }

    /**
     * Entries in a text of bounded length, a line for each, which every node reads; of a table of
     * which there are very many, one line for all that it has.
     */
    static String written(List<Entry<?>> entries) {
        Map<Table<?, ?>, Set<String>> byTable = new LinkedHashMap<>();
        for (Entry<?> entry : entries) {
            Set<String> lines = byTable.computeIfAbsent(entry.table(), _ -> new LinkedHashSet<>());
            if (lines.size() <= MOST_WRITTEN) {
                lines.add(entry.written());
            }
        }
        StringJoiner text = new StringJoiner("\n");
        byTable.forEach(
                (table, lines) -> {
                    if (lines.size() > MOST_WRITTEN) {
                        text.add(table.number() + " " + ALL);
                    } else {
                        lines.forEach(text::add);
                    }
                });
        return text.toString();
    }

    /**
     * The commit of this position has changed what a line says that {@link #written(List)} wrote,
     * on this node or another.
     */
    void changedAt(String line, long position, boolean forget) {
        int end = line.indexOf(' ');
        int number = Integer.parseInt(line, 0, end, 10);
        if (number < tables.size()) { // else it is of a table that only a newer version has
            tables.get(number).changedAt(line.substring(end + 1), position, forget);
        }
    }

    /** Forgets everything: what was changed up to this position is not known. */
    void forgetAll(long position) {
        tables.forEach(table -> table.forgetAll(position));
    }

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

        private String written() {
            return table.number + " " + table.writer.apply(key);
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

        private final @Nullable Horizon horizon;
        private final int number;
        private final Function<K, String> writer;
        private final Function<String, K> reader;
        private final Cache<K, Object> cache;

        /** By the key's hash: how many changes were about to be committed, and how many ended. */
        private final AtomicIntegerArray begun = new AtomicIntegerArray(STRIPES);

        private final AtomicIntegerArray ended = new AtomicIntegerArray(STRIPES);

        /** By the key's hash: the last commit that changed something. Null on a node alone. */
        private final @Nullable AtomicLongArray touched;

        /** Of which commit what was changed before it is not known. */
        private volatile long unknownBefore;

        /** Nobody waits while he has it. */
        private final ReadWriteLock keeping = new ReentrantReadWriteLock();

        /** For loading once what many want at once. The writer never takes one. */
        private final Lock[] loading = new Lock[LOCKS];

        private Table(
                @Nullable Horizon horizon,
                int number,
                HeapShare share,
                Weigher<K, V> weigher,
                Function<K, String> writer,
                Function<String, K> reader) {
            this.horizon = horizon;
            this.number = number;
            this.writer = writer;
            this.reader = reader;
            this.touched = horizon == null ? null : new AtomicLongArray(STRIPES);
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
            Reads reads = Reads.ofThisThread();
            if (reads != null) {
                reads.note(this, stripe);
            }
            if (horizon != null && !(reads == null ? horizon.mayRemember() : reads.fromMemory())) {
                mayWait();
                V loaded = load.apply(key);
                tellAfterAllFollowed(stripe, reads);
                return loaded;
            }
            Found found = found(key);
            if (found.known() == null) {
                mayWait();
                V loaded;
                Lock lock = loading[stripe % LOCKS];
                lock.lock();
                try {
                    found = found(key);
                    loaded = found.known() == null ? load(key, stripe, load) : null;
                } finally {
                    lock.unlock();
                }
                if (found.known() == null) {
                    tellAfterAllFollowed(stripe, reads);
                    return loaded;
                }
            }
            if (reads != null) {
                reads.at(found.position());
            }
            return value(found.known());
        }

        /** What is in memory, and a position at which it is right. */
        private record Found(@Nullable Object known, long position) {}

        private Found found(K key) {
            if (horizon == null) {
                return new Found(cache.getIfPresent(key), 0);
            }
            while (true) {
                long position = horizon.followed();
                Object known = cache.getIfPresent(key);
                if (horizon.followed() == position) { // else it may be of a later one
                    return new Found(known, position);
                }
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
            if (ends == begins && (horizon == null || touched(stripe) <= horizon.followedByAll())) {
                Object kept = loaded == null ? NOTHING : loaded;
                keeping.readLock().lock();
                try {
                    // Unless a change has begun since, whose old state this may be.
                    cache.asMap()
                            .compute(key, (_, other) -> begun.get(stripe) == begins ? kept : other);
                } finally {
                    keeping.readLock().unlock();
                }
            }
            return loaded;
        }

        /**
         * Another node may still remember what was loaded as it was before. Whoever is told of it
         * must not be answered before that node has forgotten, or a later caller would be told the
         * old.
         */
        private void tellAfterAllFollowed(int stripe, @Nullable Reads reads) {
            if (horizon == null) {
                return;
            }
            long last = touched(stripe);
            if (last > horizon.followedByAll()) {
                if (reads == null) {
                    horizon.awaitFollowed(last);
                } else {
                    reads.answerAfter(last);
                }
            }
        }

        /** The last commit that changed something of the stripe, as far as this node followed. */
        long touched(int stripe) {
            return touched == null ? 0 : Math.max(touched.get(stripe), unknownBefore);
        }

        private void changedAt(String written, long position, boolean forget) {
            if (written.equals(ALL)) { // rare enough that it may cost our own node its memory too
                forgetAll(position);
                return;
            }
            K key = reader.apply(written);
            int stripe = stripe(key);
            if (touched != null) {
                touched.accumulateAndGet(stripe, position, Math::max);
            }
            if (forget) {
                changing(key);
                changed(key);
            }
        }

        private void forgetAll(long position) {
            unknownBefore = position;
            keeping.writeLock().lock(); // what is just being kept would outlive invalidateAll
            try {
                for (int i = 0; i < STRIPES; i++) { // what is being loaded is not kept
                    begun.incrementAndGet(i);
                }
            } finally {
                keeping.writeLock().unlock();
            }
            cache.invalidateAll();
            for (int i = 0; i < STRIPES; i++) {
                ended.incrementAndGet(i);
            }
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

        int number() {
            return number;
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
