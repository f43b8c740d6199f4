package trent.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** HTTP/2: many requests at a time, each with a deadline of its own. */
final class Http2 extends Http2ConnectionHandler implements Protocol {

    private static final int MAX_STREAMS = 100;
    private static final Http2Headers GO_ON = new DefaultHttp2Headers(false).status("100");

    private static final Answer EXPECTS_TOO_MUCH =
            Answer.of(HttpResponseStatus.EXPECTATION_FAILED.code(), "text/plain", new byte[0]);

    /** Frames that carry no request: acknowledged, prioritized, ignored; in a second. */
    private static final int MAX_IDLE_FRAMES = 1000;

    private static final int MAX_UNSENT_CONTROL_FRAMES = 200;
    private static final int MAX_EMPTY_FRAMES = 2;
    private static final int MAX_RESETS = 200;
    private static final int RESETS_SECONDS = 30;
    private static final int MAX_SMALL_CONTINUATIONS = 16;

    /** What HTTP/2 costs beside what comes: measured, see docs/decisions/0011-one-budget.md. */
    private static final long CONNECTION_BYTES = 10_000;

    private static final long STREAM_BYTES = 1_500;

    private final Connection connection;
    private final Map<Integer, Stream> streams = new HashMap<>();
    private @Nullable ChannelHandlerContext context;
    private long idleSince = System.nanoTime();
    private long headBegan;
    private int idleFrames;

    /** Read since the last whole frame: pieces of a head are kept where nothing tells of them. */
    private long unfinishedBytes;

    static Http2 on(Connection connection) {
        return new Builder(connection).build();
    }

