package trent.use;

import trent.api.IncorrectKeyException;
import trent.store.Key;

/** The key that a caller says a ciphertext is under. */
final class SourceKey {

    private SourceKey() {}

    /** Refuses a ciphertext of another key than the caller named. */
    static void requireSame(Key ofCiphertext, Key named) {
        if (!ofCiphertext.arn().equals(named.arn())) {
            throw new IncorrectKeyException(
                    "The key ID in the request does not identify a CMK that can perform this operation.");
        }
    }
}
