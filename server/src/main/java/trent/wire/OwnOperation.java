package trent.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * An operation that AWS does not have, beside those of KMS: its target begins with {@code Trent.},
 * and it is signed for KMS.
 *
 * @param name for example {@code Explain}
 */
record OwnOperation<I, O>(String name, Reader<I> reader, Writer<O> writer) {

    /** What its targets begin with. */
    static final String TARGET_PREFIX = "Trent.";

    /** Reads a request. */
    @FunctionalInterface
    interface Reader<I> {
        /** Throws SerializationException if it is none. */
        I read(byte[] body, int offset, int length);
    }

    /** Writes an answer. */
    @FunctionalInterface
    interface Writer<O> {
        void write(O output, JsonGenerator json) throws IOException;
    }
}
