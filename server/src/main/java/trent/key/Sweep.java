package trent.key;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trent.name.KeyArn;
import trent.store.DueKey;
import trent.store.Store;
import trent.store.Tx;

/**
 * What one run of a timer over keys came to. One key that fails, such as one with a damaged row,
 * keeps none of the others from its turn.
 *
 * @param done for how many keys something was done
 * @param failed how many keys failed; they are tried again in the next run
 * @param example one that failed, in words; null if none did
 * @param cause why that one failed
 */
public record Sweep(int done, int failed, @Nullable String example, @Nullable Throwable cause) {

    public static final Sweep NOTHING = new Sweep(0, 0, null, null);

    private static final int AT_ONCE = 100;

    /**
     * So many in a row are perhaps not damaged, but the store is: the rest waits for the next run,
     * which begins there.
     */
    private static final int MOST_FAILURES_IN_A_ROW = 100;

    /**
     * Where the next run of a task begins: at the start, or after those that ended the last one.
     */
    public static final class Place {
        private volatile DueKey last = DueKey.NONE;
    }

    /** Finds what is due, in an order of its own. */
    @FunctionalInterface
    public interface Finder {
        List<DueKey> after(Tx tx, DueKey last, int limit);
    }

    /**
     * Does something for each key that is due, batch by batch.
     *
     * @param action true if something was done
     */
    public static Sweep over(Store store, Place place, Finder finder, Predicate<KeyArn> action) {
        Tally tally = new Tally();
        DueKey last = place.last;
        List<DueKey> due;
        do {
            DueKey from = last;
            due = store.read(tx -> finder.after(tx, from, AT_ONCE));
            for (DueKey each : due) {
                last = each;
                tally.run(each, action);
            }
        } while (due.size() == AT_ONCE && tally.inARow < MOST_FAILURES_IN_A_ROW);
        // Keys that fail for good would else keep all that are due after them away for ever.
        place.last = due.size() == AT_ONCE ? last : DueKey.NONE;
        return tally.result();
    }

    /** One that failed. */
    public static Sweep failed(String what, Throwable cause) {
        return new Sweep(0, 1, what, cause);
    }

    public Sweep and(Sweep other) {
        return new Sweep(
                done + other.done,
                failed + other.failed,
                cause == null ? other.example : example,
                cause == null ? other.cause : cause);
    }

    /** Counts while it goes on. */
    private static final class Tally {

        private int done;
        private int failed;
        private int inARow;
        private @Nullable DueKey example;
        private @Nullable Throwable cause;

        private void run(DueKey key, Predicate<KeyArn> action) {
            try {
                if (action.test(key.arn())) {
                    done++;
                }
                inARow = 0;
            } catch (RuntimeException | Error e) { // whatever it is, the next key has its turn
                failed++;
                inARow++;
                if (cause == null) {
                    example = key;
                    cause = e;
                }
            }
        }

        private Sweep result() {
            String words =
                    example == null
                            ? null
                            : "%s of account %s in %s"
                                    .formatted(
                                            example.keyId(), example.account(), example.region());
            return new Sweep(done, failed, words, cause);
        }
    }
}
