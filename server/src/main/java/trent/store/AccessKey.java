package trent.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;
import trent.seal.Secret;

/**
 * An access key. Not a record, since it may hold its secret. Source: AWS IAM User Guide, "Manage
 * access keys for IAM users".
 */
public final class AccessKey {

    private static final AccountId NO_ACCOUNT = new AccountId("000000000000");
    private static final AccessKey NOBODYS =
            new AccessKey("", NO_ACCOUNT, "", false, Instant.EPOCH, null, null);

    private final String id;
    private final AccountId account;
    private final String ownerId;
    private final boolean active;
    private final Instant created;
    private final @Nullable Use lastUse;
    private final @Nullable Secret secret;

    AccessKey(
            String id,
            AccountId account,
            String ownerId,
            boolean active,
            Instant created,
            @Nullable Use lastUse,
            @Nullable Secret secret) {
        this.id = id;
        this.account = account;
        this.ownerId = ownerId;
        this.active = active;
        this.created = created;
        this.lastUse = lastUse;
        this.secret = secret;
    }

    /** When and for what a key was used last. */
    public record Use(Instant time, String service, String region) {}

    static AccessKey nobodys() {
        return NOBODYS;
    }

    static AccessKey deleted(String id, AccountId account) {
        return new AccessKey(id, account, "", false, Instant.EPOCH, null, null);
    }

    /** Whether there never was such an access key. */
    public boolean isNobodys() {
        return id.isEmpty();
    }

    /** Whether it was deleted: nothing but its id and account is known any more. */
    public boolean isDeleted() {
        return ownerId.isEmpty() && !id.isEmpty();
    }

    /** For example {@code AKIAIOSFODNN7EXAMPLE}; not secret. */
    public String id() {
        return id;
    }

    public AccountId account() {
        return account;
    }

    /** The unique id of the user, or the account's id if it is its root's. */
    public String ownerId() {
        return ownerId;
    }

    /** Whether it is the root's of its account. */
    public boolean isRoots() {
        return ownerId.equals(account.value());
    }

    /** Whether it may be used. */
    public boolean active() {
        return active;
    }

    public Instant created() {
        return created;
    }

    /** As the table has it; null if it was never used. */
    public @Nullable Use lastUse() {
        return lastUse;
    }

    /**
     * The secret access key, as the bytes of its characters; null unless the key was looked up to
     * verify with it.
     */
    public @Nullable Secret secret() {
        return secret;
    }

    @Override
    public String toString() {
        return id;
    }
}
