package trent.ops;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.crypto.Entropy;
import trent.identity.Credential;
import trent.name.AccountId;
import trent.seal.Secret;
import trent.store.Store;

/**
 * The credential of the root: given by the operator, or else made at the first start, kept sealed
 * in the store and shown once.
 *
 * @param shownOnce null unless it was made just now
 * @param made what {@link #keep} keeps; null unless it was made just now
 */
public record RootCredential(
        Credential credential,
        Running.@Nullable NewCredential shownOnce,
        Store.@Nullable KeptCredential made) {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int ID_LETTERS = 16;
    private static final int SECRET_BYTES = 30;

    /** The credential that the operator gives. */
    public static RootCredential given(Credential credential) {
        return new RootCredential(credential, null, null);
    }

    /** The root credential that the store keeps, or a new one, which it does not keep yet. */
    public static RootCredential of(Store store, AccountId account, Entropy entropy) {
        Principal root = Principal.root(account, "aws");
        Store.KeptCredential kept = store.rootCredential();
        if (kept != null) {
            return given(credential(kept, root));
        }
        String id = "AKIA" + letters(entropy.bytes(ID_LETTERS));
        String secret = Base64.getEncoder().encodeToString(entropy.bytes(SECRET_BYTES));
        Store.KeptCredential made =
                new Store.KeptCredential(id, new Secret(secret.getBytes(US_ASCII)));
        return new RootCredential(
                credential(made, root), new Running.NewCredential(id, secret), made);
    }

    /**
     * Has the store keep a new one. Comes when nothing can fail any more before it is shown: a
     * credential that is kept and was never shown locks everybody out.
     */
    public void keep(Store store) {
        if (made != null) {
            store.keepRootCredential(made);
        }
    }

    private static Credential credential(Store.KeptCredential kept, Principal root) {
        return kept.secretAccessKey()
                .read(secret -> new Credential(kept.accessKeyId(), root, secret.clone()));
    }

    private static String letters(byte[] random) {
        StringBuilder letters = new StringBuilder();
        for (byte b : random) {
            letters.append(ALPHABET.charAt(b & 31));
        }
        return letters.toString();
    }
}
