package trent.crypto;

/** Bytes are not a key of the kind that they should be. Says nothing of the bytes. */
public final class InvalidKeyMaterial extends Exception {

    private static final long serialVersionUID = 1L;

    InvalidKeyMaterial(String message) {
        super(message, null, false, false);
    }
}
