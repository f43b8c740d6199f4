package trent.seal;

import java.util.Arrays;
import java.util.function.Function;

/** Bytes that nobody may see: never printed, compared or serialized, and wiped when closed. */
public final class Secret implements AutoCloseable {

    private final byte[] bytes;
    private boolean open = true;

    /** Takes the array over: the caller keeps no copy. */
    public Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Lends the bytes; {@code reader} must not keep them.
     *
     * @throws IllegalStateException if the secret was closed
     */
    public synchronized <R> R read(Function<byte[], R> reader) {
        if (!open) {
            throw new IllegalStateException("secret already closed");
        }
        return reader.apply(bytes);
    }

    /** Waits for readers: wiped under a running cipher, a key would encrypt with zeros. */
    @Override
    public synchronized void close() {
        Arrays.fill(bytes, (byte) 0);
        open = false;
    }

    @Override
    public String toString() {
        return "Secret[" + bytes.length + " bytes]";
    }
}
