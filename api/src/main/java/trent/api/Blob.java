package trent.api;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Bytes of a request or an answer: they may be a plaintext, so they never print themselves. */
public final class Blob {

    private final byte[] bytes;

    /** Takes the array over: the caller does not change it afterwards. */
    public Blob(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The array itself, not a copy: the reader does not change it. */
    public byte[] bytes() {
        return bytes;
    }

    /** In bytes. */
    public int size() {
        return bytes.length;
    }

    /** In a time that tells nothing about where two blobs of one size differ. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Blob blob && MessageDigest.isEqual(bytes, blob.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Blob[" + bytes.length + " bytes]";
    }
}
