package trent.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.wire.CannotListen.Why;

/** One address, under which a site is served. */
public final class HttpService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpService.class);

    private static final int BACKLOG = 4096;

    /** How many are accepted before it is asked again whether there is a place. */
    static final int ACCEPTED_AT_ONCE = 32;

    /** Beyond the higher, answers wait for their reader; reading goes on below the lower. */
    private static final WriteBufferWaterMark UNSENT =
            new WriteBufferWaterMark(16 * 1024, 64 * 1024);

    private static final long RETRY_ACCEPT_MILLIS = 10;
    private static final int PORT_ATTEMPTS = 8;
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final Duration COUNT = Duration.ofMillis(200);

    /** The lowest port that every user may listen on. */
    private static final int UNPRIVILEGED = 1024;

    private static final int ANSWER_MILLIS = 500;
    private static final long STEP_NANOS = 2_000_000;

    private final EventLoops loops;
    private final HttpServerSettings settings;
    private final Site site;
    private final byte[] headerBlock;
    private final @Nullable Encryption encryption;
    private final List<Channel> listening = new ArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicBoolean accepting = new AtomicBoolean(true);
    private volatile boolean stopping;

    private HttpService(EventLoops loops, HttpServerSettings settings, Site site)
            throws IOException {
        this.loops = loops;
        this.settings = settings;
        this.site = site;
        this.encryption =
                settings.tls() == null
                        ? null
                        : new Encryption(settings.tls(), loops.handshakes(), loops.clock());
        StringBuilder lines = new StringBuilder();
        site.headers()
                .forEach(
                        each ->
                                lines.append(each.name())
                                        .append(": ")
                                        .append(each.value())
                                        .append("\r\n"));
        this.headerBlock = lines.toString().getBytes(US_ASCII);
    }

    /**
     * Starts to listen.
     *
     * @throws CannotListen if the address cannot be used
     * @throws IOException if the certificate cannot be used
     */
    public static HttpService start(EventLoops loops, HttpServerSettings settings, Site site)
            throws IOException {
        HttpService service = new HttpService(loops, settings, site);
        try {
            service.listen();
            return service;
        } catch (IOException e) {
            service.listening.forEach(each -> each.close().awaitUninterruptibly());
            throw e;
        }
    }

    // ---- listening

    /**
     * Looks whether an address could be listened on, and lets go of it again: for who has much to do
     * before he listens.
     *
     * @throws CannotListen if not, as far as can be told
     */
    public static void requireFree(String host, int port) throws CannotListen {
        if (port == 0) {
            return;
        }
        boolean any = false;
        for (InetAddress address : addresses(host, port)) {
            try (ServerSocket _ = new ServerSocket(port, 1, address)) {
                any = true;
            } catch (IOException _) {
                if (isOurs(address)) {
                    throw new CannotListen(host, port, inTheWay(address, port));
                }
            }
        }
        if (!any) {
            throw new CannotListen(host, port, Why.ELSEWHERE);
        }
    }

    private static Set<InetAddress> addresses(String host, int port) throws CannotListen {
        try {
            return new LinkedHashSet<>(Arrays.asList(InetAddress.getAllByName(host)));
        } catch (UnknownHostException _) {
            throw new CannotListen(host, port, Why.UNKNOWN_NAME);
        }
    }

    /** What an error says of it is in the language of the machine. */
    private static Why inTheWay(InetAddress address, int port) {
        if (port >= UNPRIVILEGED) {
            return Why.TAKEN;
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), ANSWER_MILLIS);
            return Why.TAKEN;
        } catch (IOException _) {
            return Why.NOT_ALLOWED;
        }
    }

    /** On every address of the name: a client may try any of them first. */
    private void listen() throws CannotListen {
        Set<InetAddress> addresses = addresses(settings.host(), settings.port());
        int attempts = settings.port() == 0 ? PORT_ATTEMPTS : 1;
        for (int attempt = 1; ; attempt++) {
            try {
                listenOn(addresses);
                return;
            } catch (BindException _) {
                listening.forEach(each -> each.close().syncUninterruptibly());
                listening.clear();
                if (attempt == attempts) {
                    InetAddress first = addresses.iterator().next();
                    throw new CannotListen(
                            settings.host(),
                            settings.port(),
                            addresses.stream().anyMatch(HttpService::isOurs)
                                    ? inTheWay(first, settings.port())
                                    : Why.ELSEWHERE);
                }
            }
        }
    }

    private void listenOn(Set<InetAddress> addresses) throws BindException {
        int port = settings.port();
        @Nullable BindException missing = null;
        for (InetAddress address : addresses) {
            try {
                Channel channel = bind(new InetSocketAddress(address, port));
                listening.add(channel);
                port = ((InetSocketAddress) channel.localAddress()).getPort();
            } catch (BindException e) {
                if (isOurs(address)) {
                    throw e;
                }
                missing = e; // a name may have an address that this machine has not: IPv6 is off
            }
        }
        if (listening.isEmpty() && missing != null) {
            throw missing;
        }
    }

    /** Whether this machine has the address, and it is the port that cannot be had. */
    private static boolean isOurs(InetAddress address) {
        // Asked with any port: what an error says is in the language of the machine.
        try (ServerSocket _ = new ServerSocket(0, 1, address)) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private Channel bind(InetSocketAddress address) throws BindException {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops.acceptor(), loops.group())
                        .channel(NioServerSocketChannel.class)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new ServerChannelRecvByteBufAllocator()
                                        .maxMessagesPerRead(ACCEPTED_AT_ONCE))
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .handler(new Arrivals())
                        .childOption(ChannelOption.ALLOCATOR, loops.allocator())
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT)
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        accepted(channel);
                                    }
                                });
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (bound.isSuccess()) {
            return bound.channel();
        }
        if (bound.cause() instanceof BindException e) {
            throw e;
        }
        BindException other = new BindException(String.valueOf(bound.cause().getMessage()));
        other.initCause(bound.cause());
        throw other;
    }

    /** The port that is listened on. */
    public int port() {
        return ((InetSocketAddress) listening.getFirst().localAddress()).getPort();
    }

    /** Takes a changed certificate into use; one that cannot be used leaves the old one in use. */
    public void reloadCertificateIfChanged() {
        if (encryption != null) {
            encryption.reloadIfChanged();
        }
    }

    /** The certificates that callers are shown, the server's own first; none without TLS. */
    public List<X509Certificate> certificates() {
        return encryption == null ? List.of() : encryption.chain();
    }

    /**
     * Why the files of certificate and key could not be used when they were looked at last, so that
     * older ones are in use and a start would be refused; null if they are those in use.
     */
    public @Nullable String certificateFault() {
        return encryption == null ? null : encryption.fault();
    }

    // ---- connections

    HttpServerSettings settings() {
        return settings;
    }

    Site site() {
        return site;
    }

    /** The site's headers as HTTP/1.1 writes them. */
    byte[] headerBlock() {
        return headerBlock;
    }

    /**
     * Counts those who come as soon as they are accepted: their loop may get to them much later,
     * and until then they are no less there.
     */
    @Sharable
    private final class Arrivals extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object accepted) {
            loops.budget().arrives();
            open.incrementAndGet();
            ctx.fireChannelRead(accepted);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            if (!mayAccept()) {
                acceptNoMore();
            }
            ctx.fireChannelReadComplete();
        }
    }

    /** Its loop has got to it. */
    private void accepted(SocketChannel channel) {
        loops.budget().arrived();
        if (stopping) {
            open.decrementAndGet();
            ChannelFuture _ = channel.close();
            return;
        }
        Connection connection = new Connection(this, loops.of(channel.eventLoop()), channel);
        channel.pipeline().addLast(connection);
    }

    void opened() {
        Budget budget = loops.budget();
        if (budget.almostFull()) {
            budget.relievePlaces();
        }
        if (!budget.room(false, 0)) {
            budget.relieveBytes();
        }
    }

    void closed(Connection connection) {
        open.decrementAndGet();
        if (encryption != null) {
            loops.handshakes().over(connection);
        }
    }

    /** Its first bytes have come: what it speaks is set up only now, as many never say a word. */
    void firstBytes(Connection connection) {
        if (encryption == null) {
            Http1 spoken = Http1.on(connection);
            connection.channel().pipeline().addLast(spoken);
            connection.speaks(spoken);
        } else {
            encryption.begin(connection);
        }
    }

    /** Whether its first bytes may be read; if not, it is told when. */
    boolean begins(Connection connection) {
        return encryption == null || loops.handshakes().begins(connection);
    }

    private boolean mayAccept() {
        return !loops.budget().crowded() && hasPlace();
    }

    private boolean hasPlace() {
        return loops.budget().place() && open.get() < settings.maxConnections();
    }

    /** Who comes now waits in the kernel's queue, until somebody has gone. */
    private void acceptNoMore() {
        if (accepting.compareAndSet(true, false)) {
            listening.forEach(each -> each.config().setAutoRead(false));
            acceptAgain();
        }
    }

    private void acceptAgain() {
        ScheduledFuture<?> _ =
                loops.acceptor()
                        .schedule(
                                () -> {
                                    if (mayAccept()) {
                                        accepting.set(true);
                                        listening.forEach(each -> each.config().setAutoRead(true));
                                        return;
                                    }
                                    if (open.get() >= settings.maxConnections()) {
                                        oldestGivesWay();
                                    }
                                    if (!loops.budget().place()) {
                                        loops.budget().relievePlaces();
                                    }
                                    acceptAgain();
                                },
                                RETRY_ACCEPT_MILLIS,
                                TimeUnit.MILLISECONDS);
    }

    private void oldestGivesWay() {
        loops.budget()
                .relievePlaces(each -> each instanceof Connection mine && mine.service() == this);
    }

    // ---- the end

    /** How many requests have come and are not answered; a loop that is busy is not waited for. */
    public int requests() {
        AtomicInteger requests = new AtomicInteger();
        CountDownLatch counted = new CountDownLatch(loops.all().size());
        for (Loop loop : loops.all()) {
            loop.executor()
                    .execute(
                            () -> {
                                loop.of(this).forEach(each -> requests.addAndGet(each.requests()));
                                counted.countDown();
                            });
        }
        try {
            boolean _ = counted.await(COUNT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return requests.get();
    }

    /**
     * Stops accepting, finishes what was accepted, for at most {@code drain}, and closes.
     *
     * @return how many connections were closed with something unfinished
     */
    public int stop(Duration drain) {
        stopping = true;
        listening.forEach(each -> each.close().awaitUninterruptibly());
        onEach(Connection::finish);
        long end = System.nanoTime() + drain.toNanos();
        while (open.get() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(STEP_NANOS);
        }
        int left = open.get();
        if (left > 0) {
            LOG.atWarn()
                    .addKeyValue("connections", left)
                    .log(
                            "{} connections did not end within {} s and are closed",
                            left,
                            drain.toSeconds());
            onEach(Connection::close);
        }
        return left;
    }

    private void onEach(Consumer<Connection> act) {
        for (Loop loop : loops.all()) {
            loop.executor().execute(() -> loop.of(this).forEach(act));
        }
    }

    @Override
    public void close() {
        int _ = stop(DRAIN);
    }
}
