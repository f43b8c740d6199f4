package trent.key;

import trent.api.UnsupportedOperationException;
import trent.store.Key;

/**
 * What holds for multi-Region keys. Source: AWS KMS Developer Guide, "Multi-Region
 * keys in AWS KMS".
 */
public final class MultiRegion {

    private MultiRegion() {}

    /** Refuses replicas, whose primary decides for them. */
    public static void refuseReplica(Key key) {
        if (key.multiRegion()) {
            requirePrimary(key);
        }
    }

    /** Refuses replicas and single-Region keys. */
    public static void requirePrimary(Key key) {
        if (!key.primary()) {
            throw new UnsupportedOperationException(
                    key.arn() + " is not a multi-region primary key.");
        }
    }
}
