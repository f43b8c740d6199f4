package trent.name;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The id of a key: a UUID, or for a multi-Region key {@code mrk-} and 32 hexadecimal
 * digits. Upper case is well formed, although no key has it. Source: AWS KMS Developer
 * Guide, "Key identifiers (KeyId)".
 */
public record KeyId(String value) {

    /** Length of {@link #bytes()}. */
    public static final int BYTES = 17;

    private static final String MULTI_REGION = "mrk-";
    private static final int UUID_LENGTH = 36;
    private static final byte SINGLE = 0;
    private static final byte MULTI = 1;

    public KeyId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a key id: " + value); // a bug of ours
        }
    }

    /** The id of a new key, from 16 random bytes. */
    public static KeyId of(byte[] random, boolean multiRegion) {
        ByteBuffer bits = ByteBuffer.wrap(random);
        long high = (bits.getLong() & 0xffff_ffff_ffff_0fffL) | 0x4000L; // version 4
        long low = (bits.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L; // variant 1
        return of(new UUID(high, low), multiRegion);
    }

    /** The id that {@link #bytes()} came from. */
    public static KeyId parse(byte[] bytes, int offset) {
        ByteBuffer bits = ByteBuffer.wrap(bytes, offset, BYTES);
        byte kind = bits.get();
        if (kind != SINGLE && kind != MULTI) {
            throw new IllegalArgumentException("not the bytes of a key id");
        }
        return of(new UUID(bits.getLong(), bits.getLong()), kind == MULTI);
    }

    private static KeyId of(UUID uuid, boolean multiRegion) {
        String text = uuid.toString();
        return new KeyId(multiRegion ? MULTI_REGION + text.replace("-", "") : text);
    }

    /** Whether the text has the form of a key id. */
    public static boolean isValid(String text) {
        if (text.startsWith(MULTI_REGION)) {
            return text.length() == UUID_LENGTH && isHex(text, MULTI_REGION.length(), UUID_LENGTH);
        }
        return text.length() == UUID_LENGTH
                && isHex(text, 0, 8)
                && text.charAt(8) == '-'
                && isHex(text, 9, 13)
                && text.charAt(13) == '-'
                && isHex(text, 14, 18)
                && text.charAt(18) == '-'
                && isHex(text, 19, 23)
                && text.charAt(23) == '-'
                && isHex(text, 24, UUID_LENGTH);
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    public boolean multiRegion() {
        return value.startsWith(MULTI_REGION);
    }

    /** One byte that tells the kind of id and the 16 bytes of the UUID, as ciphertexts carry it. */
    public byte[] bytes() {
        boolean multiRegion = multiRegion();
        byte[] bytes = new byte[BYTES];
        bytes[0] = multiRegion ? MULTI : SINGLE;
        int at = 1;
        for (int i = multiRegion ? MULTI_REGION.length() : 0; i < value.length(); i += 2) {
            if (value.charAt(i) == '-') {
                i++;
            }
            bytes[at++] = (byte) HexFormat.fromHexDigits(value, i, i + 2);
        }
        return bytes;
    }

    @Override
    public String toString() {
        return value;
    }
}
