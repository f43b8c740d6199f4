package trent.crypto;

/** A ciphertext does not open, for whatever reason: which one is not told. */
public final class DoesNotOpen extends Exception {

    private static final long serialVersionUID = 1L;

    DoesNotOpen() {
        super("does not open", null, false, false);
    }
}
