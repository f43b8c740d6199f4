package trent.crypto.attestation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads CBOR item by item: what stands there must be what is asked for. Refused are tags, keys that
 * come twice, items nested too deeply, and whatever follows the end. Source: RFC 8949.
 */
final class Cbor implements AutoCloseable {

    private static final int MAX_DEPTH = 4;
    private static final int MAX_TEXT_LENGTH = 1024;
    private static final int UNTAGGED = -1;

    /** The first three bits of an item. */
    private static final int MAJOR_TYPE_SHIFT = 5;

    private static final int UNSIGNED_INTEGER = 0;
    private static final int TEXT = 3;

    private static final CBORFactory FACTORY =
            CBORFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // Names come from clients and would stay in the factory's table for ever.
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxStringLength(MAX_TEXT_LENGTH)
                                    .maxNameLength(MAX_TEXT_LENGTH)
                                    .build())
                    .build();

    private final byte[] encoded;
    private final CBORParser parser;

    Cbor(byte[] encoded) throws IOException {
        this.encoded = encoded;
        this.parser = FACTORY.createParser(encoded);
    }

    /** An array of a text and byte strings: what COSE signs. */
    static byte[] array(String text, byte[]... byteStrings) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (CBORGenerator generator = FACTORY.createGenerator(out)) {
            generator.writeStartArray(null, 1 + byteStrings.length);
            generator.writeString(text);
            for (byte[] bytes : byteStrings) {
                generator.writeBinary(bytes);
            }
            generator.writeEndArray();
        } catch (IOException e) {
            throw new IllegalStateException("CBOR cannot be written to memory", e);
        }
        return out.toByteArray();
    }

    /** The beginning of an array, which may have this tag. */
    void beginArray(int tag) throws IOException {
        JsonToken token = parser.nextToken();
        boolean tagged = parser.getCurrentTags().size() == 1 && parser.getCurrentTag() == tag;
        require(token == JsonToken.START_ARRAY && (tagged || untagged()));
    }

    void beginArray() throws IOException {
        require(next() == JsonToken.START_ARRAY);
    }

    void endArray() throws IOException {
        require(next() == JsonToken.END_ARRAY);
    }

    void beginMap() throws IOException {
        require(next() == JsonToken.START_OBJECT);
    }

    void endMap() throws IOException {
        require(next() == JsonToken.END_OBJECT);
    }

    /** The next key of a map whose keys are texts; null at the end of the map. */
    @Nullable String textKey() throws IOException {
        return key(TEXT);
    }

    /** The next key of a map whose keys are unsigned integers, in decimal; null at its end. */
    @Nullable String integerKey() throws IOException {
        return key(UNSIGNED_INTEGER);
    }

    private @Nullable String key(int majorType) throws IOException {
        JsonToken token = next();
        if (token == JsonToken.END_OBJECT) {
            return null;
        }
        require(token == JsonToken.FIELD_NAME);
        // The parser gives integers as texts: 0 and "0" are told apart by their first byte.
        int start = (int) parser.currentTokenLocation().getByteOffset();
        require((encoded[start] & 0xFF) >> MAJOR_TYPE_SHIFT == majorType);
        return parser.currentName();
    }

    String text() throws IOException {
        require(next() == JsonToken.VALUE_STRING);
        return parser.getText();
    }

    long integer() throws IOException {
        require(next() == JsonToken.VALUE_NUMBER_INT);
        return parser.getLongValue(); // throws where it does not fit
    }

    byte[] bytes() throws IOException {
        require(next() == JsonToken.VALUE_EMBEDDED_OBJECT);
        return parser.getBinaryValue();
    }

    /** Null where null is written. */
    byte @Nullable [] bytesOrNull() throws IOException {
        return bytesOr(JsonToken.VALUE_NULL);
    }

    /** The next of the byte strings of an array; null at its end. */
    byte @Nullable [] bytesOrEnd() throws IOException {
        return bytesOr(JsonToken.END_ARRAY);
    }

    private byte @Nullable [] bytesOr(JsonToken none) throws IOException {
        JsonToken token = next();
        if (token == none) {
            return null;
        }
        require(token == JsonToken.VALUE_EMBEDDED_OBJECT);
        return parser.getBinaryValue();
    }

    /** Passes over an item of any kind. */
    void skip() throws IOException {
        next();
        parser.skipChildren();
    }

    /** Nothing may follow. */
    void end() throws IOException {
        require(parser.nextToken() == null);
    }

    private @Nullable JsonToken next() throws IOException {
        JsonToken token = parser.nextToken();
        require(untagged());
        return token;
    }

    private boolean untagged() {
        return parser.getCurrentTag() == UNTAGGED;
    }

    private static void require(boolean holds) throws IOException {
        if (!holds) {
            throw new IOException("another CBOR item than expected");
        }
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
