package trent.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.UncheckedBooleanSupplier;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, whatever it speaks: reads only what there is room for, counts what it holds, and
 * ends it in time. Until its first byte it is nothing but this.
 */
final class Connection extends ChannelDuplexHandler implements Budget.Holder {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /**
     * What a connection costs that has only been accepted, or is
     * idle: measured, see docs/decisions/0011-one-budget.md.
     */
    static final int PLAIN_BYTES = 2_400;

    private static final int MIN_READ_BYTES = 2048;
    private static final int MAX_READ_BYTES = 64 * 1024;
    private static final int READ_STEP = 4;

    private static final long NOT_LEAVING = -1;
    private static final long GONE = -2;

    /** For how long, and how much of it, what follows a last answer is read and thrown away. */
    private static final long LINGER_NANOS = Duration.ofSeconds(1).toNanos();

    /** The rest of a body that the client is about to send, and what is on the way. */
    private static final long LINGER_BYTES = 2 << 20;

    /** Makes of two times close together two that are far apart: 2^64 by the golden ratio. */
    private static final long SCATTER = 0x9E3779B97F4A7C15L;

    private final HttpService service;
    private final Loop loop;
    private final SocketChannel channel;
    private final Reading reading = new Reading();
    private final long since = System.nanoTime();
    private final AtomicLong leavingWith = new AtomicLong(NOT_LEAVING);
    private volatile boolean known;
    private volatile long held;
    private volatile boolean idle = true;
    private volatile long heldSince = since;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Transport transport;
    private @Nullable Protocol protocol;
    private @Nullable Peer peer;
    private long unreadSince;
    private @Nullable Object firstUnsent;
    private long firstProgress;
    private boolean begun;
    private boolean waitsToBegin;
    private long begunAt = since;
    private boolean waitsForRoom;
    private boolean granted;
    private boolean goesFirst;
    private long waitingSince;
    private boolean full;
    private boolean finishing;
    private boolean inputEnded;
    private boolean lingers;
    private long lingersSince;
    private long discarded;

    Connection(HttpService service, Loop loop, SocketChannel channel) {
        this.service = service;
        this.loop = loop;
        this.channel = channel;
        channel.config().setRecvByteBufAllocator(() -> reading);
    }

    /** What lies between the socket and the protocol. */
    interface Transport {
        long heldBytes();

        /** Says that nothing more will come, and is done when that is written. */
        ChannelFuture lastWord();
    }

    HttpService service() {
        return service;
    }

    Loop loop() {
        return loop;
    }

    SocketChannel channel() {
        return channel;
    }

    /** From now on it speaks this. */
    void speaks(Protocol spoken) {
        protocol = spoken;
        if (finishing) {
            spoken.finish();
        }
    }

    /** It is encrypted. */
    void goesThrough(Transport encryption) {
        transport = encryption;
    }

    /** Who is at its other end. */
    Peer peer() {
        Peer found = peer;
        if (found == null) { // not before: many never send a request
            found =
                    new Peer(
                            channel.remoteAddress().getAddress(),
                            service.settings().tls() != null,
                            service.settings().trusted());
            peer = found;
        }
        return found;
    }

    // ---- what it holds

    @Override
    public boolean known() {
        return known;
    }

    @Override
    public long heldBytes() {
        return held;
    }

    @Override
    public long heldSince() {
        return heldSince;
    }

    @Override
    public boolean betweenRequests() {
        return idle;
    }

    /** A signature was verified on it. */
    void verified() {
        if (!known) {
            known = true;
            loop.budget().becameKnown(held);
        }
    }

    /** Counts what it holds now. */
    void settle() {
        long now = PLAIN_BYTES + unsentBytes();
        if (transport != null) {
            now += transport.heldBytes();
        }
        boolean nowIdle = true;
        if (protocol != null) {
            now += protocol.heldBytes();
            nowIdle = protocol.betweenRequests();
        }
        if (nowIdle != idle) {
            idle = nowIdle;
            heldSince = System.nanoTime();
        }
        long before = held;
        if (now != before) {
            held = now;
            loop.budget().count(known, now - before);
        }
    }

