package trent.lifecycle;

import org.jspecify.annotations.Nullable;
import trent.access.Detail;
import trent.access.Details;
import trent.key.LatestUses;
import trent.store.Key;
import trent.store.Tx;

/**
 * The days without use of one call's key: counted when a condition asks for them, and compared when
 * the call's change is made. Uses are noted beside the store's memory, so nobody else does.
 */
final class TrailingDays {

    private final LatestUses uses;
    private @Nullable String checked;

    TrailingDays(LatestUses uses) {
        this.uses = uses;
    }

    void in(Details details) {
        details.later(Detail.TRAILING_DAYS_WITHOUT_KEY_USAGE, this::count);
    }

    private String count(Key key) {
        String days = uses.daysWithoutUse(key);
        checked = days;
        return days;
    }

    /** Has the call checked again if the key was used since, as far as days tell. */
    void requireUnmoved(Tx tx, Key key) {
        if (checked != null && !checked.equals(uses.daysWithoutUse(tx, key))) {
            throw tx.moved();
        }
    }
}
