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
 * The credential of the root, where the operator gives none: made at the first start, kept sealed
 * in the store, shown once.
 */
public record RootCredential(Credential credential, Running.@Nullable NewCredential shownOnce) {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int ID_LETTERS = 16;
    private static final int SECRET_BYTES = 30;

    /** The root credential that the store keeps, or a new one. */
    public static RootCredential of(Store store, AccountId account, Entropy entropy) {
        Principal root = Principal.root(account, "aws");
        Store.KeptCredential kept = store.rootCredential();
        if (kept != null) {
            return new RootCredential(credential(kept, root), null);
        }
        String id = "AKIA" + letters(entropy.bytes(ID_LETTERS));
        String secret = Base64.getEncoder().encodeToString(entropy.bytes(SECRET_BYTES));
        Store.KeptCredential made =
                new Store.KeptCredential(id, new Secret(secret.getBytes(US_ASCII)));
        store.keepRootCredential(made);
        return new RootCredential(credential(made, root), new Running.NewCredential(id, secret));
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
