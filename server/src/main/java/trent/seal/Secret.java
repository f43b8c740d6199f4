package trent.seal;

import java.util.Arrays;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Function;

/** Bytes that nobody may see: never printed, compared or serialized, and wiped when closed. */
public final class Secret implements AutoCloseable {

    private final byte[] bytes;

    /** Not a monitor: many calls read the material of one key at the same time. */
    private final StampedLock lock = new StampedLock();

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
    public <R> R read(Function<byte[], R> reader) {
        long stamp = lock.readLock();
        try {
            if (!open) {
                throw new IllegalStateException("secret already closed");
            }
            return reader.apply(bytes);
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** In bytes. */
    public int length() {
        return bytes.length;
    }

    /** Waits for readers: wiped under a running cipher, a key would encrypt with zeros. */
    @Override
    public void close() {
        long stamp = lock.writeLock();
        Arrays.fill(bytes, (byte) 0);
        open = false;
        lock.unlockWrite(stamp);
    }

    @Override
    public String toString() {
        return "Secret[" + bytes.length + " bytes]";
    }
}
