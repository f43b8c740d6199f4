package trent.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's body, type by type. A JSON null is an absent value everywhere; a wrong type
 * ends the request with AWS's words. Source: AWS JSON 1.1 protocol and recorded replies.
 */
final class JsonIn {

    private static final String LIST_FOUND = "Start of list found where not expected";
    private static final String STRUCTURE_FOUND =
            "Start of structure or map found where not expected.";

    /**
     * The longest map that is kept, in characters and {@value #PAIR_CHARACTERS} for each pair: no
     * encryption context may be longer, and no constraint of a grant.
     */
    static final int MAX_MAP_CHARACTERS = 8192;

    /** The least that a pair adds to the canonical form of an encryption context. */
    private static final int PAIR_CHARACTERS = 8;

    /** The longest list that is kept; the quotas and the model allow far less. */
    static final int MAX_LIST_ELEMENTS = 1000;

    private final JsonParser parser;

    /** Which bound something in the body is beyond; it is read to its end, and refused then. */
    private @Nullable String beyond;

    private JsonIn(JsonParser parser) {
        this.parser = parser;
    }

    /** Reads one structure; the parser stands at its start. */
    @FunctionalInterface
    interface StructureReader<T> {

        /** Null if, and only if, {@code violations} says why; it is empty before. */
        @Nullable T read(JsonIn in, Violations violations) throws IOException;
    }