    private static final class Builder
            extends AbstractHttp2ConnectionHandlerBuilder<Http2, Builder> {

        private final Connection connection;

        private Builder(Connection connection) {
            this.connection = connection;
            server(true);
            initialSettings(
                    new Http2Settings()
                            .maxConcurrentStreams(MAX_STREAMS)
                            .maxHeaderListSize(Http1.MAX_HEADER_BYTES));
            encoderEnforceMaxQueuedControlFrames(MAX_UNSENT_CONTROL_FRAMES);
            decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_FRAMES);
            decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESETS_SECONDS);
            encoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESETS_SECONDS);
            decoderEnforceMaxSmallContinuationFrames(MAX_SMALL_CONTINUATIONS);
        }

        @Override
        protected Http2 build() {
            return super.build();
        }

        @Override
        protected Http2 build(
                Http2ConnectionDecoder decoder,
                Http2ConnectionEncoder encoder,
                Http2Settings settings) {
            Http2 built = new Http2(connection, decoder, encoder, settings);
            decoder.frameListener(built.new Frames());
            return built;
        }
    }

    private Http2(
            Connection connection,
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings) {
        super(decoder, encoder, settings);
        this.connection = connection;
        connection()
                .addListener(
                        new Http2ConnectionAdapter() {
                            @Override
                            public void onStreamRemoved(Http2Stream stream) {
                                forget(stream.id());
                            }
                        });
    }

    private void forget(int id) {
        if (streams.remove(id) != null && streams.isEmpty()) {
            idleSince = System.nanoTime();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context, "not in a pipeline yet");
    }

    // ---- reading

    /** What the client sends, frame by frame. */
    private final class Frames extends Http2FrameAdapter {

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int id,
                Http2Headers headers,
                int streamDependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean endOfStream) {
            onHeadersRead(ctx, id, headers, padding, endOfStream);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int id,
                Http2Headers headers,
                int padding,
                boolean endOfStream) {
            unfinishedBytes = 0;
            Stream stream = streams.get(id);
            if (stream == null) {
                stream = new Stream(id, ReceivedRequest.of(headers, connection.peer()));
                streams.put(id, stream);
                if (stream.announcesTooMuch()) {
                    stream.tooLarge();
                } else if (!understood(headers.get(HttpHeaderNames.EXPECT))) {
                    stream.send(EXPECTS_TOO_MUCH);
                } else if (!endOfStream && headers.contains(HttpHeaderNames.EXPECT)) {
                    ChannelFuture _ =
                            encoder().writeHeaders(ctx, id, GO_ON, 0, false, ctx.newPromise());
                    flush(ctx);
                }
            } // else trailers, of which nothing is taken
            if (endOfStream) {
                stream.end();
            }
        }

        @Override
        public int onDataRead(
                ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean endOfStream) {
            unfinishedBytes = 0;
            int read = data.readableBytes() + padding;
            Stream stream = streams.get(id);
            if (stream != null) {
                stream.add(data);
                if (endOfStream) {
                    stream.end();
                }
            }
            return read;
        }

        @Override
        public void onPriorityRead(
                ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
                throws Http2Exception {
            countIdleFrame();
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
                throws Http2Exception {
            countIdleFrame();
        }

        @Override
        public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
            countIdleFrame();
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
            countIdleFrame();
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
            countIdleFrame();
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int id, long error)
                throws Http2Exception {
            countIdleFrame();
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext ctx, int id, int increment)
                throws Http2Exception {
            countIdleFrame();
        }

        @Override
        public void onUnknownFrame(
                ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload) {
            unfinishedBytes = 0;
            if (++idleFrames > MAX_IDLE_FRAMES) {
                connection.close(); // this one may not throw
            }
        }
    }

    private static boolean understood(@Nullable CharSequence expected) {
        return expected == null || HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expected);
    }

    private void countIdleFrame() throws Http2Exception {
        unfinishedBytes = 0;
        if (++idleFrames > MAX_IDLE_FRAMES) {
            throw Http2Exception.connectionError(
                    Http2Error.ENHANCE_YOUR_CALM, "too many frames that carry no request");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
            super.exceptionCaught(ctx, cause);
        } else {
            connection.exceptionCaught(ctx, cause);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (message instanceof ByteBuf bytes) {
            unfinishedBytes += bytes.readableBytes();
        }
        super.channelRead(ctx, message);
    }

    /** The other half may be needed: for what it has asked for whole. */
    @Override
    public void inputEnded() {
        for (Stream each : List.copyOf(streams.values())) {
            if (!each.ended()) {
                reset(each);
            }
        }
        flush(context());
        finish();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event == SslCloseCompletionEvent.SUCCESS) {
            connection.inputEnded();
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    public void goOn() {
        // What it sends waits for the client's window, stream by stream.
        connection.readMore();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        if (!connection.channel().isWritable()) {
            connection.readNoMore();
        }
    }

    // ---- answering

    /** One request. */
    private final class Stream extends Exchange {

        private final int id;
        private long answeredAt;
        private int unsent;

        private Stream(int id, ReceivedRequest request) {
            super(connection, request);
            this.id = id;
        }

        @Override
        void cutOff(Connection carrier) {
            if (connection().stream(id) != null) {
                reset(this);
                flush(context());
            }
            carrier.settle();
        }

        @Override
        void write(Answer answer) {
            if (connection().stream(id) == null) {
                return; // reset by the client
            }
            boolean body = answer.length() > 0 && !request().method().equals("HEAD");
            Http2Headers headers = new DefaultHttp2Headers(false);
            headers.status(Integer.toString(answer.status()));
            if (site().tellsRequestId()) {
                headers.add("x-amzn-requestid", requestId());
            }
            site().headers().forEach(each -> add(headers, each));
            crossOrigin().forEach(each -> add(headers, each));
            headers.add("date", new AsciiString(connection.loop().date(), false));
            headers.add("content-type", answer.contentType());
            headers.add("content-length", Integer.toString(answer.length()));
            ChannelHandlerContext ctx = context();
            ChannelFuture written =
                    encoder().writeHeaders(ctx, id, headers, 0, !body, ctx.newPromise());
            if (body) {
                unsent = answer.length();
                written =
                        encoder()
                                .writeData(
                                        ctx,
                                        id,
                                        Unpooled.wrappedBuffer(answer.bytes(), 0, answer.length()),
                                        0,
                                        true,
                                        ctx.newPromise());
            }
            answeredAt = System.nanoTime();
            if (!ended()) { // the client need send no more of it, once it has the answer
                written.addListener(
                        _ -> {
                            ChannelFuture _ =
                                    resetStream(
                                            ctx, id, Http2Error.NO_ERROR.code(), ctx.newPromise());
                            flush(ctx);
                        });
            }
            flush(ctx);
            connection.settle();
        }

        private void add(Http2Headers to, Site.Header header) {
            to.add(header.name().toLowerCase(Locale.ROOT), header.value());
        }

        /** Whether it takes too long: its body, or the client's reading of its answer. */
        private boolean tooLong(long now) {
            HttpServerSettings settings = connection.service().settings();
            return answeredAt != 0
                    ? now - answeredAt > settings.answer().toNanos()
                    : !ended() && now - since() > settings.body().toNanos();
        }
    }

    // ---- what it holds, and for how long

    @Override
    public long heldBytes() {
        long bytes = CONNECTION_BYTES + internalBuffer().capacity() + 2 * unfinishedBytes;
        for (Stream each : streams.values()) {
            bytes += STREAM_BYTES + each.heldBytes() + each.unsent;
        }
        return bytes;
    }

    @Override
    public int requests() {
        return streams.size();
    }

    @Override
    public boolean betweenRequests() {
        return streams.isEmpty();
    }

    @Override
    public void sweep(long now) {
        idleFrames = 0;
        HttpServerSettings settings = connection.service().settings();
        for (Stream each : List.copyOf(streams.values())) {
            if (each.tooLong(now)) {
                reset(each);
            }
        }
        if (unfinishedBytes == 0) {
            headBegan = 0;
        } else if (headBegan == 0) {
            headBegan = now; // a frame, or a head over several
        }
        flush(context());
        if ((streams.isEmpty() && now - idleSince > settings.idle().toNanos())
                || (headBegan != 0 && now - headBegan > settings.body().toNanos())) {
            ChannelFuture _ = context().close();
        }
    }

    private void reset(Stream stream) {
        ChannelFuture _ =
                resetStream(context(), stream.id, Http2Error.CANCEL.code(), context().newPromise());
    }

    @Override
    public void giveWay() {
        boolean told = false;
        boolean carriedOut = false;
        for (Stream each : new ArrayList<>(streams.values())) {
            if (!each.answered() && !each.ended()) {
                each.noRoom();
                told = true;
            }
            carriedOut |= !each.answered() && each.ended();
        }
        if (carriedOut) {
            finish(); // what is being carried out may not be told that it is not
        } else if (told) {
            connection.closeAfterLastAnswer();
        } else {
            connection.close();
        }
    }

    /** Says that it goes away; Netty closes once the last stream has ended. */
    @Override
    public void finish() {
        ChannelFuture _ = connection.channel().close();
    }
}
