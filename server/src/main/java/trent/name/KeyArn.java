package trent.name;

import org.jspecify.annotations.Nullable;

/**
 * The ARN of a key. Source: AWS KMS Developer Guide, "Key ARN".
 *
 * <p>Not a record, since it keeps its text: policies, answers and the audit log each ask for it on
 * every call, and it would be most of what a decision allocates.
 */
public final class KeyArn implements Arn {

    private final Region region;
    private final AccountId account;
    private final KeyId id;

    /** Made when first asked for; two threads may both make it, and it is the same. */
    private @Nullable String text;

    public KeyArn(Region region, AccountId account, KeyId id) {
        this.region = region;
        this.account = account;
        this.id = id;
    }

    public Region region() {
        return region;
    }

    public AccountId account() {
        return account;
    }

    public KeyId id() {
        return id;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyArn that
                && id.equals(that.id)
                && account.equals(that.account)
                && region.equals(that.region);
    }

    @Override
    public int hashCode() {
        return (31 * region.hashCode() + account.hashCode()) * 31 + id.hashCode();
    }

    @Override
    public String toString() {
        String known = text;
        if (known == null) {
            known =
                    "arn:"
                            + region.partition()
                            + ":kms:"
                            + region.value()
                            + ":"
                            + account.value()
                            + ":key/"
                            + id.value();
            text = known;
        }
        return known;
    }
}