    private long unsentBytes() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return unsent == null ? 0 : unsent.totalPendingWriteBytes();
    }

    // ---- its life

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        held = PLAIN_BYTES;
        loop.add(this);
        loop.budget().came(this, PLAIN_BYTES);
        service.opened();
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ctx.fireChannelInactive();
        long rest = held;
        held = 0;
        loop.remove(this);
        // Who is told to give way from here on has gone already, and is not waited for.
        loop.budget().left(this, rest, leavingWith.getAndSet(GONE));
        service.closed(this);
        if (lingers) {
            loop.lingered();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (lingers) {
            discard(message);
            return;
        }
        if (protocol == null && transport == null) {
            service.firstBytes(this);
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!lingers) {
            ctx.fireChannelReadComplete();
        }
        settle();
    }

    /** Decoders ask for more by themselves: not while there is no room. */
    @Override
    public void read(ChannelHandlerContext ctx) {
        if (!waitsForRoom && !full && !inputEnded) {
            ctx.read();
        }
    }

    /** Answers that nobody reads stop the reading of requests. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.fireChannelWritabilityChanged();
        if (channel.isWritable() && protocol != null) {
            protocol.goOn();
            settle();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.atDebug().setCause(cause).log("a connection broke off");
        } else {
            LOG.atDebug().setCause(cause).log("a connection failed");
        }
        close();
    }

    /** Closes it as it stands: nothing is said, and nothing waited for. */
    void close() {
        if (context == null) {
            ChannelFuture _ = channel.close();
        } else {
            ChannelFuture _ = context.close();
        }
    }

    /** Half a connection is one still: its client sends no more, and may wait for answers. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded(); // decoders are not told: each would take it for the end of all
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    /** Nothing more will come: what has come whole is answered, and then it is closed. */
    void inputEnded() {
        inputEnded = true;
        if (protocol == null || lingers) {
            close();
        } else {
            protocol.inputEnded();
            settle();
        }
    }

    /**
     * Closes it when its client has read the last answer. What the client still sends is thrown
     * away meanwhile: the kernel resets a connection that is closed with bytes unread, and what is
     * on its way to the client is lost.
     */
    void closeAfterLastAnswer() {
        if (lingers || !channel.isActive()) {
            return;
        }
        ChannelFuture last =
                transport == null
                        ? channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        : transport.lastWord();
        if (!loop.mayLinger()) {
            last.addListener(_ -> close());
            return;
        }
        lingers = true;
        lingersSince = System.nanoTime();
        long toldToLeaveWith = leavingWith.get();
        if (toldToLeaveWith > 0) {
            leavingWith.set(0);
            loop.budget().lingers(toldToLeaveWith);
        }
        last.addListener(
                _ -> {
                    if (channel.isActive()) {
                        ChannelFuture _ = channel.shutdownOutput();
                    }
                });
        waitsForRoom = false;
        full = false;
        settle();
        channel.config().setAutoRead(true);
    }

    private void discard(Object message) {
        if (message instanceof ByteBuf bytes) {
            discarded += bytes.readableBytes();
        }
        ReferenceCountUtil.release(message);
        if (discarded > LINGER_BYTES) {
            close();
        }
    }

    /** Ends it if it has taken too long; once a second. */
    void sweep(long now) {
        if (lingers) {
            if (now - lingersSince > LINGER_NANOS) {
                close();
            }
            return;
        }
        HttpServerSettings settings = service.settings();
        if (unsentBytes() == 0) {
            unreadSince = 0;
        } else if (unreadSince == 0 || reads()) {
            unreadSince = now;
        } else if (now - unreadSince > settings.answer().toNanos()) {
            close(); // nobody reads its answers
            return;
        }
        if (protocol != null) {
            protocol.sweep(now);
            settle();
        } else {
            // Who waits for a handshake's place is not late: it is we who let it wait.
            Duration allowed = waitsToBegin ? settings.idle() : settings.firstRequest();
            if (now - begunAt > allowed.toNanos()) {
                close();
            }
        }
    }

    /** Whether its client has taken some of the answers since this was asked last. */
    private boolean reads() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        Object first = unsent == null ? null : unsent.current();
        long progress = unsent == null ? 0 : unsent.currentProgress();
        boolean moved = first != firstUnsent || progress != firstProgress;
        firstUnsent = first;
        firstProgress = progress;
        return moved;
    }

    @Override
    public void giveWay() {
        long now = held;
        if (leavingWith.compareAndSet(NOT_LEAVING, now)) {
            loop.budget().leaves(now);
            loop.executor()
                    .execute(
                            () -> {
                                if (protocol == null || lingers) {
                                    close();
                                } else {
                                    protocol.giveWay();
                                }
                            });
        }
    }

    /** How many requests have come and are not answered; on its event loop. */
    int requests() {
        return protocol == null ? 0 : protocol.requests();
    }

    /** Finishes what has begun and closes. */
    void finish() {
        finishing = true;
        if (protocol == null) {
            close();
        } else {
            protocol.finish();
        }
    }

    // ---- reading

    /** Reads no more until {@link #readMore}: what was read has to be answered first. */
    void readNoMore() {
        full = true;
        channel.config().setAutoRead(false);
    }

    void readMore() {
        full = false;
        if (!waitsForRoom) {
            channel.config().setAutoRead(true);
        }
    }

    /** From any thread: there is a place for its handshake now. */
    void mayBegin() {
        loop.executor()
                .execute(
                        () -> {
                            begun = true;
                            begunAt = System.nanoTime();
                            waitsToBegin = false;
                            if (channel.isActive()) {
                                readOn();
                            }
                        });
    }

    /**
     * From any thread: others need the place of its handshake. What it holds is let go; it is
     * closed when its time is over, and not all of them at once, as they may come again.
     */
    void dropHandshake() {
        loop.executor()
                .execute(
                        () -> {
                            if (protocol == null && channel.isActive()) {
                                long allowed = service.settings().firstRequest().toNanos();
                                begunAt += Math.floorMod(since * SCATTER, allowed);
                                readNoMore();
                                Encryption.end(this);
                                transport = null;
                                loop.budget().droppedHandshake();
                                settle();
                            }
                        });
    }

    long nextReadBytes() {
        return reading.size;
    }

    /** Whether there is room for its next read, beside what was promised to others. */
    boolean hasRoom(long promised) {
        return loop.budget().room(known, reading.size + promised);
    }

    void readOn() {
        waitsForRoom = false;
        granted = true;
        if (!full) {
            channel.config().setAutoRead(true);
        }
    }

    /** One read more, though there is no room: so that one of those that wait can end. */
    void readOnWithoutRoom() {
        goesFirst = true;
        readOn();
    }

    long waitingSince() {
        return waitingSince;
    }

    private boolean begins() {
        begun = service.begins(this);
        if (!begun) {
            waitsToBegin = true;
            waitsForRoom = true;
            channel.config().setAutoRead(false);
        }
        return begun;
    }

    private void waitForRoom() {
        waitsForRoom = true;
        if (waitingSince == 0) {
            waitingSince = System.nanoTime();
        }
        channel.config().setAutoRead(false);
        loop.awaitRoom(this);
    }

    /**
     * How much is read at a time, if anything. Netty asks just before it reads, so that there is
     * room before there are bytes; between reads no buffer is held.
     */
    private final class Reading implements ExtendedHandle {

        private int size = MIN_READ_BYTES;
        private int attempted;
        private int last;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            if (lingers) {
                return allocator.ioBuffer(size); // nothing of it is kept
            }
            if (!begun && !begins()) {
                return Unpooled.EMPTY_BUFFER; // nothing is read into it
            }
            // While strangers wait, a stranger goes by the queue, which lets the smallest go first.
            boolean mayGo = known || granted || !loop.somebodyWaits();
            boolean goes = mayGo && (hasRoom(0) || goesFirst);
            granted = false;
            goesFirst = false;
            if (goes) {
                waitingSince = 0;
                return allocator.ioBuffer(size);
            }
            waitForRoom();
            return Unpooled.EMPTY_BUFFER; // nothing is read into it
        }

        @Override
        public int guess() {
            return size;
        }

        /** Who sends much is read in larger pieces. */
        @Override
        public void lastBytesRead(int bytes) {
            last = bytes;
            if (bytes == size) {
                size = Math.min(MAX_READ_BYTES, size * READ_STEP);
            } else if (bytes > 0 && bytes < size / READ_STEP) {
                size = Math.max(MIN_READ_BYTES, size / READ_STEP);
            }
        }

        @Override
        public int lastBytesRead() {
            return last;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attempted = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        /** One read a turn: the others' turn comes soon. */
        @Override
        public boolean continueReading() {
            return false;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return false;
        }

        @Override
        public void reset(ChannelConfig config) {
            last = 0;
            attempted = 0;
        }

        @Override
        public void incMessagesRead(int messages) {
            // each turn reads once
        }

        @Override
        public void readComplete() {
            // nothing to learn
        }
    }
}
