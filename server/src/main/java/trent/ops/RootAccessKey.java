package trent.ops;

import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.crypto.Entropy;
import trent.identity.NewAccessKey;
import trent.name.AccountId;
import trent.store.AccessKey;
import trent.store.Store;
import trent.store.Tx;

/**
 * A root's first access key, made where the operator gives none, or a new one when all were lost.
 * It is stored among the others, so that it is deactivated and deleted through IAM like any.
 */
public final class RootAccessKey {

    /** How many access keys a root may have. Source: AWS IAM User Guide, "IAM and STS quotas". */
    private static final int MAX_KEYS = 2;

    private final AccountId account;
    private final NewAccessKey made;

    private RootAccessKey(AccountId account, NewAccessKey made) {
        this.account = account;
        this.made = made;
    }

    /** A new one of this account, which the store does not have yet. */
    public static RootAccessKey make(AccountId account, Entropy entropy) {
        return new RootAccessKey(account, NewAccessKey.permanent(entropy));
    }

    /**
     * A new one where the account's root never had any, be it one that is deleted by now; else null,
     * and the account is on the list.
     */
    public static @Nullable RootAccessKey of(Store store, AccountId account, Entropy entropy) {
        store.moveRootCredential(account);
        if (!store.<Boolean>read(tx -> tx.accessKeys().everHad(account.value()))) {
            return make(account, entropy);
        }
        if (!store.account(account).listed()) {
            boolean _ = store.write(tx -> tx.accounts().add(account));
        }
        return null;
    }

    /** As it is shown once. */
    public Running.NewCredential shownOnce() {
        return new Running.NewCredential(made.id(), made.shown());
    }

    /**
     * Lists the account and has the store keep the access key. Comes when nothing can fail any more
     * before it is shown: one that is kept and was never shown locks everybody out.
     *
     * @return false if it is of no use, since another node has made the root's by now
     */
    public boolean keepFirst(Store store, InstantSource clock) {
        return store.write(
                tx -> {
                    boolean _ = tx.accounts().add(account);
                    if (tx.accessKeys().everHad(account.value())) {
                        return false;
                    }
                    insert(tx, clock);
                    return true;
                });
    }

    /** The same for an account that is not listed; false, and nothing has changed, if it is by now. */
    boolean keepWithAccount(Store store, InstantSource clock) {
        return store.write(
                tx -> {
                    boolean added = tx.accounts().add(account);
                    if (added) {
                        insert(tx, clock);
                    }
                    return added;
                });
    }

    /**
     * What became of the root's other access keys.
     *
     * @param deactivated as many as may remain beside the new one
     * @param deleted the older of them
     */
    public record Replaced(List<String> deactivated, List<String> deleted) {}

    /** Has the store keep it in the place of all others, which are of no use from then on. */
    public Replaced replaceAll(Store store, InstantSource clock) {
        return store.write(
                tx -> {
                    List<AccessKey> old =
                            tx.accessKeys().of(account.value()).stream()
                                    .sorted(Comparator.comparing(AccessKey::created))
                                    .toList();
                    int leaving = Math.max(0, old.size() - (MAX_KEYS - 1));
                    List<AccessKey> deleted = old.subList(0, leaving);
                    List<AccessKey> deactivated = old.subList(leaving, old.size());
                    deleted.forEach(tx.accessKeys()::delete);
                    deactivated.forEach(key -> tx.accessKeys().put(key, false));
                    insert(tx, clock);
                    return new Replaced(ids(deactivated), ids(deleted));
                });
    }

    private void insert(Tx tx, InstantSource clock) {
        if (!tx.accessKeys()
                .insert(made.id(), account, account.value(), made.secret(), clock.instant())) {
            throw new IllegalStateException("a random access key id was given twice");
        }
    }

    private static List<String> ids(List<AccessKey> keys) {
        return keys.stream().map(AccessKey::id).toList();
    }
}
