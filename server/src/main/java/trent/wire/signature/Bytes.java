package trent.wire.signature;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow, used again for the next request. */
final class Bytes {

    private static final int INITIAL_BYTES = 1024;

    /** One request with long headers must not hold its memory for ever. */
    private static final int MAX_KEPT_BYTES = 64 * 1024;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] array = new byte[INITIAL_BYTES];
    private int length;

    Bytes clear() {
        if (array.length > MAX_KEPT_BYTES) {
            array = new byte[INITIAL_BYTES];
        }
        length = 0;
        return this;
    }

    /** The bytes from 0 to {@link #length}; what follows is left over from before. */
    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }

    /** Appends an ASCII character. */
    Bytes append(char ascii) {
        ensure(1);
        array[length++] = (byte) ascii;
        return this;
    }

    /** Appends text whose chars stand for one byte each. */
    Bytes append(String text) {
        ensure(text.length());
        for (int i = 0; i < text.length(); i++) {
            array[length++] = byteOf(text.charAt(i));
        }
        return this;
    }

    /**
     * Appends text without white space at its ends and with one space for each run of it inside.
     */
    Bytes appendFolded(String text) {
        ensure(text.length());
        byte[] to = array;
        int start = length;
        int at = start;
        boolean afterSpace = true; // so that leading white space is dropped
        for (int i = 0; i < text.length(); i++) {
            byte b = byteOf(text.charAt(i));
            if (b == ' ' || (b >= '\t' && b <= '\r')) {
                if (!afterSpace) {
                    to[at++] = ' ';
                    afterSpace = true;
                }
            } else {
                to[at++] = b;
                afterSpace = false;
            }
        }
        length = afterSpace && at > start ? at - 1 : at;
        return this;
    }

    /** Appends each byte as two lower-case hexadecimal digits. */
    Bytes appendHex(byte[] bytes) {
        ensure(2 * bytes.length);
        for (byte b : bytes) {
            array[length++] = HEX[(b >> 4) & 0xf];
            array[length++] = HEX[b & 0xf];
        }
        return this;
    }

    private void ensure(int more) {
        if (array.length - length < more) {
            array = Arrays.copyOf(array, Math.max(2 * array.length, length + more));
        }
    }

    /** Cut to eight bits, two different requests could look alike. */
    static byte byteOf(char c) {
        if (c > 0xff) {
            throw new IllegalArgumentException("not one byte: char " + (int) c);
        }
        return (byte) c;
    }

    @Override
    public String toString() {
        return new String(array, 0, length, StandardCharsets.ISO_8859_1);
    }
}
