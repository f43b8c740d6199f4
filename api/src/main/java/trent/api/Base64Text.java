package trent.api;

import java.util.Arrays;

/**
 * Decodes Base64 out of the parser's own characters: a plaintext leaves no String behind, and a
 * request makes one array for each blob. Source: RFC 4648, section 4.
 */
final class Base64Text {

    private static final int INVALID = -1;
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) INVALID);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int value = 0; value < alphabet.length(); value++) {
            VALUES[alphabet.charAt(value)] = (byte) value;
        }
    }

    private Base64Text() {}

    /** The bytes; no text unless it is whole groups of four, padding included. */
    static byte[] decode(char[] text, int offset, int length) {
        if (length % 4 != 0) {
            throw new SerializationException();
        }
        int end = offset + length;
        int padding = 0;
        while (padding < 2 && padding < length && text[end - 1 - padding] == '=') {
            padding++;
        }
        byte[] bytes = new byte[length / 4 * 3 - padding];
        int written = 0;
        int whole = padding == 0 ? end : end - 4;
        int at = offset;
        for (; at < whole; at += 4) {
            int group =
                    value(text[at]) << 18
                            | value(text[at + 1]) << 12
                            | value(text[at + 2]) << 6
                            | value(text[at + 3]);
            bytes[written++] = (byte) (group >> 16);
            bytes[written++] = (byte) (group >> 8);
            bytes[written++] = (byte) group;
        }
        if (padding > 0) {
            int group = value(text[at]) << 18 | value(text[at + 1]) << 12;
            bytes[written] = (byte) (group >> 16);
            if (padding == 1) {
                bytes[written + 1] = (byte) ((group | value(text[at + 2]) << 6) >> 8);
            }
        }
        return bytes;
    }

    private static int value(char character) {
        int value = character < VALUES.length ? VALUES[character] : INVALID;
        if (value == INVALID) {
            throw new SerializationException();
        }
        return value;
    }
}
