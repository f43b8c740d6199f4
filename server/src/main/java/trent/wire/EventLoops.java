package trent.wire;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import trent.crypto.Entropy;
import trent.store.Store;

/**
 * The threads that read and write, one for each core, the one that accepts, and the one budget of
 * all addresses. Accepting has its own: those who read have thousands of connections to look at
 * before they would get to it, and meanwhile the kernel's queue of new ones overflows.
 */
public final class EventLoops implements AutoCloseable {

    /** Small chunks: a chunk stays as long as one buffer in it does. */
    private static final int PAGE_BYTES = 8192;

    private static final int CHUNK_ORDER = 6; // 512 KiB
    private static final int SMALL_CACHE = 64;
    private static final int NORMAL_CACHE = 16;

    static {
        // It samples buffers, which costs; leaks are looked for by tests.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    private final Budget budget;
    private final InstantSource clock;
    private final EventLoopGroup group;
    private final EventLoopGroup acceptor;
    private final PooledByteBufAllocator allocator;
    private final Map<EventExecutor, Loop> loops = new HashMap<>();
    private final Handshakes handshakes;

    /** Starts the threads. */
    public EventLoops(Budget budget, Entropy entropy, InstantSource clock) {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        this.budget = budget;
        this.clock = clock;
        this.group =
                new MultiThreadIoEventLoopGroup(
                        threads, new DefaultThreadFactory("trent-loop"), NioIoHandler.newFactory());
        this.acceptor =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("trent-accept"), NioIoHandler.newFactory());
        this.allocator =
                new PooledByteBufAllocator(
                        true,
                        0,
                        threads,
                        PAGE_BYTES,
                        CHUNK_ORDER,
                        SMALL_CACHE,
                        NORMAL_CACHE,
                        false);
        this.handshakes = new Handshakes(budget, threads, group.next());
        for (EventExecutor each : group) {
            each.execute(Store::thisThreadMustNotWait);
            loops.put(each, new Loop(each, budget, entropy, clock));
        }
    }

    public Budget budget() {
        return budget;
    }

    /** Memory outside the heap that the buffers of connections have, whether full or not. */
    public long directBytes() {
        return allocator.metric().usedDirectMemory();
    }

    /** How much memory outside the heap there may be. */
    public static long directLimitBytes() {
        return ProcessLimits.directBytes();
    }

    /** How many TLS handshakes are in progress. */
    public int handshakesInProgress() {
        return handshakes.inProgress();
    }

    /** How many connections wait for a place to begin their TLS handshake. */
    public int handshakesWaiting() {
        return handshakes.waiting();
    }

    InstantSource clock() {
        return clock;
    }

    Handshakes handshakes() {
        return handshakes;
    }

    EventLoopGroup group() {
        return group;
    }

    /** One thread: whatever it runs must not wait. */
    EventLoopGroup acceptor() {
        return acceptor;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    List<Loop> all() {
        return new ArrayList<>(loops.values());
    }

    Loop of(EventExecutor executor) {
        Loop loop = loops.get(executor);
        if (loop == null) {
            throw new IllegalArgumentException("none of these loops: " + executor);
        }
        return loop;
    }

    @Override
    public void close() {
        acceptor.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        handshakes.close();
    }
}
