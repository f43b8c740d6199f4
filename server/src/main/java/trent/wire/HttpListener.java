package trent.wire;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.crypto.Entropy;
import trent.store.NotInMemory;
import trent.store.Store;
import trent.wire.Front.Looked;

/**
 * One event loop's share of the connections: collects bodies, has them answered, sends the answers,
 * and ends connections that take too long.
 */
final class HttpListener extends VerticleBase {

    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

    // Names with capitals, for clients that cannot read lower case; HTTP/2 turns them to lower
    // case.
    private static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
    private static final CharSequence CONTENT_LENGTH =
            HttpHeaders.createOptimized("Content-Length");
    private static final CharSequence CONNECTION = HttpHeaders.createOptimized("Connection");
    private static final CharSequence DATE = HttpHeaders.createOptimized("Date");
    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("x-amzn-RequestId");
    private static final CharSequence CACHE_CONTROL = HttpHeaders.createOptimized("Cache-Control");
    private static final CharSequence EXPIRES = HttpHeaders.createOptimized("Expires");
    private static final CharSequence PRAGMA = HttpHeaders.createOptimized("Pragma");
    private static final CharSequence JSON_1_1 =
            HttpHeaders.createOptimized("application/x-amz-json-1.1");
    private static final CharSequence NO_STORE =
            HttpHeaders.createOptimized("no-cache, no-store, must-revalidate, private");
    private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
    private static final CharSequence ZERO = HttpHeaders.createOptimized("0");
    private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");

    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private static final long SWEEP_MILLIS = 1000;

    /**
     * What of an oversized body is read and thrown away, so that the client can read its answer.
     */
    private static final int MAX_DISCARDED_BYTES = 32 << 20;

    private final HttpServerSettings settings;
    private final HttpServerOptions options;
    private final Front front;
    private final ExecutorService aside;
    private final RequestIds requestIds;
    private final InstantSource clock;
    private final Map<HttpConnection, Connection> connections = new HashMap<>();
    private @Nullable HttpServer server;
    private long dateSecond = Long.MIN_VALUE;
    private String date = "";

    HttpListener(
            HttpServerSettings settings,
            HttpServerOptions options,
            Front front,
            ExecutorService aside,
            Entropy entropy,
            InstantSource clock) {
        this.settings = settings;
        this.options = options;
        this.front = front;
        this.aside = aside;
        this.requestIds = new RequestIds(entropy);
        this.clock = clock;
    }

    /** What is known of a connection, for ending it in time. */
    private static final class Connection {
        private int requests;
        private int bodiesMissing;
        private int unanswered;
        private long since = System.nanoTime();
    }

    @Override
    public Future<?> start() {
        context.runOnContext(_ -> Store.thisThreadMustNotWait());
        HttpServer listening = vertx.createHttpServer(options);
        server = listening;
        listening.connectionHandler(this::connected);
        listening.requestHandler(this::received);
        listening.invalidRequestHandler(this::invalid);
        listening.exceptionHandler(
                e -> LOG.atDebug().setCause(e).log("a connection failed before its first request"));
        vertx.setPeriodic(SWEEP_MILLIS, _ -> sweep());
        return listening.listen();
    }

    int port() {
        return server == null ? 0 : server.actualPort();
    }

    Future<Boolean> update(ServerSSLOptions changed) {
        return server == null
                ? Future.succeededFuture(false)
                : server.updateSSLOptions(changed, true);
    }

