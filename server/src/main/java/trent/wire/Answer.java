package trent.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import trent.api.Json;
import trent.api.KmsOperation;
import trent.api.ServiceException;
import trent.api.query.XmlOut;

/** A whole answer, ready to be sent. */
public final class Answer {

    private static final int TYPICAL_BYTES = 512;
    private static final String JSON_1_1 = "application/x-amz-json-1.1";
    private static final String XML = "text/xml";
    private static final byte[] NOTHING = {};

    /** Not of this protocol at all. Source: observed of AWS's front end for the same protocol. */
    static final Answer NOT_THIS_PROTOCOL =
            new Answer(
                    404,
                    JSON_1_1,
                    "<UnknownOperationException/>".getBytes(US_ASCII),
                    "UnknownOperationException");

    static final Answer TOO_LARGE = new Answer(413, JSON_1_1, NOTHING, "RequestEntityTooLarge");

    static final Answer PREFLIGHT = new Answer(200, JSON_1_1, NOTHING, null);

    private final int status;
    private final String contentType;
    private final byte[] bytes;
    private final int length;
    private final @Nullable String error;

    /** An answer in full. */
    public static Answer of(int status, String contentType, byte[] body) {
        return new Answer(status, contentType, body, null);
    }

    /** An answer in words, to a request that was not looked at. */
    static Answer refusal(int status, String error, byte[] words) {
        return new Answer(status, "text/plain", words, error);
    }

    private Answer(int status, String contentType, byte[] body, @Nullable String error) {
        this(status, contentType, body, body.length, error);
    }

    private Answer(
            int status, String contentType, byte[] bytes, int length, @Nullable String error) {
        this.status = status;
        this.contentType = contentType;
        this.bytes = bytes;
        this.length = length;
        this.error = error;
    }

    static <O> Answer of(KmsOperation<?, O> operation, O output) {
        if (!operation.hasOutput()) {
            return new Answer(200, JSON_1_1, NOTHING, null);
        }
        return json(200, null, generator -> operation.write(output, generator));
    }

    static <O> Answer of(OwnOperation<?, O> operation, O output) {
        return json(200, null, generator -> operation.writer().write(output, generator));
    }

    /** A whole document; {@code error} null: the call succeeded. */
    static Answer xml(int status, @Nullable String error, XmlOut document) {
        return new Answer(status, XML, document.bytes(), error);
    }

    static Answer of(ServiceException error) {
        return json(error.httpStatus(), error.code(), error::write);
    }

    int status() {
        return status;
    }

    String contentType() {
        return contentType;
    }

    /** Holds the body, {@link #length} bytes from its start; it is only read. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** The error's name; null if the call succeeded. */
    @Nullable String error() {
        return error;
    }

    /** Writes JSON. */
    @FunctionalInterface
    private interface Writer {
        void write(JsonGenerator json) throws IOException;
    }

    private static Answer json(int status, @Nullable String error, Writer writer) {
        Bytes bytes = new Bytes();
        try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
            writer.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("an answer could not be written to memory", e);
        }
        return new Answer(status, JSON_1_1, bytes.array(), bytes.size(), error);
    }

    /** Gives its bytes away without one more copy. */
    private static final class Bytes extends ByteArrayOutputStream {

        private Bytes() {
            super(TYPICAL_BYTES);
        }

        private byte[] array() {
            return buf;
        }
    }
}
