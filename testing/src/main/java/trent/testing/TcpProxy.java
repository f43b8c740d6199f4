package trent.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A wire to a server on this machine that a test can cut: either direction alone, or both.
 *
 * <p>A connection that has lost bytes cannot go on, since its two ends no longer agree on what was
 * said; it is reset when the wire is healed. One whose bytes were only held goes on then, and what
 * its sender said arrives late, even if the sender has gone meanwhile.
 */
public final class TcpProxy implements AutoCloseable {

    /** One half of the wire. */
    public enum Direction {
        TO_SERVER,
        FROM_SERVER
    }

    private enum Way {
        PASS,
        SWALLOW,
        HOLD
    }

    private static final int CHUNK_BYTES = 1 << 14;

    private final ServerSocket listener;
    private final int server;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Direction, Way> ways = new EnumMap<>(Direction.class);
    private final Set<Link> links = new HashSet<>();
    private Duration delay = Duration.ZERO;
    private boolean refusing;

    private TcpProxy(ServerSocket listener, int server) {
        this.listener = listener;
        this.server = server;
        heal();
        Thread.ofVirtual().name("proxy of " + server).start(this::accept);
    }

    /** A wire to this port of 127.0.0.1 that lets everything pass. */
    public static TcpProxy to(int server) {
        try {
            return new TcpProxy(new ServerSocket(0, 128, InetAddress.getLoopbackAddress()), server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port of 127.0.0.1 to connect to instead of the server's. */
    public int port() {
        return listener.getLocalPort();
    }

    /**
     * From now on what goes in these directions is lost, ends of connections included. Its sender
     * sees nothing of that: connections can still be opened, and answers do not come.
     */
    public void swallow(Direction... directions) {
        set(Way.SWALLOW, directions);
    }

    /** From now on what goes in these directions is kept back until {@link #heal}. */
    public void hold(Direction... directions) {
        set(Way.HOLD, directions);
    }

    /** From now on each piece of up to 16 KiB arrives so much later. */
    public void delay(Duration each) {
        change(() -> delay = each);
    }

    /** From now on new connections are reset at once; those that are open go on. */
    public void refuse() {
        change(() -> refusing = true);
    }

    /** Resets all connections, on both sides. New ones can be opened. */
    public void cut() {
        change(() -> List.copyOf(links).forEach(Link::reset));
    }

    /** Everything passes again. */
    public void heal() {
        change(
                () -> {
                    for (Direction direction : Direction.values()) {
                        ways.put(direction, Way.PASS);
                    }
                    delay = Duration.ZERO;
                    refusing = false;
                    List.copyOf(links).stream().filter(link -> link.lossy).forEach(Link::reset);
                });
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    private void set(Way way, Direction... directions) {
        change(() -> List.of(directions).forEach(direction -> ways.put(direction, way)));
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException closed) {
                // Or the client was quicker; then the next one is accepted.
            }
        }
    }

    private void connect(Socket client) {
        Link link = new Link(client, new Socket());
        lock.lock();
        try {
            links.add(link);
            if (refusing || listener.isClosed()) {
                link.reset();
                return;
            }
        } finally {
            lock.unlock();
        }
        try {
            link.server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server));
            client.setTcpNoDelay(true);
            link.server.setTcpNoDelay(true);
        } catch (IOException e) { // the server does not listen, or we were cut
            link.reset();
            return;
        }
        Thread.ofVirtual().start(() -> link.pump(Direction.TO_SERVER));
        link.pump(Direction.FROM_SERVER);
    }

    /** One connection. Its fields are guarded by the lock. */
    private final class Link {

        private final Socket client;
        private final Socket server;
        private boolean lossy;
        private boolean closed;
        private int ended;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Direction direction) {
            Socket from = direction == Direction.TO_SERVER ? client : server;
            Socket to = direction == Direction.TO_SERVER ? server : client;
            byte[] chunk = new byte[CHUNK_BYTES];
            try {
                int bytes;
                do {
                    bytes = from.getInputStream().read(chunk);
                    if (passes(direction)) {
                        if (bytes < 0) {
                            to.shutdownOutput();
                        } else {
                            to.getOutputStream().write(chunk, 0, bytes);
                        }
                    }
                } while (bytes >= 0);
                end();
            } catch (IOException e) {
                broken(direction);
            }
        }

        /** Waits as long as the wire says; whether what was read then goes on. */
        private boolean passes(Direction direction) {
            lock.lock();
            try {
                long end = System.nanoTime() + delay.toNanos();
                while (!closed
                        && (ways.get(direction) == Way.HOLD || end - System.nanoTime() > 0)) {
                    if (ways.get(direction) == Way.HOLD) {
                        changed.awaitUninterruptibly();
                    } else {
                        boolean _ = changed.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                    }
                }
                boolean swallowed = ways.get(direction) == Way.SWALLOW;
                lossy |= swallowed;
                return !swallowed && !closed;
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts it", e);
            } finally {
                lock.unlock();
            }
        }

        /** The last of the two directions to end closes both sockets. */
        private void end() {
            lock.lock();
            try {
                ended++;
                if (ended == 2 && !lossy) {
                    close(false);
                }
            } finally {
                lock.unlock();
            }
        }

        /** A side is gone. The other hears of it only if the wire carries that. */
        private void broken(Direction direction) {
            lock.lock();
            try {
                if (ways.get(direction) == Way.SWALLOW) {
                    lossy = true;
                } else {
                    close(true);
                }
            } finally {
                lock.unlock();
            }
        }

        void reset() {
            lock.lock();
            try {
                close(true);
            } finally {
                lock.unlock();
            }
        }

        private void close(boolean reset) {
            if (closed) {
                return;
            }
            closed = true;
            links.remove(this);
            changed.signalAll();
            for (Socket socket : List.of(client, server)) {
                try (socket) {
                    if (reset) {
                        socket.setSoLinger(true, 0);
                    }
                } catch (IOException gone) {
                    // Closed already: by its other end, or before it was open.
                }
            }
        }
    }
}