    Future<Void> shutdown(Duration drain) {
        return server == null
                ? Future.succeededFuture()
                : server.shutdown(drain.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void connected(HttpConnection http) {
        connections.put(http, new Connection());
        http.closeHandler(_ -> connections.remove(http));
        http.exceptionHandler(e -> LOG.atDebug().setCause(e).log("a connection failed"));
    }

    private void received(HttpServerRequest request) {
        Connection connection =
                connections.computeIfAbsent(request.connection(), _ -> new Connection());
        connection.requests++;
        connection.bodiesMissing++;
        connection.unanswered++;
        connection.since = System.nanoTime();
        request.exceptionHandler(e -> LOG.atDebug().setCause(e).log("a request was broken off"));
        Body body = new Body(request, connection);
        String expect = request.getHeader(HttpHeaders.EXPECT);
        if (expect != null) {
            if (!body.tooLong) {
                request.response().writeContinue();
            }
        }
        request.handler(body::add);
        request.endHandler(_ -> body.ended());
        if (body.tooLong) {
            body.refuse();
        }
    }

    /** The body of one request while it comes in. */
    private final class Body {

        private final HttpServerRequest request;
        private final Connection connection;
        private @Nullable Buffer collected;
        private boolean ours;
        private long length;
        private boolean tooLong;
        private boolean refused;

        private Body(HttpServerRequest request, Connection connection) {
            this.request = request;
            this.connection = connection;
            String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
            tooLong = announced != null && announcedLength(announced) > settings.maxBodyBytes();
        }

        private void add(Buffer chunk) {
            length += chunk.length();
            tooLong |= length > settings.maxBodyBytes();
            if (tooLong) {
                collected = null;
                refuse();
                if (length > MAX_DISCARDED_BYTES) {
                    request.connection().close();
                }
            } else if (collected == null) {
                collected = chunk;
            } else {
                // Copied once: once for each chunk, a body of tiny chunks would keep the loop busy.
                collected = (ours ? collected : collected.copy()).appendBuffer(chunk);
                ours = true;
            }
        }

        private void ended() {
            connection.bodiesMissing--;
            if (!tooLong) {
                byte[] bytes = collected == null ? new byte[0] : collected.getBytes();
                answer(new ReceivedRequest(request, bytes), connection);
            }
        }

        /** Answers before the body has ended; what still comes of it is thrown away. */
        private void refuse() {
            if (!refused) {
                refused = true;
                String requestId = requestIds.next();
                send(request, requestId, front.tooLarge(requestId), connection);
            }
        }
    }

    private static long announcedLength(String header) {
        try {
            return Long.parseLong(header);
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE; // more digits than a length can have
        }
    }

    private void answer(ReceivedRequest received, Connection connection) {
        HttpServerRequest request = received.http();
        String requestId = requestIds.next();
        switch (front.look(received, requestId)) {
            case Looked.Answered(Answer answer) -> send(request, requestId, answer, connection);
            case Looked.Ready<?, ?> ready -> {
                if (!ready.route().aside()) {
                    try {
                        send(request, requestId, front.answer(ready), connection);
                        return;
                    } catch (NotInMemory _) {
                        // On a thread that may wait, then.
                    }
                }
                Context loop = context;
                aside.execute(
                        () -> {
                            Answer answer = front.answer(ready);
                            loop.runOnContext(_ -> send(request, requestId, answer, connection));
                        });
            }
        }
    }

    private void send(
            HttpServerRequest request, String requestId, Answer answer, Connection connection) {
        connection.unanswered--;
        connection.since = System.nanoTime();
        HttpServerResponse response = request.response();
        if (response.closed()) {
            return; // the client has gone
        }
        response.setStatusCode(answer.status());
        MultiMap headers = response.headers();
        headers.add(REQUEST_ID, requestId);
        headers.add(CACHE_CONTROL, NO_STORE);
        headers.add(EXPIRES, ZERO);
        headers.add(PRAGMA, NO_CACHE);
        headers.add(DATE, date());
        headers.add(CONTENT_TYPE, JSON_1_1);
        headers.add(CONTENT_LENGTH, length(answer.body().length()));
        if (answer.status() == Answer.TOO_LARGE.status()) {
            headers.add(CONNECTION, CLOSE);
        }
        response.end(answer.body());
    }

    /** A request that is not HTTP, or whose line or headers are too long. */
    private void invalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        String reason = cause == null ? "" : cause.getClass().getSimpleName();
        int status =
                switch (reason) {
                    case "TooLongHttpLineException" -> 414;
                    case "TooLongHttpHeaderException" -> 431;
                    default -> 400;
                };
        HttpServerResponse response = request.response();
        response.setStatusCode(status);
        response.headers().add(DATE, date()).add(CONTENT_LENGTH, ZERO).add(CONNECTION, CLOSE);
        response.end().onComplete(_ -> request.connection().close());
    }

    private void sweep() {
        long now = System.nanoTime();
        for (Map.Entry<HttpConnection, Connection> entry :
                new ArrayList<>(connections.entrySet())) {
            Connection connection = entry.getValue();
            Duration allowed =
                    connection.bodiesMissing > 0
                            ? settings.body()
                            : connection.requests == 0 ? settings.firstRequest() : settings.idle();
            boolean waitingForClient = connection.bodiesMissing > 0 || connection.unanswered == 0;
            if (waitingForClient && now - connection.since > allowed.toNanos()) {
                entry.getKey().close();
            }
        }
    }

    private String date() {
        Instant now = clock.instant();
        if (now.getEpochSecond() != dateSecond) {
            dateSecond = now.getEpochSecond();
            date = HTTP_DATE.format(now);
        }
        return date;
    }

    private static CharSequence length(int bytes) {
        return bytes == 0 ? ZERO : Integer.toString(bytes);
    }
}