    /**
     * Reads a whole body.
     *
     * @throws SerializationException if it is not one JSON object of the right types
     * @throws ValidationException if members violate their constraints
     */
    static <T> T document(byte[] body, int offset, int length, StructureReader<T> reader) {
        CharBuffer text = decoded(body, offset, length);
        // Of characters: the parser of bytes keeps every member name of every client in a table.
        try (JsonParser parser =
                Json.FACTORY.createParser(text.array(), text.arrayOffset(), text.length())) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_ARRAY) {
                throw new SerializationException(LIST_FOUND);
            }
            if (first != JsonToken.START_OBJECT) {
                throw new SerializationException();
            }
            JsonIn in = new JsonIn(parser);
            Violations violations = new Violations();
            T value = reader.read(in, violations);
            if (parser.nextToken() != null) {
                throw new SerializationException();
            }
            if (value == null) {
                throw new ValidationException(violations.text());
            }
            if (in.beyond != null) {
                throw new ValidationException(in.beyond);
            }
            return value;
        } catch (IOException _) { // its text quotes the body
            throw new SerializationException();
        }
    }

    /**
     * What the bytes say in UTF-8, to the letter: a decoder that replaced what is malformed, or
     * took an overlong form, would give two bodies one meaning.
     */
    private static CharBuffer decoded(byte[] body, int offset, int length) {
        try {
            // Reports what is malformed; as fast as a String, and leaves none behind.
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body, offset, length));
        } catch (CharacterCodingException _) {
            throw new SerializationException();
        }
    }

    /** Steps to the next member's value and gives its name; null at the structure's end. */
    @Nullable String nextMember() throws IOException {
        String name = parser.nextFieldName();
        if (name != null) {
            parser.nextToken();
        }
        return name;
    }

    void skip() throws IOException {
        parser.skipChildren();
    }

    @Nullable String string() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> unicode(parser.getText());
            case VALUE_NULL -> null;
            default -> throw unconvertible("a String");
        };
    }

    /** Truncates a fraction; a number beyond 64 bits becomes the nearest that fits. */
    @Nullable Long integer() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NUMBER_INT -> whole();
            case VALUE_NUMBER_FLOAT -> (long) parser.getDoubleValue();
            case VALUE_NULL -> null;
            default -> throw unconvertible("an Integer");
        };
    }

    /** Absent is false. */
    boolean bool() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw unconvertible("a Boolean");
        };
    }

    /**
     * Seconds since the epoch, read to the millisecond. Beyond what milliseconds can count, it is
     * the nearest instant that they can, so {@link Instant#toEpochMilli} never fails on it.
     */
    @Nullable Instant timestamp() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NUMBER_INT -> Instant.ofEpochMilli(saturatedMillis(whole()));
            case VALUE_NUMBER_FLOAT ->
                    Instant.ofEpochMilli(Math.round(parser.getDoubleValue() * 1000));
            case VALUE_NULL -> null;
            default -> throw unconvertible("milliseconds since epoch");
        };
    }

    @Nullable Blob blob() throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING ->
                    new Blob(
                            Base64Text.decode(
                                    parser.getTextCharacters(),
                                    parser.getTextOffset(),
                                    parser.getTextLength()));
            case VALUE_NULL -> null;
            default -> throw unconvertible("a String");
        };
    }

    @Nullable List<String> strings() throws IOException {
        if (!startsList()) {
            return null;
        }
        List<String> strings = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String element = string();
            if (element != null && hasRoom(strings)) {
                strings.add(element);
            }
        }
        return Collections.unmodifiableList(strings);
    }

    /** In the order of the request; of a key given twice, the last value. */
    @Nullable Map<String, String> map() throws IOException {
        if (!startsStructure()) {
            return null;
        }
        Map<String, String> map = new LinkedHashMap<>();
        int left = MAX_MAP_CHARACTERS;
        for (String name = nextMember(); name != null; name = nextMember()) {
            String value = string();
            if (value != null && left >= 0) {
                String before = map.put(unicode(name), value);
                left -=
                        before == null
                                ? PAIR_CHARACTERS + name.length() + value.length()
                                : value.length() - before.length();
            }
        }
        if (left < 0) {
            beyond =
                    "The encryption context is longer than %d bytes in its canonical form."
                            .formatted(MAX_MAP_CHARACTERS);
        }
        return Collections.unmodifiableMap(map);
    }

    /** Null also if {@code violations}, empty before, now says why. */
    <T> @Nullable T structure(String path, Violations violations, StructureReader<T> reader)
            throws IOException {
        if (!startsStructure()) {
            return null;
        }
        return nested(path + ".", violations, reader);
    }

    /** Without the elements that {@code violations} tells of. */
    <T> @Nullable List<T> structures(String path, Violations violations, StructureReader<T> reader)
            throws IOException {
        if (!startsList()) {
            return null;
        }
        List<T> structures = new ArrayList<>();
        int number = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (startsStructure()) {
                number++;
                T element = nested(path + "." + number + ".member.", violations, reader);
                if (element != null && hasRoom(structures)) {
                    structures.add(element);
                }
            }
        }
        return Collections.unmodifiableList(structures);
    }

    private boolean hasRoom(List<?> list) {
        if (list.size() < MAX_LIST_ELEMENTS) {
            return true;
        }
        beyond = "A list must not have more than %d elements.".formatted(MAX_LIST_ELEMENTS);
        return false;
    }

    private <T> @Nullable T nested(String parent, Violations violations, StructureReader<T> reader)
            throws IOException {
        Violations own = new Violations();
        T value = reader.read(this, own);
        violations.within(parent, own);
        return value;
    }

    private boolean startsList() {
        return switch (parser.currentToken()) {
            case START_ARRAY -> true;
            case VALUE_NULL -> false;
            case START_OBJECT -> throw new SerializationException(STRUCTURE_FOUND);
            default -> throw new SerializationException("Expected list or null");
        };
    }

    private boolean startsStructure() {
        return switch (parser.currentToken()) {
            case START_OBJECT -> true;
            case VALUE_NULL -> false;
            case START_ARRAY -> throw new SerializationException(LIST_FOUND);
            default -> throw new SerializationException("Expected null");
        };
    }

    private SerializationException unconvertible(String type) {
        String found =
                switch (parser.currentToken()) {
                    case START_ARRAY -> LIST_FOUND;
                    case START_OBJECT -> STRUCTURE_FOUND;
                    case VALUE_STRING -> "STRING_VALUE can not be converted to " + type;
                    case VALUE_TRUE -> "TRUE_VALUE can not be converted to " + type;
                    case VALUE_FALSE -> "FALSE_VALUE can not be converted to " + type;
                    default -> "NUMBER_VALUE can not be converted to " + type;
                };
        return new SerializationException(found);
    }

    private long whole() throws IOException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            default -> parser.getBigIntegerValue().signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        };
    }

    private static long saturatedMillis(long seconds) {
        if (seconds > Long.MAX_VALUE / 1000) {
            return Long.MAX_VALUE;
        }
        return seconds < Long.MIN_VALUE / 1000 ? Long.MIN_VALUE : seconds * 1000;
    }

    /** Half a surrogate pair has no UTF-8: it could be neither authenticated nor sent back. */
    private static String unicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isSurrogate(unit)) {
                boolean pair =
                        Character.isHighSurrogate(unit)
                                && i + 1 < text.length()
                                && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw new SerializationException();
                }
                i++;
            }
        }
        return text;
    }
}
