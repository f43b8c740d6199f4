package trent.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import trent.api.Json;
import trent.api.KmsException;
import trent.api.KmsOperation;

/**
 * A whole answer, ready to be sent.
 *
 * @param error the error's name; null if the call succeeded
 */
record Answer(int status, Buffer body, @Nullable String error) {

    private static final int TYPICAL_BYTES = 512;

    /** Not of this protocol at all. Source: observed of AWS's front end for the same protocol. */
    static final Answer NOT_THIS_PROTOCOL =
            new Answer(
                    404,
                    Buffer.buffer("<UnknownOperationException/>"),
                    "UnknownOperationException");

    static final Answer TOO_LARGE = new Answer(413, Buffer.buffer(), "RequestEntityTooLarge");

    static <O> Answer of(KmsOperation<?, O> operation, O output) {
        if (!operation.hasOutput()) {
            return new Answer(200, Buffer.buffer(), null);
        }
        return new Answer(200, json(generator -> operation.write(output, generator)), null);
    }

    static Answer of(KmsException error) {
        return new Answer(error.httpStatus(), json(error::write), error.code());
    }

    /** Writes JSON. */
    @FunctionalInterface
    private interface Writer {
        void write(JsonGenerator json) throws IOException;
    }

    private static Buffer json(Writer writer) {
        Bytes bytes = new Bytes();
        try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
            writer.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("an answer could not be written to memory", e);
        }
        return bytes.buffer();
    }

    /** Gives its bytes away without one more copy. */
    private static final class Bytes extends ByteArrayOutputStream {

        private Bytes() {
            super(TYPICAL_BYTES);
        }

        private Buffer buffer() {
            return Buffer.buffer(count).appendBytes(buf, 0, count);
        }
    }
}
