package trent.wire;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import trent.audit.Sender;
import trent.call.Origin;
import trent.wire.signature.SignedRequest;
import trent.wire.signature.SigningService;

/** A request as it was received, of whichever HTTP, with its whole body. */
public final class ReceivedRequest implements SignedRequest, Supplier<Origin>, Sender {

    private static final AsciiString TARGET = AsciiString.cached("x-amz-target");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final AsciiString USER_AGENT = AsciiString.cached("user-agent");
    private static final AsciiString REFERER = AsciiString.cached("referer");
    private static final AsciiString ORIGIN = AsciiString.cached("origin");
    private static final String HOST = "host";
    private static final String AUTHORITY = ":authority";
    private static final char PSEUDO = ':';
    private static final byte[] NOTHING = {};

    /** What a header line costs beside its text, measured: entry, name, value. */
    static final long LINE_BYTES = 150;

    private static final long REQUEST_BYTES = 500;

    /** Header lines, of whichever HTTP. */
    private interface Lines {
        @Nullable CharSequence get(AsciiString name);

        Iterator<Map.Entry<CharSequence, CharSequence>> iterator();
    }

    private final String method;
    private final String uri;
    private final @Nullable String authority;
    private final Lines lines;
    private final long headBytes;
    private final Peer peer;
    private byte[] body = NOTHING;
    private int length;

    private ReceivedRequest(
            String method,
            String uri,
            @Nullable String authority,
            Lines lines,
            long headBytes,
            Peer peer) {
        this.method = method;
        this.uri = uri;
        this.authority = authority;
        this.lines = lines;
        this.headBytes = headBytes;
        this.peer = peer;
    }

    static ReceivedRequest of(HttpRequest request, Peer peer) {
        HttpHeaders headers = request.headers();
        return new ReceivedRequest(
                request.method().name(),
                request.uri(),
                null,
                new Lines() {
                    @Override
                    public @Nullable CharSequence get(AsciiString name) {
                        return headers.get(name);
                    }

                    @Override
                    public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
                        return headers.iteratorCharSequence();
                    }
                },
                REQUEST_BYTES
                        + request.uri().length()
                        + (headers instanceof CountedHeaders counted ? counted.bytes() : 0),
                peer);
    }

    static ReceivedRequest of(Http2Headers headers, Peer peer) {
        long bytes = REQUEST_BYTES;
        for (Map.Entry<CharSequence, CharSequence> line : headers) {
            bytes += LINE_BYTES + line.getKey().length() + line.getValue().length();
        }
        return new ReceivedRequest(
                text(headers.method()),
                text(headers.path()),
                headers.authority() == null ? null : text(headers.authority()),
                new Lines() {
                    @Override
                    public @Nullable CharSequence get(AsciiString name) {
                        return headers.get(name);
                    }

                    @Override
                    public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
                        return headers.iterator();
                    }
                },
                bytes,
                peer);
    }

    private static String text(@Nullable CharSequence value) {
        return value == null ? "" : value.toString();
    }

    @Override
    public String sourceIp() {
        return peer.sourceIp(this);
    }

    @Override
    public @Nullable String userAgent() {
        return header(USER_AGENT);
    }

    @Override
    public @Nullable String accessKeyId() {
        return SigningService.claimedAccessKeyId(this);
    }

    @Override
    public int bodyBytes() {
        return length;
    }

    /** Where it came from. */
    @Override
    public Origin get() {
        return new Origin(sourceIp(), peer.secure(this), userAgent(), header(REFERER));
    }

    /** The host that it is meant for as HTTP/2 names it; null if it does not. */
    @Nullable String authority() {
        return authority;
    }

    /** What its head holds in memory. */
    long headBytes() {
        return headBytes;
    }

    /** The body's length as the head tells it; -1 if it does not. */
    long announcedLength() {
        String value = header(CONTENT_LENGTH);
        if (value == null) {
            return -1;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException _) {
            return Long.MAX_VALUE; // more digits than a length can have
        }
    }

    void body(byte[] bytes, int bodyLength) {
        body = bytes;
        length = bodyLength;
    }

    @Nullable String header(AsciiString name) {
        CharSequence value = lines.get(name);
        return value == null ? null : value.toString();
    }

    /** Whose page it comes from, as a browser says; null if none has said so. */
    public @Nullable String origin() {
        return header(ORIGIN);
    }

    @Nullable String target() {
        return header(TARGET);
    }

    /** Null if it tells none. */
    public @Nullable String contentType() {
        return header(CONTENT_TYPE);
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        int start = pathStart();
        int query = uri.indexOf('?', start);
        String path = uri.substring(start, query < 0 ? uri.length() : query);
        return path.isEmpty() && start > 0 ? "/" : path;
    }

    @Override
    public @Nullable String query() {
        int query = uri.indexOf('?', pathStart());
        return query < 0 ? null : uri.substring(query + 1);
    }

    /** A request to a proxy names scheme and host before the path. */
    private int pathStart() {
        if (uri.isEmpty() || uri.charAt(0) == '/') {
            return 0;
        }
        int scheme = uri.indexOf("://");
        if (scheme < 0) {
            return 0;
        }
        int path = uri.indexOf('/', scheme + 3);
        return path < 0 ? uri.length() : path;
    }

    @Override
    public void forEachHeader(BiConsumer<String, String> line) {
        boolean host = false;
        for (Iterator<Map.Entry<CharSequence, CharSequence>> each = lines.iterator();
                each.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> header = each.next();
            String name = header.getKey().toString();
            if (name.isEmpty() || name.charAt(0) != PSEUDO) {
                host |= name.equalsIgnoreCase(HOST);
                line.accept(name, header.getValue().toString());
            }
        }
        if (!host && authority != null) {
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
        return length;
    }
}
