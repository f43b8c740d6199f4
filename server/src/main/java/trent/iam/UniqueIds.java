package trent.iam;

import java.util.Base64;
import trent.crypto.Entropy;
import trent.store.EntityKind;

/**
 * New ids and secrets. An id has 80 or 85 random bits: none is ever given twice. Source: AWS IAM
 * User Guide, "IAM identifiers", "Unique identifiers".
 */
record UniqueIds(Entropy entropy) {

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int ENTITY_LETTERS = 17;
    private static final int KEY_LETTERS = 16;

    /** In Base64 the 40 characters that AWS's have. */
    private static final int SECRET_BYTES = 30;

    String entity(EntityKind kind) {
        return kind.prefix() + letters(ENTITY_LETTERS);
    }

    String accessKey() {
        return "AKIA" + letters(KEY_LETTERS);
    }

    /** The bytes of a secret access key's characters. */
    byte[] secretAccessKey() {
        return Base64.getEncoder().encode(entropy.bytes(SECRET_BYTES));
    }

    private String letters(int count) {
        StringBuilder letters = new StringBuilder(count);
        for (byte b : entropy.bytes(count)) {
            letters.append(LETTERS.charAt(b & (LETTERS.length() - 1)));
        }
        return letters.toString();
    }
}
