package trent.wire;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.wire.HttpServerSettings.Tls;

/** TLS 1.3 and 1.2, HTTP/2 where the client wants it; the certificate may be replaced. */
final class Encryption {

    private static final Logger LOG = LoggerFactory.getLogger(Encryption.class);

    /** Sessions that the JDK remembers for clients without tickets: 20,480 by default. */
    private static final long MAX_SESSIONS = 256;

    private static final long SESSION_SECONDS = 3600;
    private static final long LAST_WORD_MILLIS = 1000;

    private final Tls tls;
    private final Handshakes handshakes;
    private final InstantSource clock;
    private volatile Loaded loaded;
    private volatile @Nullable String fault;
    private List<Object> marks;
    private boolean toldOfEnd;

    /** What connections are encrypted with, and what it was made of. */
    private record Loaded(SslContext context, TlsFiles files) {}

    /**
     * Reads certificate and key.
     *
     * @throws IOException if they cannot be used, in words for the operator
     */
    Encryption(Tls tls, Handshakes handshakes, InstantSource clock) throws IOException {
        this.tls = tls;
        this.handshakes = handshakes;
        this.clock = clock;
        this.marks = TlsFiles.marks(tls);
        this.loaded = load(tls);
        warn(loaded.files());
    }

    private static Loaded load(Tls tls) throws IOException {
        TlsFiles files = TlsFiles.read(tls);
        return new Loaded(context(files), files);
    }

    private static SslContext context(TlsFiles files) throws IOException {
        return SslContextBuilder.forServer(
                        files.key(), files.chain().toArray(X509Certificate[]::new))
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .sessionCacheSize(MAX_SESSIONS)
                .sessionTimeout(SESSION_SECONDS)
                .applicationProtocolConfig(
                        new ApplicationProtocolConfig(
                                ApplicationProtocolConfig.Protocol.ALPN,
                                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                                ApplicationProtocolNames.HTTP_2,
                                ApplicationProtocolNames.HTTP_1_1))
                .build();
    }

    /** What works, though perhaps not for all: whoever is to mend it must hear of it. */
    private void warn(TlsFiles files) {
        Instant now = clock.instant();
        Instant from = files.validFrom(now);
        if (from != null) {
            LOG.atWarn()
                    .addKeyValue("certificate", tls.certificate())
                    .log(
                            "the certificate is valid from {} on, and it is {}: clients refuse it until then. See to the"
                                    + " clock, or to the certificate",
                            from,
                            now);
        }
        if (readByAll(tls.privateKey())) {
            LOG.atWarn()
                    .log(
                            "the key {} can be read by every user of the machine. Unless it is a mounted secret, chmod 600 {}",
                            tls.privateKey(),
                            tls.privateKey());
        }
        for (String warning : files.warnings()) {
            LOG.atWarn().addKeyValue("certificate", tls.certificate()).log("{}", warning);
        }
        toldOfEnd = false;
        tellOfEnd();
    }

    private static boolean readByAll(Path file) {
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class);
        try {
            return view != null
                    && view.readAttributes()
                            .permissions()
                            .contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException _) { // being replaced just now
            return false;
        }
    }

    /** Once for each certificate. */
    private void tellOfEnd() {
        Instant ends = loaded.files().ends();
        if (!toldOfEnd && ends.isBefore(clock.instant())) {
            toldOfEnd = true;
            LOG.atWarn()
                    .addKeyValue("certificate", tls.certificate())
                    .log(
                            "the certificate ended at {}: clients refuse it. Put a new one and its key in their files; they"
                                    + " are read again by themselves",
                            ends);
        }
    }

    /** The certificates that callers are shown, the server's own first. */
    List<X509Certificate> chain() {
        return loaded.files().chain();
    }

    /** Why the files cannot be used as they were last seen; null if they are in use. */
    @Nullable String fault() {
        return fault;
    }

    /**
     * Takes a changed pair into use. One that cannot be used leaves the old one in use: when both
     * files are replaced one after the other, until the new pair is whole.
     */
    void reloadIfChanged() {
        tellOfEnd();
        List<Object> now = TlsFiles.marks(tls);
        if (now.equals(marks)) {
            return;
        }
        marks = now;
        try {
            Loaded changed = load(tls);
            loaded = changed;
            fault = null;
            LOG.atInfo()
                    .addKeyValue("certificate", tls.certificate())
                    .addKeyValue("validUntil", changed.files().ends())
                    .log("certificate reloaded");
            warn(changed.files());
        } catch (IOException e) {
            fault = e.getMessage();
            LOG.atWarn()
                    .addKeyValue("certificate", tls.certificate())
                    .log(
                            "the changed certificate cannot be used, the old one stays in use: {}",
                            e.getMessage());
        }
    }

    /** Takes a handshake in progress out of a connection, which hears of nothing any more. */
    static void end(Connection connection) {
        ChannelPipeline pipeline = connection.channel().pipeline();
        if (pipeline.get(Negotiation.class) != null) {
            pipeline.remove(Negotiation.class); // first, or it would close the connection
            pipeline.remove(Handler.class);
        }
    }

    /** Has a connection speak TLS, and then what was agreed on. */
    void begin(Connection connection) {
        Handler handler =
                new Handler(
                        loaded.context().newEngine(connection.channel().alloc()),
                        handshakes.executor(connection));
        handler.handshakeFuture().addListener(_ -> handshakes.over(connection));
        handler.setHandshakeTimeoutMillis(0); // the connection has a deadline of its own
        handler.setCloseNotifyFlushTimeoutMillis(LAST_WORD_MILLIS);
        connection.goesThrough(handler);
        connection.channel().pipeline().addLast(handler, new Negotiation(connection));
    }

    /** Has the connection speak what was agreed on. */
    private static final class Negotiation extends ApplicationProtocolNegotiationHandler {

        private final Connection connection;

        private Negotiation(Connection connection) {
            super(ApplicationProtocolNames.HTTP_1_1);
            this.connection = connection;
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                Http2 spoken = Http2.on(connection);
                ctx.pipeline().addLast(spoken);
                connection.speaks(spoken);
            } else {
                Http1 spoken = Http1.on(connection);
                ctx.pipeline().addLast(spoken);
                connection.speaks(spoken);
            }
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
            LOG.atDebug().setCause(cause).log("a handshake failed");
            connection.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.atDebug().setCause(cause).log("a connection failed");
            connection.close();
        }
    }

    /** The JDK's TLS, and what it holds. */
    private static final class Handler extends SslHandler implements Connection.Transport {

        /** Measured, see docs/decisions/0011-one-budget.md. */
        private static final long ENCRYPTED_BYTES = 10_000;

        private Handler(SSLEngine engine, Executor handshake) {
            super(engine, handshake);
        }

        @Override
        public long heldBytes() {
            return (handshakeFuture().isDone() ? ENCRYPTED_BYTES : Handshakes.HANDSHAKE_BYTES)
                    + internalBuffer().capacity();
        }

        @Override
        public ChannelFuture lastWord() {
            return closeOutbound();
        }
    }
}
