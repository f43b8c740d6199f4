package trent.ops;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Health and metrics, on an address of their own that callers need not reach. */
public final class AdminServer {

    private final HttpServer server;

    private AdminServer(HttpServer server) {
        this.server = server;
    }

    /**
     * Starts to listen.
     *
     * @param ready whether requests are served
     * @throws IOException if the address cannot be used
     */
    public static AdminServer start(
            Vertx vertx, Address address, BooleanSupplier ready, Metrics metrics)
            throws IOException {
        HttpServer server =
                vertx.createHttpServer()
                        .requestHandler(request -> answer(request, ready.getAsBoolean(), metrics));
        try {
            server.listen(address.port(), address.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("cannot listen on " + address + ": " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return new AdminServer(server);
    }

    public int port() {
        return server.actualPort();
    }

    private static void answer(HttpServerRequest request, boolean ready, Metrics metrics) {
        switch (request.path() == null ? "" : request.path()) {
            case "/healthz" -> send(request, 200, "text/plain", Buffer.buffer("ok\n"));
            case "/readyz" ->
                    send(
                            request,
                            ready ? 200 : 503,
                            "text/plain",
                            Buffer.buffer(ready ? "ready\n" : "not ready\n"));
            case "/metrics" ->
                    send(request, 200, Metrics.CONTENT_TYPE, Buffer.buffer(metrics.text()));
            default ->
                    send(request, 404, "text/plain", Buffer.buffer("/healthz /readyz /metrics\n"));
        }
    }

    private static void send(
            HttpServerRequest request, int status, String contentType, Buffer body) {
        HttpServerResponse response = request.response();
        response.setStatusCode(status);
        response.headers()
                .add("Content-Type", contentType)
                .add("Content-Length", Integer.toString(body.length()));
        response.end(body);
    }
}
