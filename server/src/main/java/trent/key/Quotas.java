package trent.key;

import trent.api.LimitExceededException;
import trent.store.Key;

/**
 * Limits that AWS sets for each account and Region. Source: AWS KMS Developer Guide, "Quotas".
 *
 * @param keys keys in one account and Region, in any state
 * @param aliasesPerKey aliases that one key may have
 * @param grantsPerKey grants that one key may have
 * @param tagsPerKey tags that one key may have
 * @param onDemandRotations rotations on demand that one key may have in its life
 * @param policyBytes length of a key policy in UTF-8
 */
public record Quotas(
        int keys,
        int aliasesPerKey,
        int grantsPerKey,
        int tagsPerKey,
        int onDemandRotations,
        int policyBytes) {

    /** AWS's defaults. */
    public static final Quotas DEFAULT = new Quotas(100_000, 50, 50_000, 50, 25, 32_768);

    /** Refuses one key more where there are {@code used} already. */
    public void requireRoomForKey(int used) {
        if (used >= keys) {
            throw new LimitExceededException(
                    "Key quota for this account in this region is %d but the current usage is %d."
                            .formatted(keys, used));
        }
    }

    /** Refuses one rotation on demand more, for good. */
    public void requireRoomForOnDemandRotation(Key key) {
        if (key.onDemandRotations() >= onDemandRotations) {
            throw new LimitExceededException(
                    "The on-demand rotations limit has been reached for the given keyId."
                            + " No more on-demand rotations can be performed for this key: "
                            + key.arn());
        }
    }

    /** Refuses one grant more on a key that has {@code used} already. */
    public void requireRoomForGrant(int used) {
        if (used >= grantsPerKey) {
            throw new LimitExceededException(
                    "Grants per key quota for this account in this region is %d, current usage is %d."
                            .formatted(grantsPerKey, used));
        }
    }
}
