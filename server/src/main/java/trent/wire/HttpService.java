package trent.wire;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.crypto.Entropy;
import trent.wire.HttpServerSettings.Tls;

/** The HTTP server of the API: one listener for each event loop, all on one port. */
public final class HttpService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpService.class);

    private static final int MAX_REQUEST_LINE_BYTES = 16 * 1024;
    private static final int MAX_HEADER_BYTES = 32 * 1024;
    private static final int MAX_STREAMS = 100;
    private static final int BACKLOG = 4096;
    private static final int ANY_PORT_SHARED = -1;

    private final HttpServerSettings settings;
    private final List<HttpListener> listeners = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService aside = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable List<FileTime> certificateTimes;

    private HttpService(HttpServerSettings settings) {
        this.settings = settings;
    }

    /**
     * Starts to listen.
     *
     * @throws IOException if the address cannot be used or the certificate not be read
     */
    public static HttpService start(
            Vertx vertx,
            HttpServerSettings settings,
            Front front,
            Entropy entropy,
            InstantSource clock)
            throws IOException {
        HttpService service = new HttpService(settings);
        service.certificateTimes = service.certificateTimes();
        HttpServerOptions options = service.options();
        Future<String> deployed =
                vertx.deployVerticle(
                        () -> {
                            HttpListener listener =
                                    new HttpListener(
                                            settings,
                                            options,
                                            front,
                                            service.aside,
                                            entropy,
                                            clock);
                            service.listeners.add(listener);
                            return listener;
                        },
                        new DeploymentOptions()
                                .setThreadingModel(ThreadingModel.EVENT_LOOP)
                                .setInstances(settings.eventLoops()));
        await(deployed, "cannot listen on " + settings.host() + ":" + settings.port());
        return service;
    }

    /** The port that is listened on. */
    public int port() {
        return listeners.getFirst().port();
    }

    /** Takes a changed certificate into use; one that cannot be read leaves the old one in use. */
    public void reloadCertificateIfChanged() {
        Tls tls = settings.tls();
        if (tls == null) {
            return;
        }
        List<FileTime> times = certificateTimes();
        if (times == null || times.equals(certificateTimes)) {
            return;
        }
        certificateTimes = times;
        ServerSSLOptions changed = new ServerSSLOptions().setKeyCertOptions(keyCert(tls));
        try {
            for (HttpListener listener : List.copyOf(listeners)) {
                await(listener.update(changed), "the certificate was not changed");
            }
            LOG.atInfo().addKeyValue("certificate", tls.certificate()).log("certificate reloaded");
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("certificate", tls.certificate())
                    .log(
                            "the changed certificate cannot be used, the old one stays in use: {}",
                            e.getMessage());
        }
    }

    /** Stops accepting, finishes what was accepted, for at most {@code drain}, and closes. */
    public void stop(Duration drain) {
        List<Future<Void>> stopping = new ArrayList<>();
        for (HttpListener listener : List.copyOf(listeners)) {
            stopping.add(listener.shutdown(drain));
        }
        try {
            await(Future.join(stopping), "some connections did not end in time");
        } catch (IOException e) {
            LOG.atWarn().log(e.getMessage());
        }
        aside.close();
    }

    @Override
    public void close() {
        stop(Duration.ofSeconds(10));
    }

    private HttpServerOptions options() {
        HttpServerOptions options =
                new HttpServerOptions()
                        .setHost(settings.host())
                        .setPort(settings.port() == 0 ? ANY_PORT_SHARED : settings.port())
                        .setAcceptBacklog(BACKLOG)
                        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                        .setMaxHeaderSize(MAX_HEADER_BYTES)
                        .setHandle100ContinueAutomatically(false)
                        .setHttp2ClearTextEnabled(false)
                        // Else each connection is prepared for WebSockets, which are not spoken.
                        .setPerMessageWebSocketCompressionSupported(false)
                        .setPerFrameWebSocketCompressionSupported(false)
                        .setInitialSettings(
                                new Http2Settings()
                                        .setMaxConcurrentStreams(MAX_STREAMS)
                                        .setMaxHeaderListSize(MAX_HEADER_BYTES));
        Tls tls = settings.tls();
        if (tls != null) {
            options.setSsl(true).setUseAlpn(true).setKeyCertOptions(keyCert(tls));
        }
        return options;
    }

    private static PemKeyCertOptions keyCert(Tls tls) {
        return new PemKeyCertOptions()
                .setCertPath(tls.certificate().toString())
                .setKeyPath(tls.privateKey().toString());
    }

    private @Nullable List<FileTime> certificateTimes() {
        Tls tls = settings.tls();
        if (tls == null) {
            return null;
        }
        try {
            return List.of(
                    Files.getLastModifiedTime(tls.certificate()),
                    Files.getLastModifiedTime(tls.privateKey()));
        } catch (IOException _) { // being replaced just now: it is looked at again soon
            return null;
        }
    }

    private static void await(Future<?> future, String failure) throws IOException {
        try {
            future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(failure + ": " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException(failure + ": it took more than 60 seconds", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(failure + ": interrupted", e);
        }
    }
}
