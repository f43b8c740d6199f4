package trent.ops;

import io.prometheus.metrics.core.metrics.Histogram;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import trent.api.KeyState;
import trent.ops.Settings.Place;
import trent.store.ClusterState;
import trent.store.CommitListener;
import trent.store.Inventory;
import trent.store.Store;
import trent.store.StoreSize;

/** What the store does and holds; there from the start, with zeros until it is open. */
public final class StoreMetrics implements CommitListener {

    /** Between two counts of keys; longer if one takes long, see {@link #count}. */
    public static final Duration COUNT_PERIOD = Duration.ofSeconds(30);

    /** A count may take this part of the time: a three-hundredth. */
    private static final long COUNT_PARTS = 300;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double[] SECONDS = {
        .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10
    };
    private static final double[] CHANGES = {1, 2, 4, 8, 16, 32, 64, 128, 256};

    private final Supplier<@Nullable Store> opened;
    private final Histogram commitSeconds;
    private final Histogram commitChanges;
    private final LongAdder commitFailures = new LongAdder();
    private volatile @Nullable Inventory inventory;
    private long nextCountNanos = System.nanoTime();

    /**
     * Shows them among these.
     *
     * @param opened the store; null until it is open
     */
    public StoreMetrics(Metrics metrics, Place place, Supplier<@Nullable Store> opened) {
        this.opened = opened;
        metrics.gauge(
                "trent_store_writable",
                "1 while changes can be saved, 0 while they are refused",
                gauge(store -> store.unwritableBecause() == null ? 1 : 0));
        metrics.gauge(
                "trent_store_waiting_changes",
                "Changes that wait for the next commit",
                gauge(Store::waiting));
        metrics.gauge(
                "trent_store_erase_waiting_seconds",
                "How long deleted material has been waiting to be erased, 0 if none waits",
                gauge(Store::eraseWaitingSeconds));
        metrics.counter(
                "trent_store_commits_total",
                "Commits of this node, each of one change or many",
                counter(Store::commits));
        metrics.counter(
                "trent_store_commit_failures_total",
                "Commits, or changes on their way to one, that met a fault of the disk or the database",
                commitFailures::sum);
        this.commitSeconds =
                metrics.histogram(
                        "trent_store_commit_duration_seconds",
                        "From the begin of a transaction until its changes are durable",
                        SECONDS);
        this.commitChanges =
                metrics.histogram(
                        "trent_store_commit_changes", "How many changes share a commit", CHANGES);
        metrics.gauges(
                "trent_keys",
                "Keys of all accounts and Regions by their state, as counted last; NaN before that",
                List.of("state"),
                shown -> {
                    Inventory last = inventory;
                    for (KeyState state : KeyState.values()) {
                        shown.value(
                                last == null
                                        ? Double.NaN
                                        : (double) last.keys().getOrDefault(state, 0L),
                                state.wire());
                    }
                });
        metrics.gauge(
                "trent_aliases",
                "Aliases of all accounts and Regions, as counted last; NaN before that",
                () -> {
                    Inventory last = inventory;
                    return last == null ? Double.NaN : (double) last.aliases();
                });
        switch (place) {
            case Place.InMemory _ -> {}
            case Place.Folder _ -> showSize(metrics);
            case Place.Shared _ -> showNode(metrics);
        }
    }

    private void showSize(Metrics metrics) {
        metrics.gauge(
                "trent_store_bytes",
                "Length of the database's file",
                size(StoreSize::databaseBytes));
        metrics.gauge(
                "trent_store_wal_bytes",
                "Length of the database's write-ahead log",
                size(StoreSize::walBytes));
        metrics.gauge(
                "trent_store_free_bytes",
                "What the volume of the data folder has left",
                size(StoreSize::freeBytes));
    }

    /** How a node stands among the others; from the start, when it stands nowhere yet. */
    private void showNode(Metrics metrics) {
        metrics.gauge(
                "trent_node_lease_valid",
                "1 while this node may answer from memory",
                node(state -> state.leaseValid() ? 1 : 0));
        metrics.gauge(
                "trent_node_lease_seconds",
                "For how long this node may answer from memory if its lease is not renewed",
                node(ClusterState::leaseSecondsLeft));
        metrics.gauge(
                "trent_nodes_live",
                "Nodes that have a lease, this one among them",
                node(ClusterState::liveNodes));
        metrics.gauge(
                "trent_feed_position",
                "The last change of any node that this one has followed",
                node(ClusterState::position));
        metrics.gauge(
                "trent_feed_followed",
                "The last change that all nodes have followed, as far as this one knows",
                node(ClusterState::followed));
        metrics.gauge(
                "trent_feed_delay_seconds",
                "How long ago this node looked for changes of others",
                node(ClusterState::feedDelaySeconds));
        metrics.gauge(
                "trent_store_connections",
                "How many connections of this node read at most",
                node(ClusterState::connections));
        metrics.gauge(
                "trent_store_connections_in_use",
                "How many connections of this node read at this moment",
                node(ClusterState::connectionsInUse));
        metrics.decimalCounter(
                "trent_store_retries_total",
                "Transactions that were begun once more, since they met those of other nodes",
                node(ClusterState::retries));
    }

    private DoubleSupplier gauge(ToDoubleFunction<Store> figure) {
        return () -> {
            Store store = opened.get();
            return store == null ? 0 : figure.applyAsDouble(store);
        };
    }

    private LongSupplier counter(ToLongFunction<Store> figure) {
        return () -> {
            Store store = opened.get();
            return store == null ? 0 : figure.applyAsLong(store);
        };
    }

    private DoubleSupplier size(ToDoubleFunction<StoreSize> figure) {
        return () -> {
            Store store = opened.get();
            StoreSize size = store == null ? null : store.size();
            return size == null ? Double.NaN : figure.applyAsDouble(size);
        };
    }

    private DoubleSupplier node(ToDoubleFunction<ClusterState> figure) {
        return () -> {
            Store store = opened.get();
            ClusterState state = store == null ? null : store.cluster();
            return figure.applyAsDouble(state == null ? ClusterState.NONE : state);
        };
    }

    @Override
    public void committed(int changes, long nanos) {
        commitSeconds.observe(nanos / NANOS_PER_SECOND);
        commitChanges.observe(changes);
    }

    @Override
    public void failed() {
        commitFailures.increment();
    }

    /**
     * Counts keys and aliases, unless that would take more than a three-hundredth of the time: a
     * million keys take a second or so, and are counted every five minutes. For a timer that calls
     * this every {@link #COUNT_PERIOD}.
     */
    public synchronized void count() {
        Store store = opened.get();
        long began = System.nanoTime();
        if (store == null || began - nextCountNanos < 0) {
            return;
        }
        try {
            inventory = store.inventory();
        } finally { // a try that fails may have cost the database as much
            long ended = System.nanoTime();
            nextCountNanos = ended + COUNT_PARTS * (ended - began);
        }
    }
}
