package trent.crypto;

/** A source of random bytes: {@code SecureRandom::nextBytes}, and a seed in tests only. */
@FunctionalInterface
public interface Entropy {

    /** Fills the array. */
    void fill(byte[] bytes);

    /** A new array of random bytes. */
    default byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        fill(bytes);
        return bytes;
    }
}
