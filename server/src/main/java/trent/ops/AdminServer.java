package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.dev.Controls;
import trent.wire.Answer;
import trent.wire.BrowserGuard;
import trent.wire.Cors;
import trent.wire.EventLoops;
import trent.wire.HttpServerSettings;
import trent.wire.HttpService;
import trent.wire.ReceivedRequest;
import trent.wire.Reply;
import trent.wire.Site;

/** Health and metrics, on an address of their own that callers need not reach. */
public final class AdminServer implements Site {

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    /** A few probes and scrapers; more than that and the one that is idle longest is closed. */
    private static final int MAX_CONNECTIONS = 64;

    /** Nothing that is asked of health and metrics has a body. */
    private static final int MAX_BODY_BYTES = 1024;

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    private final Readiness readiness;
    private final Metrics metrics;
    private final BrowserGuard guard;
    private final @Nullable Controls controls;

    private AdminServer(
            Readiness readiness, Metrics metrics, BrowserGuard guard, @Nullable Controls controls) {
        this.readiness = readiness;
        this.metrics = metrics;
        this.guard = guard;
        this.controls = controls;
    }

    /**
     * Starts to listen.
     *
     * @param readiness whether requests are served
     * @param guard which pages are let in; none of them reads an answer
     * @param controls what tests may do; null for nothing
     * @throws IOException if the address cannot be used
     */
    public static HttpService start(
            EventLoops loops,
            Address address,
            Readiness readiness,
            Metrics metrics,
            BrowserGuard guard,
            @Nullable Controls controls)
            throws IOException {
        return HttpService.start(
                loops,
                HttpServerSettings.on(address.host(), address.port(), null)
                        .withMaxConnections(MAX_CONNECTIONS),
                new AdminServer(readiness, metrics, guard, controls));
    }

    @Override
    public void answer(ReceivedRequest request, Reply reply) {
        Answer refusal = guard.refusal(request);
        if (refusal != null) {
            reply.send(refusal);
            return;
        }
        if (controls != null && controls.takes(request, reply)) {
            return;
        }
        switch (request.path()) {
            case "/healthz" -> reply.send(text(200, "ok"));
            case "/readyz" -> reply.send(ready(readiness.state()));
            case "/metrics" -> sendMetrics(request, reply);
            default ->
                    reply.send(
                            text(
                                    404,
                                    "/healthz /readyz /metrics"
                                            + (controls == null ? "" : " " + Controls.PATHS)));
        }
    }

    private static Answer ready(Readiness.State state) {
        return Answer.of(state.ready() ? 200 : 503, JSON, state.json());
    }

    /** Aside: it asks the file system, and takes a millisecond that callers should not wait. */
    private void sendMetrics(ReceivedRequest request, Reply reply) {
        Thread.ofVirtual()
                .name("trent-metrics")
                .start(
                        () -> {
                            Answer answer;
                            try {
                                answer = Answer.of(200, Metrics.CONTENT_TYPE, metrics.text());
                            } catch (Throwable e) { // whatever it is, the caller gets an answer
                                answer = failed(request, reply.requestId(), e);
                            }
                            reply.send(answer);
                        });
    }

    private static Answer text(int status, String line) {
        return Answer.of(status, TEXT, (line + "\n").getBytes(UTF_8));
    }

    @Override
    public int maxBodyBytes() {
        return controls == null ? MAX_BODY_BYTES : Controls.MAX_BODY_BYTES;
    }

    @Override
    public List<Header> headers() {
        return List.of();
    }

    @Override
    public boolean tellsRequestId() {
        return false;
    }

    @Override
    public @Nullable Cors cors() {
        return null;
    }

    @Override
    public Answer tooLarge(ReceivedRequest request, String requestId) {
        return text(413, "a body may have %d bytes here".formatted(maxBodyBytes()));
    }

    @Override
    public Answer noRoom(ReceivedRequest request, String requestId) {
        return text(503, "no room");
    }

    @Override
    public Answer failed(ReceivedRequest request, String requestId, Throwable fault) {
        LOG.atError().setCause(fault).log("a request to the admin address met a fault of ours");
        return text(500, "failed");
    }
}
