package trent.use;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import trent.api.ValidationException;

/**
 * The pairs that a ciphertext is bound to: to decrypt, exactly the same must be given. Case
 * matters, order does not. Source: AWS KMS Developer Guide, "Encryption context".
 */
public final class EncryptionContext {

    /** Longest canonical form; AWS names no limit. */
    static final int MAX_BYTES = 8192;

    private static final EncryptionContext EMPTY = new EncryptionContext(new byte[Integer.BYTES]);

    private final byte[] canonical;

    private EncryptionContext(byte[] canonical) {
        this.canonical = canonical;
    }

    /**
     * The context of a request; no pairs at all are the same as no context.
     *
     * @throws ValidationException if the pairs are longer than {@value #MAX_BYTES} bytes together
     */
    public static EncryptionContext of(Map<String, String> pairs) {
        if (pairs.isEmpty()) {
            return EMPTY;
        }
        requireLength(pairs); // first: to sort what is refused anyway would hold an event loop
        TreeMap<byte[], byte[]> sorted = new TreeMap<>(Arrays::compareUnsigned);
        int length = Integer.BYTES;
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            byte[] key = pair.getKey().getBytes(UTF_8);
            byte[] value = pair.getValue().getBytes(UTF_8);
            sorted.put(key, value);
            length += Integer.BYTES + key.length + Integer.BYTES + value.length;
        }
        if (length > MAX_BYTES) { // of few characters, but of many bytes each
            throw tooLong();
        }
        ByteBuffer canonical = ByteBuffer.allocate(length).putInt(sorted.size());
        sorted.forEach(
                (key, value) ->
                        canonical.putInt(key.length).put(key).putInt(value.length).put(value));
        return new EncryptionContext(canonical.array());
    }

    /** Refuses what is too long even if each character were one byte; ends as soon as it is. */
    static void requireLength(Map<String, String> pairs) {
        long least = Integer.BYTES;
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            least += 2L * Integer.BYTES + pair.getKey().length() + pair.getValue().length();
            if (least > MAX_BYTES) {
                throw tooLong();
            }
        }
    }

    private static ValidationException tooLong() {
        return new ValidationException(
                "The encryption context is longer than "
                        + MAX_BYTES
                        + " bytes in its canonical form.");
    }

    /**
     * Reads canonical bytes back.
     *
     * @throws IllegalArgumentException if they are not the canonical form of any context
     */
    static Map<String, String> parse(byte[] canonical) {
        ByteBuffer bytes = ByteBuffer.wrap(canonical);
        Map<String, String> pairs = new LinkedHashMap<>();
        try {
            for (int left = bytes.getInt(); left > 0; left--) {
                pairs.put(text(bytes), text(bytes));
            }
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | NegativeArraySizeException e) {
            throw new IllegalArgumentException("not a canonical encryption context", e);
        }
        if (!Arrays.equals(of(pairs).canonical, canonical)) {
            throw new IllegalArgumentException("not a canonical encryption context");
        }
        return pairs;
    }

    /**
     * The bytes that a ciphertext is bound to: the number of pairs, then each key and value in
     * UTF-8 with its length before it, sorted by the bytes of the keys. Numbers are 32 bits,
     * big-endian. Not to be changed.
     */
    byte[] canonical() {
        return canonical;
    }

    private static String text(ByteBuffer bytes) {
        byte[] text = new byte[Math.min(bytes.getInt(), MAX_BYTES + 1)];
        bytes.get(text);
        return new String(text, UTF_8);
    }
}
