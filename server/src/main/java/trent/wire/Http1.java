package trent.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 and 1.0: one request at a time. What a client pipelines behind it stays as bytes, and
 * beyond one read in the kernel, until the answer is on its way.
 */
final class Http1 extends HttpRequestDecoder implements Protocol {

    static final int MAX_REQUEST_LINE_BYTES = 16 * 1024;
    static final int MAX_HEADER_BYTES = 32 * 1024;

    /** How many pipelined requests are answered before it is another connection's turn. */
    private static final int MAX_IN_A_TURN = 16;

    private static final int HEAD_BYTES = 512;
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);
    private static final byte[] LINE_END = "\r\n".getBytes(US_ASCII);
    private static final byte[] DATE = "Date: ".getBytes(US_ASCII);
    private static final byte[] REQUEST_ID = "x-amzn-RequestId: ".getBytes(US_ASCII);
    private static final byte[] CLOSE = "Connection: close\r\n".getBytes(US_ASCII);
    private static final byte[] KEEP_ALIVE = "Connection: keep-alive\r\n".getBytes(US_ASCII);

    private final Connection connection;
    private final CountedHeaders.Factory headers;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Current current;
    private long since = System.nanoTime();
    private int longestLine;
    private int answeredInTurn;
    private boolean firstDone;
    private boolean headBegun;
    private boolean decoding;
    private boolean stopped;
    private boolean paused;
    private boolean closing;
    private boolean lastAnswer;
    private boolean finishing;
    private boolean inputEnded;

    static Http1 on(Connection connection) {
        return new Http1(connection, new CountedHeaders.Factory());
    }

    private Http1(Connection connection, CountedHeaders.Factory headers) {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                        .setMaxHeaderSize(MAX_HEADER_BYTES)
                        .setHeadersFactory(headers)
                        .setTrailersFactory(headers));
        this.connection = connection;
        this.headers = headers;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "not in a pipeline yet");
    }

    // ---- reading

    /** Takes one step, unless a request waits for its answer, or answers wait for a reader. */
    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
            throws Exception {
        if (closing) {
            in.skipBytes(in.readableBytes());
            return;
        }
        stopped = blocked();
        if (stopped) {
            return;
        }
        if (!headBegun && current == null) {
            headBegun = true;
            since = System.nanoTime();
        }
        decoding = true;
        try {
            super.decode(ctx, in, out);
            for (int i = 0; i < out.size(); i++) {
                received(out.get(i));
            }
            out.clear();
        } finally {
            decoding = false;
        }
    }

    private boolean blocked() {
        return answeredInTurn >= MAX_IN_A_TURN
                || (current != null && current.ended())
                || !connection.channel().isWritable();
    }

    private void received(Object part) {
        if (part instanceof HttpRequest request) {
            head(request);
        }
        if (part instanceof HttpContent content) {
            try {
                body(content);
            } finally {
                content.release();
            }
        }
    }

    private void head(HttpRequest request) {
        headBegun = false;
        longestLine = Math.max(longestLine, request.uri().length());
        if (HttpUtil.isTransferEncodingChunked(request)) {
            longestLine = MAX_REQUEST_LINE_BYTES; // what a chunk's line may come to
        }
        forgetLines();
        HttpResponseStatus refused = refusal(request);
        if (refused != null) {
            refuse(request.protocolVersion(), refused);
            return;
        }
        Current begun = new Current(request);
        current = begun;
        if (begun.announcesTooMuch()) {
            begun.tooLarge();
        } else if (begun.version.equals(HttpVersion.HTTP_1_1)
                && request.headers().contains(HttpHeaderNames.EXPECT)) {
            ChannelFuture _ =
                    context()
                            .writeAndFlush(
                                    Unpooled.wrappedBuffer(CONTINUE), context().voidPromise());
        }
    }

    /** Lines that were read leave their longest behind, in the decoder's own buffer. */
    private void forgetLines() {
        longestLine = Math.max(longestLine, headers.longestLine());
        headers.forget();
    }

    /** Why a head is refused before anything else; null if it is not. Source: RFC 9112, 9110. */
    private static @Nullable HttpResponseStatus refusal(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return statusOf(request.decoderResult().cause());
        }
        HttpVersion version = request.protocolVersion();
        if (version.equals(HttpVersion.HTTP_1_0)) {
            return null;
        }
        if (!version.equals(HttpVersion.HTTP_1_1)) {
            return HttpResponseStatus.NOT_IMPLEMENTED;
        }
        if (request.headers().getAll(HttpHeaderNames.HOST).size() != 1) {
            return HttpResponseStatus.BAD_REQUEST;
        }
        HttpResponseStatus unread = refusalOfCodings(request.headers());
        if (unread != null) {
            return unread;
        }
        String expected = request.headers().get(HttpHeaderNames.EXPECT);
        return expected == null || HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expected)
                ? null
                : HttpResponseStatus.EXPECTATION_FAILED;
    }

    /**
     * Why the transfer codings of a body are refused; null if they are not. Chunks are all that is
     * understood: a body in another coding would be taken for what it is not. Source: RFC 9112, 6.1
     * and 6.3.
     */
    private static @Nullable HttpResponseStatus refusalOfCodings(HttpHeaders head) {
        if (!head.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return null;
        }
        boolean known = true;
        boolean chunked = false;
        for (String line : head.getAll(HttpHeaderNames.TRANSFER_ENCODING)) {
            for (String coding : line.split(",", -1)) {
                if (coding.isBlank()) {
                    continue;
                }
                if (chunked) {
                    return HttpResponseStatus.BAD_REQUEST; // nothing may come after chunks
                }
                chunked = HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding.strip());
                known &= chunked;
            }
        }
        if (!chunked) {
            return HttpResponseStatus.BAD_REQUEST; // nobody can tell where it ends
        }
        return known ? null : HttpResponseStatus.NOT_IMPLEMENTED;
    }

    private static HttpResponseStatus statusOf(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return HttpResponseStatus.REQUEST_URI_TOO_LONG;
        }
        return cause instanceof TooLongHttpHeaderException
                ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                : HttpResponseStatus.BAD_REQUEST;
    }

    private void body(HttpContent content) {
        Current receiving = current;
        if (receiving == null) {
            return; // of a request that was refused
        }
        if (content.decoderResult().isFailure()) {
            refuse(receiving.version, HttpResponseStatus.BAD_REQUEST);
            return;
        }
        receiving.add(content.content());
        if (content instanceof LastHttpContent && current == receiving) {
            boolean early = receiving.answered();
            receiving.end();
            if (early) {
                over(receiving);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        ctx.flush();
        pauseIfBlocked();
        ctx.fireChannelReadComplete();
    }

    /** What was read of a pipeline stays as bytes until {@link #goOn}; no more is read then. */
    private void pauseIfBlocked() {
        // Stopped counts although nothing may block any more: the flush may have made room since,
        // and what is left would wait for bytes that never come.
        if (actualReadableBytes() > 0 && (stopped || blocked()) && !closing && !paused) {
            paused = true;
            connection.readNoMore();
        }
        answeredInTurn = 0;
        if (paused && !blocked()) {
            connection.loop().nextTurn(this);
        }
    }

    @Override
    public void goOn() {
        if (!paused || blocked()) {
            return;
        }
        paused = false;
        try {
            channelRead(context(), Unpooled.EMPTY_BUFFER);
        } catch (Exception e) {
            connection.exceptionCaught(context(), e);
            return;
        }
        context().flush();
        pauseIfBlocked();
        if (!paused) {
            connection.readMore();
            closeIfNothingIsLeft();
        }
        connection.settle();
    }

    @Override
    public void inputEnded() {
        inputEnded = true;
        closeIfNothingIsLeft();
    }

    /** If its client sends no more: what is there by half will never be whole. */
    private void closeIfNothingIsLeft() {
        boolean answering = current != null && current.ended();
        boolean left = actualReadableBytes() > 0 && (paused || stopped || blocked());
        if (inputEnded && !closing && !answering && !left) {
            closeAfterAnswers();
        }
    }

    /** Over TLS its client says so in words, and may leave the socket open. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event == SslCloseCompletionEvent.SUCCESS) {
            connection.inputEnded();
        }
        super.userEventTriggered(ctx, event);
    }

    // ---- answering

    /** The request of this connection, the only one at its time. */
    private final class Current extends Exchange {

        private final HttpVersion version;
        private final boolean keepAlive;
        private final boolean withoutBody;
        private boolean closes;

        private Current(HttpRequest request) {
            super(connection, ReceivedRequest.of(request, connection.peer()));
            this.version = request.protocolVersion();
            this.keepAlive = HttpUtil.isKeepAlive(request);
            this.withoutBody = request.method().equals(HttpMethod.HEAD);
        }

        @Override
        void cutOff(Connection carrier) {
            carrier.close();
        }

        @Override
        void write(Answer answer) {
            boolean last = inputEnded && actualReadableBytes() == 0;
            closes = closing || finishing || last || !keepAlive || !ended();
            ByteBuf bytes = context().alloc().ioBuffer(HEAD_BYTES + answer.length());
            statusLine(bytes, version, HttpResponseStatus.valueOf(answer.status()));
            if (site().tellsRequestId()) {
                bytes.writeBytes(REQUEST_ID);
                bytes.writeCharSequence(requestId(), US_ASCII);
                bytes.writeBytes(LINE_END);
            }
            bytes.writeBytes(connection.service().headerBlock());
            for (Site.Header each : crossOrigin()) {
                line(bytes, each.name(), each.value());
            }
            bytes.writeBytes(DATE);
            bytes.writeBytes(connection.loop().date());
            bytes.writeBytes(LINE_END);
            line(bytes, "Content-Type", answer.contentType());
            line(bytes, "Content-Length", Integer.toString(answer.length()));
            if (closes) {
                bytes.writeBytes(CLOSE);
            } else if (version.equals(HttpVersion.HTTP_1_0)) {
                bytes.writeBytes(KEEP_ALIVE);
            }
            bytes.writeBytes(LINE_END);
            if (!withoutBody) {
                bytes.writeBytes(answer.bytes(), 0, answer.length());
            }
            ChannelFuture _ = context().write(bytes, context().voidPromise());
            answeredInTurn++;
            if (ended()) {
                over(this);
            }
            if (!decoding) {
                context().flush();
                connection.settle();
                goOn();
            }
        }
    }

    /** It is answered, and its body has come to its end. */
    private void over(Current answered) {
        current = null;
        forgetLines(); // of trailers
        since = System.nanoTime();
        firstDone = true;
        if (answered.closes && !lastAnswer) {
            closeAfterAnswers();
        }
    }

    /** Refuses a request without a word, as it may be none, and closes. */
    private void refuse(HttpVersion version, HttpResponseStatus status) {
        boolean answered = current != null && current.answered();
        current = null;
        forgetLines();
        if (!answered) {
            ByteBuf bytes = context().alloc().ioBuffer(HEAD_BYTES);
            statusLine(bytes, version, status);
            bytes.writeBytes(DATE);
            bytes.writeBytes(connection.loop().date());
            bytes.writeBytes(LINE_END);
            line(bytes, "Content-Length", "0");
            bytes.writeBytes(CLOSE);
            bytes.writeBytes(LINE_END);
            ChannelFuture _ = context().write(bytes, context().voidPromise());
        }
        closing = true;
        context().flush();
        connection.closeAfterLastAnswer();
    }

    private void closeAfterAnswers() {
        closing = true;
        ChannelFuture _ =
                context()
                        .writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(ChannelFutureListener.CLOSE);
    }

    private static void statusLine(ByteBuf to, HttpVersion version, HttpResponseStatus status) {
        to.writeCharSequence(version.minorVersion() == 0 ? "HTTP/1.0 " : "HTTP/1.1 ", US_ASCII);
        to.writeCharSequence(status.codeAsText(), US_ASCII);
        to.writeByte(' ');
        to.writeCharSequence(status.reasonPhrase(), US_ASCII);
        to.writeBytes(LINE_END);
    }

    private static void line(ByteBuf to, String name, String value) {
        to.writeCharSequence(name, US_ASCII);
        to.writeByte(':');
        to.writeByte(' ');
        to.writeCharSequence(value, US_ASCII);
        to.writeBytes(LINE_END);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connection.exceptionCaught(ctx, cause);
    }

    // ---- what it holds, and for how long

    @Override
    public long heldBytes() {
        Current holding = current;
        return internalBuffer().capacity()
                + headers.bytes()
                + CountedHeaders.scratchBytes(longestLine)
                + (holding == null ? 0 : holding.heldBytes());
    }

    @Override
    public int requests() {
        return current == null ? 0 : 1;
    }

    @Override
    public boolean betweenRequests() {
        return current == null && !headBegun;
    }

    @Override
    public void sweep(long now) {
        HttpServerSettings settings = connection.service().settings();
        Current receiving = current;
        if (receiving != null) {
            if (!receiving.ended() && now - receiving.since() > settings.body().toNanos()) {
                connection.close();
            }
            return;
        }
        long allowed =
                (headBegun || !firstDone ? settings.firstRequest() : settings.idle()).toNanos();
        if (now - since > allowed) {
            closeAfterAnswers();
        }
    }

    @Override
    public void giveWay() {
        Current receiving = current;
        if (receiving == null || receiving.answered()) {
            context().flush();
            connection.close();
            return;
        }
        if (receiving.ended()) {
            finishing = true; // it is being carried out, and may not be told that it is not
            return;
        }
        closing = true;
        lastAnswer = true;
        receiving.noRoom();
        current = null;
        connection.closeAfterLastAnswer();
    }

    @Override
    public void finish() {
        finishing = true;
        if (current == null) {
            closeAfterAnswers();
        }
    }
}
