package trent.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
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
    private static final String NOT_A_PAIR =
            "the key is not the certificate's. Name the two that belong together";
    private static final byte[] PROBE = "do they belong together?".getBytes(US_ASCII);
    private static final long LAST_WORD_MILLIS = 1000;

    private final Tls tls;
    private final Handshakes handshakes;
    private volatile SslContext context;
    private @Nullable List<FileTime> times;

    /**
     * Reads certificate and key.
     *
     * @throws IOException if they cannot be read or do not belong together
     */
    Encryption(Tls tls, Handshakes handshakes) throws IOException {
        this.tls = tls;
        this.handshakes = handshakes;
        this.times = times();
        this.context = read(tls);
    }

    private static SslContext read(Tls tls) throws IOException {
        try {
            X509Certificate[] chain = Pem.chain(tls.certificate().toFile());
            PublicKey publicKey = chain[0].getPublicKey();
            PrivateKey key = ofTheKindOf(publicKey, Pem.privateKey(tls.privateKey().toFile()));
            requirePair(key, publicKey);
            return SslContextBuilder.forServer(key, chain)
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .sessionCacheSize(MAX_SESSIONS)
                    .sessionTimeout(SESSION_SECONDS)
                    .applicationProtocolConfig(
                            new ApplicationProtocolConfig(
                                    ApplicationProtocolConfig.Protocol.ALPN,
                                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                                    ApplicationProtocolConfig.SelectedListenerFailureBehavior
                                            .ACCEPT,
                                    ApplicationProtocolNames.HTTP_2,
                                    ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "the certificate %s and the key %s cannot be used: %s"
                            .formatted(tls.certificate(), tls.privateKey(), cause.getMessage()),
                    e);
        }
    }

    /** The JDK's own: Netty may read it by Bouncy Castle, whose elliptic keys it does not know. */
    private static PrivateKey ofTheKindOf(PublicKey publicKey, PrivateKey read)
            throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance(publicKey.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(read.getEncoded()));
        } catch (InvalidKeySpecException _) {
            throw new KeyException(NOT_A_PAIR);
        }
    }

    /**
     * Refuses a key that is not the certificate's: each handshake would fail. When both are
     * replaced one after the other, the old pair stays in use until the new one is whole.
     */
    private static void requirePair(PrivateKey key, PublicKey publicKey)
            throws GeneralSecurityException {
        String algorithm =
                switch (publicKey.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> publicKey.getAlgorithm();
                };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(PROBE);
        if (!signature.verify(signed)) {
            throw new KeyException(NOT_A_PAIR);
        }
    }

    /** Takes a changed certificate into use; one that cannot be read leaves the old one in use. */
    void reloadIfChanged() {
        List<FileTime> now = times();
        if (now == null || now.equals(times)) {
            return;
        }
        times = now;
        try {
            context = read(tls);
            LOG.atInfo().addKeyValue("certificate", tls.certificate()).log("certificate reloaded");
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("certificate", tls.certificate())
                    .log(
                            "the changed certificate cannot be used, the old one stays in use: {}",
                            e.getMessage());
        }
    }

    private @Nullable List<FileTime> times() {
        try {
            return List.of(
                    Files.getLastModifiedTime(tls.certificate()),
                    Files.getLastModifiedTime(tls.privateKey()));
        } catch (IOException _) { // being replaced just now: it is looked at again soon
            return null;
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

    /** Netty's readers of PEM files, which it lends to its subclasses only. */
    private abstract static class Pem extends DelegatingSslContext {

        @SuppressWarnings("UnusedMethod") // no object is made, and a class must have one
        private Pem(SslContext context) {
            super(context);
        }

        static PrivateKey privateKey(File file) throws GeneralSecurityException, IOException {
            return toPrivateKey(file, null);
        }

        static X509Certificate[] chain(File file) throws GeneralSecurityException {
            return toX509Certificates(file);
        }
    }

    /** Has a connection speak TLS, and then what was agreed on. */
    void begin(Connection connection) {
        Handler handler =
                new Handler(
                        context.newEngine(connection.channel().alloc()),
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
