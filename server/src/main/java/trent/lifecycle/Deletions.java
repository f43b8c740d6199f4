package trent.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.KeyState;
import trent.key.Sweep;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Store;
import trent.store.Tx;

/**
 * Deletes keys whose waiting period has ended, with all that is theirs.
 *
 * @param believed the clock by which a period has ended; behind {@code clock} while
 *     that may be wrong
 */
public record Deletions(
        Store store, InstantSource clock, InstantSource believed, Sweep.Place place) {

    private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);

    public Deletions(Store store, InstantSource clock, InstantSource believed) {
        this(store, clock, believed, new Sweep.Place());
    }

    /** Deletes every key that is due now. */
    public Sweep run() {
        Instant due = believed.instant();
        return Sweep.over(
                store,
                place,
                (tx, last, limit) -> tx.keys().dueForDeletion(due, last, limit),
                arn -> delete(arn, due));
    }

    private boolean delete(KeyArn arn, Instant due) {
        boolean deleted =
                store.write(
                        tx -> {
                            // Read again: the deletion may have been cancelled, or
                            // the key deleted, since.
                            Key key = tx.keys().find(arn);
                            if (key == null
                                    || key.state() != KeyState.PENDING_DELETION
                                    || key.deletion() == null
                                    || key.deletion().isAfter(due)) {
                                return false;
                            }
                            tx.keys().delete(arn);
                            startWaitingPeriod(tx, key, clock.instant());
                            return true;
                        });
        if (deleted) {
            LOG.atInfo().addKeyValue("key", arn).log("key deleted, its waiting period has ended");
        }
        return deleted;
    }

    /** With its last replica gone, a primary that waited for that may be deleted in its turn. */
    private static void startWaitingPeriod(Tx tx, Key deleted, Instant now) {
        if (!deleted.multiRegion()) {
            return;
        }
        List<KeyArn> left = tx.keys().related(deleted.arn());
        if (left.size() == 1) {
            Key last = tx.keys().find(left.getFirst());
            if (last != null && last.pendingWindowDays() != null) {
                tx.keys()
                        .update(
                                last.pendingDeletion(
                                        now.plus(Duration.ofDays(last.pendingWindowDays()))));
            }
        }
    }
}
