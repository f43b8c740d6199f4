package trent.language;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Which statements of a policy speak of an action, found once for each action that is asked about:
 * a policy is asked about few actions, and most of its statements speak of none of them.
 */
final class Coverage {

    /** Actions that are remembered. */
    private static final int SLOTS = 16;

    /** Slots among which an action may stand. */
    private static final int PROBES = 4;

    /** Longer ones, which no service has, are found anew each time. */
    private static final int MAX_ACTION_CHARACTERS = 64;

    private static final int[] NONE = {};
    private static final int[] FIRST = {0};

    private final Statement[] statements;
    private final AtomicReferenceArray<@Nullable Entry> entries = new AtomicReferenceArray<>(SLOTS);

    /** What speaks of an action: indexes of statements, in order. */
    static final class Entry {
        private final String action;
        private final int[] denies;
        private final int[] allows;

        private Entry(String action, int[] denies, int[] allows) {
            this.action = action;
            this.denies = denies;
            this.allows = allows;
        }

        int[] denies() {
            return denies;
        }

        int[] allows() {
            return allows;
        }
    }

    Coverage(Statement[] statements) {
        this.statements = statements;
    }

    Entry of(String action) {
        int hash = action.hashCode();
        for (int i = 0; i < PROBES; i++) {
            Entry entry = entries.getAcquire(hash + i & SLOTS - 1);
            if (entry == null) {
                break;
            }
            if (entry.action.equals(action)) {
                return entry;
            }
        }
        return find(action, hash);
    }

    private Entry find(String action, int hash) {
        Entry found = new Entry(action, indexes(action, false), indexes(action, true));
        if (action.length() > MAX_ACTION_CHARACTERS) {
            return found;
        }
        for (int i = 0; i < PROBES; i++) {
            if (entries.compareAndSet(hash + i & SLOTS - 1, null, found)) {
                return found;
            }
        }
        entries.setRelease(hash + (hash >>> 8 & PROBES - 1) & SLOTS - 1, found);
        return found;
    }

    private int[] indexes(String action, boolean allow) {
        int[] indexes = new int[statements.length];
        int count = 0;
        for (int i = 0; i < statements.length; i++) {
            if (statements[i].isAllow() == allow && statements[i].covers(action)) {
                indexes[count++] = i;
            }
        }
        if (count == 0) {
            return NONE;
        }
        return count == 1 && indexes[0] == 0 ? FIRST : Arrays.copyOf(indexes, count);
    }

    /** As if every slot were taken; the actions themselves are a service's constants. */
    long bytes() {
        return 40 + SLOTS * (4L + 24 + 32 + 4L * statements.length);
    }
}
