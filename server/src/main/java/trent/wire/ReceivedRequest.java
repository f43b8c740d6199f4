package trent.wire;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import trent.wire.signature.SignedRequest;

/** A request as Vert.x received it, with its whole body. */
final class ReceivedRequest implements SignedRequest {

    private static final String TARGET = "X-Amz-Target";
    private static final String CONTENT_TYPE = "Content-Type";
    private static final String HOST = "host";
    private static final String AUTHORITY = ":authority";

    private final HttpServerRequest request;
    private final MultiMap headers;
    private final byte[] body;

    ReceivedRequest(HttpServerRequest request, byte[] body) {
        this.request = request;
        this.headers = request.headers();
        this.body = body;
    }

    HttpServerRequest http() {
        return request;
    }

    @Nullable String target() {
        return headers.get(TARGET);
    }

    @Nullable String contentType() {
        return headers.get(CONTENT_TYPE);
    }

    @Override
    public String method() {
        return request.method().name();
    }

    @Override
    public String path() {
        String path = request.path();
        return path == null ? "" : path;
    }

    @Override
    public @Nullable String query() {
        return request.query();
    }

    @Override
    public void forEachHeader(BiConsumer<String, String> line) {
        boolean host = false;
        for (Map.Entry<String, String> header : headers) {
            host |= header.getKey().equalsIgnoreCase(HOST);
            line.accept(header.getKey(), header.getValue());
        }
        if (!host && request.version() == HttpVersion.HTTP_2 && request.authority() != null) {
            String authority = request.authority().toString();
            line.accept(HOST, authority); // sent as :authority, signed under either name
            line.accept(AUTHORITY, authority);
        }
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public int bodyOffset() {
        return 0;
    }

    @Override
    public int bodyLength() {
        return body.length;
    }
}
