package trent.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt at a call has read from memory, so that its change can tell whether any of it
 * has moved since: permissions are checked before the change, outside the writer, and must still
 * hold when it is made.
 */
final class Reads {

    /** Those of the attempt on this thread. */
    private static final ThreadLocal<@Nullable Reads> OF_THIS_THREAD = new ThreadLocal<>();

    private record Read(Memory.Table<?, ?> table, int stripe, int ended) {}

    private final List<Read> reads = new ArrayList<>();

    private Reads() {}

    /** From here on what this thread reads is noted. */
    static void begin() {
        OF_THIS_THREAD.set(new Reads());
    }

    static void end() {
        OF_THIS_THREAD.remove();
    }

    /** What this thread has read; it is not noted any more: one change compares it. */
    static @Nullable Reads taken() {
        Reads reads = OF_THIS_THREAD.get();
        if (reads != null) {
            OF_THIS_THREAD.remove();
        }
        return reads;
    }

    /** To be called before the value is looked for: a change that comes between counts as one. */
    static void note(Memory.Table<?, ?> table, int stripe) {
        Reads reads = OF_THIS_THREAD.get();
        if (reads != null) {
            reads.reads.add(new Read(table, stripe, table.ended(stripe)));
        }
    }

    /**
     * Whether a change of what was read has begun since, in this commit or an earlier one. On the
     * writer's thread, before the change that compares.
     */
    boolean moved() {
        for (Read read : reads) {
            if (read.table().begun(read.stripe()) != read.ended()) {
                return true;
            }
        }
        return false;
    }
}
