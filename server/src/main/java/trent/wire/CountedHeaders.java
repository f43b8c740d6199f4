package trent.wire;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.TooLongHttpHeaderException;

/**
 * Header lines that know what they cost: a line of four bytes takes forty times as much in memory.
 */
final class CountedHeaders extends DefaultHttpHeaders {

    /** No client sends a fifth of it. */
    static final int MAX_LINES = 128;

    private static final DefaultHttpHeadersFactory CHECKS =
            DefaultHttpHeadersFactory.headersFactory();

    /** What the decoder keeps to read lines into, before it has read a long one. */
    private static final int SCRATCH_BYTES = 256;

    private int lines;
    private int longest;
    private long bytes;

    CountedHeaders() {
        super(CHECKS.getNameValidator(), CHECKS.getValueValidator());
    }

    /**
     * Makes them, and remembers the last that were made: those of the head or trailers being read.
     */
    static final class Factory implements HttpHeadersFactory {

        private static final CountedHeaders NONE = new CountedHeaders();

        private CountedHeaders latest = NONE;

        @Override
        public HttpHeaders newHeaders() {
            latest = new CountedHeaders();
            return latest;
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
            return newHeaders();
        }

        /** They are read: whoever has the request counts them from here on. */
        void forget() {
            latest = NONE;
        }

        long bytes() {
            return latest.bytes;
        }

        int longestLine() {
            return latest.longest;
        }
    }

    /** What a decoder keeps that has read a line so long: a buffer that doubled until it fit. */
    static int scratchBytes(int longestLine) {
        return longestLine <= SCRATCH_BYTES ? 0 : 2 * Integer.highestOneBit(longestLine);
    }

    long bytes() {
        return bytes;
    }

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
        if (++lines > MAX_LINES) {
            throw new TooLongHttpHeaderException("more than " + MAX_LINES + " header lines");
        }
        int text = name.length() + (value instanceof CharSequence chars ? chars.length() : 0);
        bytes += ReceivedRequest.LINE_BYTES + text;
        longest = Math.max(longest, text);
        return super.add(name, value);
    }
}
