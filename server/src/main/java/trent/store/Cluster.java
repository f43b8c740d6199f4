package trent.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.DependencyTimeoutException;
import trent.api.ServiceUnavailable;
import trent.crypto.Entropy;

/**
 * This node among the others that share its database.
 *
 * <p>Commits of all nodes are made one after the other, and numbered without gaps: each takes the
 * row of {@code feed_head} first. With its changes it leaves in {@code change_feed} what memory must
 * forget. Every node follows: on a thread of its own, and wherever it reads the database anyhow.
 *
 * <p>A node that remembers has a lease, a row that it renews. A change is answered when every node
 * with a lease has followed it, or its lease has ended: then nobody remembers what was before. The
 * node that owns a lease counts it from before the row was written, others from after they saw it,
 * and longer; so no two clocks need to agree, only to run equally fast.
 */
final class Cluster implements Memory.Horizon, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    /** The feed is read in parts of so many commits, of 100 KiB each at most. */
    private static final int PART = 32;

    private static final String NEXT =
            """
            select position, batch, node, case when position > ? then touched else '' end
            from change_feed where position >= ? order by position limit ?
            """;

    /** In place of a position: more of the feed would have to be read. */
    private static final long FAR = -1;

    /** What lies further behind is not followed, but everything forgotten. */
    private static final int MOST_FOLLOWED = 1000;

    /** Others count a lease longer than its owner does: two clocks, 2 % apart, and one second. */
    private static final double SLOWER = 1.02;

    private static final long GRACE_NANOS = Duration.ofSeconds(1).toNanos();

    /** How often others' rows are looked at while somebody waits for them. */
    private static final long LOOK_NANOS = Duration.ofMillis(4).toNanos();

    /** After a fault of the database. */
    private static final long AFTER_FAULT_NANOS = Duration.ofMillis(200).toNanos();

    /** Renewed three times within its length: one renewal may fail. */
    private static final int RENEWALS = 3;

    /** For how long an unknown outcome is asked for, and an answer waited for beyond leases. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private static final long ASK_AGAIN_NANOS = Duration.ofMillis(100).toNanos();

    private static final Duration LEAVE = Duration.ofSeconds(2);

    /** What may still be asked for is kept so long. */
    private static final long KEEP_NANOS = Duration.ofSeconds(60).toNanos();

    private static final int ID_BYTES = 16;

    /** Above the numbers of the materials that one commit can seal. */
    private static final int SEALS_BITS = 20;

    /** One change of all nodes, as the feed has it. */
    private record Followed(long position, String batch, String node, String touched) {}

    /** A lease as its row shows it. */
    private record Lease(String id, long renewal, long followed, long millis) {}

    /** When a renewal of somebody else's lease was first seen. */
    private record Seen(long renewal, long nanos) {}

    /** Somebody waits until all have followed. */
    private record Waiting(long position, CompletableFuture<Boolean> followed) {}

    /**
     * A commit that is being made.
     *
     * @param alone whether no other node had a lease: nobody is to be waited for
     * @param touched what memory must forget, as the feed has it
     */
    record Commit(String batch, long position, boolean alone, String touched) {

        private Commit touching(String these) {
            return new Commit(batch, position, alone, these);
        }
    }

    private final PostgresDatabase database;
    private final PostgresSettings settings;
    private final Entropy entropy;
    private final String node;
    private final Thread thread;
    private final FaultLog faults = new FaultLog(LOG);
    private @Nullable Memory memory;

    // ---- what this node has followed

    private final Object following = new Object();
    private volatile long followed;
    private volatile long lastTouching;
    private String lastBatch = "";
    private volatile long followedByAll;

    /** Why nothing is answered until this node is started anew. */
    private volatile @Nullable String stale;

    // ---- its lease

    private volatile boolean joined;
    private volatile boolean leaving;
    private volatile long leaseEndNanos = BootClock.nanos();
    private String lease = "";

    /** Those that this node has or may have. */
    private final Set<String> earlier = new HashSet<>();

    private long renewal;
    private long renewedNanos;
    private long published;

    // ---- the others

    private final Map<String, Seen> others = new HashMap<>();
    private final ConcurrentLinkedQueue<Waiting> arriving = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Waiting> waiting =
            new PriorityQueue<>((one, other) -> Long.compare(one.position(), other.position()));
    private volatile int liveNodes;

    private final CountDownLatch left = new CountDownLatch(1);
    private final ArrayDeque<long[]> kept = new ArrayDeque<>();
    private final AtomicLong retries = new AtomicLong();
    private volatile long followedNanos = System.nanoTime();
    private volatile boolean closing;

    Cluster(PostgresDatabase database, PostgresSettings settings, Entropy entropy) {
        this.database = database;
        this.settings = settings;
        this.entropy = entropy;
        this.node = newId();
        this.thread = Thread.ofPlatform().name("trent-feed").daemon().unstarted(this::run);
    }

    private String newId() {
        return HexFormat.of().formatHex(entropy.bytes(ID_BYTES));
    }

    /** Joins the others, and follows from then on. */
    void start(Memory forgets) {
        memory = forgets;
        join();
        thread.start();
    }

    // ---- what memory asks

    @Override
    public boolean mayRemember() {
        return joined && !leaving && BootClock.nanos() - leaseEndNanos < 0;
    }

    @Override
    public long followed() {
        return followed;
    }

    @Override
    public long followedByAll() {
        return followedByAll;
    }

    @Override
    public void awaitFollowed(long position) {
        if (position <= followedByAll) {
            return;
        }
        CompletableFuture<Boolean> all = whenFollowed(position);
        try {
            if (!all.get(patienceNanos(), TimeUnit.NANOSECONDS)) {
                throw notFollowed();
            }
        } catch (TimeoutException _) {
            throw notFollowed();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw notFollowed();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** By then every lease has ended that was there, unless the database does not tell. */
    long patienceNanos() {
        return settings.lease().toNanos() * 2 + PATIENCE_NANOS;
    }

    private static DependencyTimeoutException notFollowed() {
        return new DependencyTimeoutException(
                "Whether every node has followed a change could not be learned. Try again.");
    }

    /** Completed when every node has followed to this position or may not remember any more. */
    CompletableFuture<Boolean> whenFollowed(long position) {
        CompletableFuture<Boolean> all = new CompletableFuture<>();
        if (position <= followedByAll) {
            all.complete(true);
            return all;
        }
        arriving.add(new Waiting(position, all));
        LockSupport.unpark(thread);
        return all;
    }

    // ---- reading

    /**
     * Reads, and follows as far as what was read is: memory never stays behind what somebody has
     * been told.
     *
     * @param atLarge whether it may have been changed by any commit; else the caller knows by which
     */
    <T extends @Nullable Object> T read(Function<Sql, T> reader, boolean atLarge) {
        requireSane();
        Found<T> read = found(reader);
        Reads reads = Reads.ofThisThread();
        if (atLarge) {
            long told = Math.min(read.at(), lastTouching);
            if (reads != null) {
                reads.atLarge(read.at());
                reads.answerAfter(told > followedByAll ? told : 0);
            } else {
                awaitFollowed(told);
            }
        } else if (reads != null) {
            reads.at(read.at());
        }
        return read.value();
    }

    /** What was read, and the position it is of, or {@link #FAR}. */
    private record Found<T extends @Nullable Object>(T value, long at) {}

    private <T extends @Nullable Object> Found<T> found(Function<Sql, T> reader) {
        Found<T> found = database.read(sql -> found(sql, reader, this::followAndEnd));
        return found.at() == FAR ? database.read(sql -> found(sql, reader, this::follow)) : found;
    }

    /** How one goes from a place to that of a transaction. */
    private interface Way {
        long follow(Sql sql, Place before);
    }

    private <T extends @Nullable Object> Found<T> found(Sql sql, Function<Sql, T> reader, Way way) {
        Place before = place(); // first: what is read is of that position or a later one
        T value = reader.apply(sql);
        return new Found<>(value, way.follow(sql, before));
    }

    /**
     * Refuses to go on where the database is not what it was.
     *
     * @throws ServiceUnavailable until this node is started anew
     */
    void requireSane() {
        if (stale != null) {
            throw refused();
        }
    }

    private static ServiceUnavailable refused() {
        return new ServiceUnavailable(
                "The database is not in the state that this node knew. Nothing was changed. Try again.");
    }

    /** Where this node was when a transaction began. */
    private record Place(long position, String batch) {}

    private Place place() {
        synchronized (following) {
            return new Place(followed, lastBatch);
        }
    }

    /**
     * The same as {@link #follow} where that takes one query, and with it the transaction ends; else
     * gives {@link #FAR}.
     */
    private long followAndEnd(Sql sql, Place before) {
        List<Followed> part = sql.lastList(NEXT, Cluster::followed, of(before.position()));
        if (!isFrom(before.position(), part) || part.size() == PART) {
            return FAR;
        }
        requireSame(before, part.getFirst());
        apply(part.subList(1, part.size()));
        return part.getLast().position();
    }

    /**
     * Follows to what this transaction sees, and gives that position.
     *
     * @throws ServiceUnavailable if the database is behind where this node was, or went another way
     */
    private long follow(Sql sql, Place before) {
        List<Followed> part = next(sql, before.position());
        if (!isFrom(before.position(), part)) {
            long head = head(sql);
            if (head < before.position()) {
                throw behind();
            }
            jump(head); // it was trimmed, since our lease has ended
            return head;
        }
        requireSame(before, part.getFirst());
        while (true) {
            apply(part.subList(1, part.size()));
            long at = part.getLast().position();
            if (part.size() < PART) {
                return at;
            }
            long head = head(sql);
            if (head - at > MOST_FOLLOWED) {
                jump(head);
                return head;
            }
            part = next(sql, at);
        }
    }

    private static boolean isFrom(long position, List<Followed> part) {
        return !part.isEmpty() && part.getFirst().position() == position;
    }

    private void requireSame(Place place, Followed there) {
        if (isOther(place, there.batch())) { // is it still that?
            throw behind();
        }
    }

    private static boolean isOther(Place place, String batch) {
        return !place.batch().isEmpty() && !place.batch().equals(batch);
    }

    private ServiceUnavailable behind() {
        LockSupport.unpark(thread); // it looks whether that lasts
        return refused();
    }

    /**
     * The next part of the feed.
     *
     * @param from with this one, but not what it touched
     */
    private static List<Followed> next(Sql sql, long from) {
        return sql.list(NEXT, Cluster::followed, of(from));
    }

    private static Object[] of(long from) {
        return new Object[] {from, from, PART};
    }

    private static Followed followed(ResultSet row) throws SQLException {
        return new Followed(row.getLong(1), row.getString(2), row.getString(3), row.getString(4));
    }

    private static long head(Sql sql) {
        Long head = sql.find("select position from feed_head where id = 1", row -> row.getLong(1));
        if (head == null) {
            throw noHead();
        }
        return head;
    }

    private void apply(List<Followed> next) {
        synchronized (following) {
            for (Followed each : next) {
                if (each.position() == followed + 1) {
                    forget(each);
                    if (!each.touched().isEmpty()) {
                        lastTouching = each.position();
                    }
                    lastBatch = each.batch();
                    followed = each.position(); // last: now memory is as far as that
                }
            }
        }
    }

    private void forget(Followed change) {
        Memory forgets = memory;
        if (forgets == null || change.touched().isEmpty()) {
            return;
        }
        boolean others = !change.node().equals(node); // our own changes forget by themselves
        change.touched()
                .lines()
                .forEach(line -> forgets.changedAt(line, change.position(), others));
    }

    /** Goes on at this position; what lies between is not known, and all is forgotten. */
    private void jump(long position) {
        synchronized (following) {
            if (position > followed) {
                forgetAll(position);
                lastTouching = position;
                lastBatch = "";
                followed = position;
            }
        }
    }

    private void forgetAll(long position) {
        Memory forgets = memory;
        if (forgets != null) {
            forgets.forgetAll(position);
        }
    }

    // ---- writing; on the writer's thread

    /**
     * Begins a change of ours, in the transaction that will make it: from here on no other node
     * changes anything. Memory follows what they changed before.
     */
    Commit begin(Sql sql, StoreSealing sealing) {
        requireSane();
        Commit commit = locked(sql);
        Place before = place();
        if (commit.position() <= before.position() || isOther(sql, before)) {
            wentBack(before.position());
            throw refused();
        }
        if (commit.position() - 1 > before.position()) {
            long _ = follow(sql, before);
        }
        sealing.numberAfter(commit.position() << SEALS_BITS);
        return commit;
    }

    private Commit locked(Sql sql) {
        Commit commit =
                sql.find(
                        "update feed_head set position = position + 1 where id = 1 returning position, nodes",
                        row -> commit(row.getLong(1), row.getInt(2)));
        if (commit == null) {
            throw noHead();
        }
        return commit;
    }

    /** Keeps all nodes from changing anything until the transaction ends. */
    static void lock(Sql sql) {
        if (sql.update("update feed_head set position = position where id = 1") != 1) {
            throw noHead();
        }
    }

    private static StoreException noHead() {
        return new StoreException("the store's feed of changes has no head: it is damaged");
    }

    private Commit commit(long position, int nodes) {
        // While our lease lasts, one of the nodes is this one.
        boolean alone = nodes == 0 || (nodes == 1 && mayRemember());
        return new Commit(newId(), position, alone, "");
    }

    /**
     * Leaves in the feed what the change has touched.
     *
     * @return the commit, with that
     */
    Commit note(Sql sql, Commit commit, List<Memory.Entry<?>> entries) {
        String touched = Memory.written(entries);
        int _ =
                sql.update(
                        "insert into change_feed (position, batch, node, touched) values (?, ?, ?, ?)",
                        commit.position(),
                        commit.batch(),
                        node,
                        touched);
        return commit.touching(touched);
    }

    /** The commit is made. Completed when its callers may be answered. */
    CompletableFuture<Boolean> made(Commit commit) {
        // At once, and not with the next look at the feed: a database that has lost it is known
        // then.
        apply(List.of(new Followed(commit.position(), commit.batch(), node, commit.touched())));
        if (commit.alone()) {
            synchronized (following) {
                followedByAll = Math.max(followedByAll, commit.position());
            }
        }
        return whenFollowed(commit.position());
    }

    /**
     * Whether a commit was made of which nothing is known. It is tried to be made once more, with
     * nothing in it: that waits for the end of the first, and finds its batch there or not.
     *
     * @return null if the database did not tell in time; this node remembers nothing then
     */
    @Nullable Boolean resolve(Commit commit) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        boolean interrupted = Thread.interrupted(); // the service is to stop, but not before this
        try {
            return resolve(commit, end);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private @Nullable Boolean resolve(Commit commit, long end) {
        while (System.nanoTime() - end < 0 && !closing) {
            retried();
            try {
                return database.write(sql -> wasMade(sql, commit));
            } catch (StoreException e) {
                faults.add("the outcome of a commit is not known yet", e);
                LockSupport.parkNanos(ASK_AGAIN_NANOS);
            }
        }
        joined = false; // it joins anew, after whatever becomes of the commit
        return null;
    }

    /** A transaction is begun once more; counted for whoever looks. */
    void retried() {
        retries.incrementAndGet();
    }

    private boolean wasMade(Sql sql, Commit commit) {
        sql.begin();
        Commit second = locked(sql); // after the first has ended
        int absent =
                sql.update(
                        """
                        insert into change_feed (position, batch, node, touched) values (?, ?, ?, '')
                        on conflict (batch) do nothing
                        """,
                        second.position(),
                        commit.batch(),
                        node);
        sql.rollback();
        return absent == 0;
    }

    // ---- following; on a thread of its own

    private void run() {
        while (!closing) {
            long pause;
            try {
                pause = database.follow(this::turn);
            } catch (RuntimeException | Error e) { // whatever it is, the next turn must come
                faults.add("the changes of other nodes could not be followed", e);
                pause = AFTER_FAULT_NANOS;
            }
            if (arriving.isEmpty() || pause == AFTER_FAULT_NANOS) {
                LockSupport.parkNanos(this, pause);
            }
        }
    }

    /** Follows, renews, looks at the others; gives the time until the next turn. */
    private long turn(Sql sql) {
        if (stale != null) {
            giveUpWaiting();
            return settings.poll().toNanos();
        }
        if (leaving) {
            if (left.getCount() > 0) {
                leave(sql);
            }
            lookAtOthers(sql);
            return waiting.isEmpty() ? settings.poll().toNanos() : LOOK_NANOS;
        }
        if (!joined || BootClock.nanos() - leaseEndNanos >= 0) {
            join(sql);
        }
        followTurn(sql);
        if (stale != null) {
            return settings.poll().toNanos();
        }
        long period = settings.lease().toNanos() / RENEWALS;
        boolean due = BootClock.nanos() - renewedNanos >= period;
        if (due || (liveNodes > 1 && published < followed)) {
            renew(sql);
        }
        takeArriving();
        if (due || !waiting.isEmpty()) {
            lookAtOthers(sql);
        }
        if (due) {
            trim(sql);
        }
        return waiting.isEmpty() ? settings.poll().toNanos() : LOOK_NANOS;
    }

    private void followTurn(Sql sql) {
        Place before = place();
        try {
            long _ = follow(sql, before);
            followedNanos = System.nanoTime();
        } catch (ServiceUnavailable _) {
            wentBack(before.position());
        }
    }

    private void wentBack(long position) {
        refuseFromNowOn(
                "the database went back behind what this node had followed (change %d): it was restored, or a replica without the last changes took over"
                        .formatted(position),
                "Look whether that was meant, then start every node anew");
    }

    private void outdated(int needed) {
        refuseFromNowOn(
                "the tables were contracted for a newer Trent (schema %d, this one knows %d)"
                        .formatted(needed, Upgrade.version(Upgrade.CHANGES)),
                "Start this node with the newer version");
    }

    private void refuseFromNowOn(String because, String whatToDo) {
        joined = false;
        forgetAll(followed);
        boolean first = stale == null;
        stale = because;
        if (first) {
            LOG.atError()
                    .log(
                            "{}. This node has forgotten all and answers nothing. {}",
                            because,
                            whatToDo);
        }
    }

    private void renew(Sql sql) {
        long sent = BootClock.nanos();
        long following = followed;
        int rows =
                sql.update(
                        "update node set renewal = renewal + 1, followed = ? where id = ? and renewal = ?",
                        following,
                        lease,
                        renewal);
        if (rows == 0) { // others believed that it had ended
            joined = false;
            return;
        }
        renewal++;
        published = following;
        renewedNanos = sent;
        leaseEndNanos = sent + settings.lease().toNanos();
    }

    private void join() {
        boolean _ =
                database.follow(
                        sql -> {
                            join(sql);
                            lookAtOthers(sql); // so that it is known at once how many there are
                            return true;
                        });
    }

    /**
     * Takes a lease, after every commit that is being made: what is read from now on is of after
     * them, and those that come later wait for this node.
     */
    private void join(Sql sql) {
        joined = false;
        long sent = BootClock.nanos();
        String id = newId();
        sql.begin();
        Commit commit = locked(sql);
        // Before the commit: after it a reader may have followed to it, and further.
        Place before = place();
        boolean back = isOther(sql, before) || commit.position() <= before.position();
        int needed = Upgrade.needed(sql);
        if (needed > Upgrade.version(Upgrade.CHANGES)) { // contracted while this node had no lease
            sql.rollback();
            outdated(needed);
            return;
        }
        for (String each : earlier) {
            sql.update("delete from node where id = ?", each);
        }
        sql.update(
                "insert into node (id, renewal, followed, lease_ms, version) values (?, 0, ?, ?, ?)",
                id,
                commit.position(),
                settings.lease().toMillis(),
                Upgrade.version(Upgrade.CHANGES));
        countNodes(sql);
        Commit _ = note(sql, commit, List.of());
        earlier.add(id); // the next one takes it away, whatever becomes of this commit
        sql.commit();
        lease = id;
        earlier.retainAll(Set.of(id));
        synchronized (following) {
            if (!back) {
                forgetAll(Math.max(followed, commit.position()));
                lastTouching = Math.max(lastTouching, commit.position());
                if (followed < commit.position()) {
                    lastBatch = commit.batch();
                    followed = commit.position();
                }
            }
        }
        if (back) {
            wentBack(followed);
            return;
        }
        renewal = 0;
        published = commit.position();
        renewedNanos = sent;
        leaseEndNanos = sent + settings.lease().toNanos();
        joined = true;
        LOG.atDebug().log("this node follows from change {}", commit.position());
    }

    /** Whether the change that this node followed last is another one there. */
    private static boolean isOther(Sql sql, Place place) {
        String there =
                sql.find(
                        "select batch from change_feed where position = ?",
                        row -> row.getString(1),
                        place.position());
        return there != null && isOther(place, there);
    }

    private static void countNodes(Sql sql) {
        sql.update("update feed_head set nodes = (select count(*) from node) where id = 1");
    }

    // ---- the others

    private void takeArriving() {
        for (Waiting next = arriving.poll(); next != null; next = arriving.poll()) {
            waiting.add(next);
        }
    }

    private void lookAtOthers(Sql sql) {
        takeArriving();
        long upTo = head(sql); // first: who joins later follows from there on
        List<Lease> leases =
                sql.list(
                        "select id, renewal, followed, lease_ms from node",
                        row ->
                                new Lease(
                                        row.getString(1),
                                        row.getLong(2),
                                        row.getLong(3),
                                        row.getLong(4)));
        long now = BootClock.nanos();
        Set<String> there = new HashSet<>();
        int live = 0;
        for (Lease each : leases) {
            there.add(each.id());
            if (each.id().equals(lease)) {
                live++;
                continue;
            }
            Seen seen = others.get(each.id());
            if (seen == null || seen.renewal() != each.renewal()) {
                seen = new Seen(each.renewal(), now);
                others.put(each.id(), seen);
            }
            boolean over = now - seen.nanos() > each.millis() * 1e6 * SLOWER + GRACE_NANOS;
            // Taken away before it counts as ended: its owner may be about to renew it.
            if (!over || !expel(sql, each)) {
                live++;
                upTo = Math.min(upTo, each.followed());
            }
        }
        others.keySet().retainAll(there);
        liveNodes = live;
        synchronized (following) {
            followedByAll = Math.max(followedByAll, upTo);
        }
        answerWaiting(followedByAll);
    }

    private void answerWaiting(long upTo) {
        takeArriving();
        while (!waiting.isEmpty() && waiting.peek().position() <= upTo) {
            waiting.remove().followed().complete(true);
        }
    }

    /** What they wait for will not be known. */
    private void giveUpWaiting() {
        takeArriving();
        waiting.forEach(each -> each.followed().complete(false));
        waiting.clear();
    }

    /** Takes away a lease that has ended; false if it was renewed after all, or is gone. */
    private boolean expel(Sql sql, Lease ended) {
        sql.begin();
        lock(sql);
        int gone =
                sql.update(
                        "delete from node where id = ? and renewal = ?",
                        ended.id(),
                        ended.renewal());
        countNodes(sql);
        sql.commit();
        if (gone > 0) {
            LOG.atWarn()
                    .addKeyValue("node", ended.id())
                    .log("a node has not renewed its lease: changes do not wait for it any more");
        }
        return gone > 0;
    }

    /** Longer than an unknown outcome is asked for, the last question included. */
    private long keepNanos() {
        return KEEP_NANOS
                + settings.connectTimeout().toNanos()
                + settings.statementTimeout().toNanos();
    }

    /** Nobody asks any more for what all have followed and what is old enough. */
    private void trim(Sql sql) {
        long now = System.nanoTime();
        kept.addLast(new long[] {now, followedByAll});
        long trimmed = -1;
        while (!kept.isEmpty() && now - kept.getFirst()[0] > keepNanos()) {
            trimmed = kept.removeFirst()[1];
        }
        if (trimmed > 0) {
            // The last one that all have followed stays: by it each sees that the feed went on.
            int _ =
                    sql.update(
                            "delete from change_feed where position < ?",
                            Math.min(trimmed, followed));
        }
    }

    // ---- the end, and what is shown

    /** Gives the lease back: from now on nothing is answered from memory, and nobody waits for us. */
    void leave() {
        leaving = true;
        joined = false;
        if (!thread.isAlive() || stale != null) {
            return; // there is no lease
        }
        LockSupport.unpark(thread);
        try {
            if (!left.await(LEAVE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atWarn()
                        .log(
                                "the lease could not be given back: changes of other nodes wait until it ends");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave(Sql sql) {
        sql.begin();
        Commit commit = locked(sql);
        for (String each : earlier) {
            sql.update("delete from node where id = ?", each);
        }
        countNodes(sql);
        Commit _ = note(sql, commit, List.of());
        sql.commit();
        lease = "";
        left.countDown();
    }

    /** Why this node must not serve, or null. */
    @Nullable String staleBecause() {
        return stale;
    }

    ClusterState state(int connectionsInUse) {
        double left = Math.max(0, leaseEndNanos - BootClock.nanos()) / 1e9;
        return new ClusterState(
                mayRemember(),
                joined ? left : 0,
                followed,
                followedByAll,
                liveNodes,
                (System.nanoTime() - followedNanos) / 1e9,
                retries.get(),
                connectionsInUse,
                settings.connections());
    }

    /** After the writer has ended. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = Threads.awaitEnd(thread);
        giveUpWaiting();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
