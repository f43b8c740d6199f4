package trent.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trent.store.Memory.Horizon;
import trent.store.Memory.Table;

/**
 * What one attempt at a call has read from memory.
 *
 * <p>So its change can tell whether any of it has moved since: permissions are checked before the
 * change, outside the writer, and must still hold when it is made. And where several nodes change
 * things, all that a call reads is of one position in the order of all changes, or it is {@link
 * Moved}.
 */
final class Reads {

    /** Those of the attempt on this thread. */
    private static final ThreadLocal<@Nullable Reads> OF_THIS_THREAD = new ThreadLocal<>();

    private static final int FEW = 16;

    /** What a call was overtaken by that read at large. */
    private static final int ANYTHING = -1;

    private final @Nullable Horizon horizon;

    /** Looked at once, when the request was whole. */
    private final boolean fromMemory;

    private Table<?, ?>[] tables = new Table<?, ?>[FEW];
    private int[] stripes = new int[FEW];
    private int[] ended = new int[FEW];
    private int size;

    /** Where all that was read is as it was read. */
    private long position;

    /** Where something was read that may have been changed by any commit after it. */
    private boolean readAtLarge;

    private long answerAfter;

    private Reads(@Nullable Horizon horizon) {
        this.horizon = horizon;
        this.fromMemory = horizon == null || horizon.mayRemember();
        this.position = horizon == null ? 0 : horizon.followed();
    }

    /** From here on what this thread reads is noted. */
    static Reads begin(@Nullable Horizon horizon) {
        Reads reads = new Reads(horizon);
        OF_THIS_THREAD.set(reads);
        return reads;
    }

    static void end() {
        OF_THIS_THREAD.remove();
    }

    static @Nullable Reads ofThisThread() {
        return OF_THIS_THREAD.get();
    }

    /** What this thread has read; it is not noted any more: one change compares it. */
    static @Nullable Reads taken() {
        Reads reads = OF_THIS_THREAD.get();
        if (reads != null) {
            OF_THIS_THREAD.remove();
        }
        return reads;
    }

    /** Whether this attempt may be answered from memory. */
    boolean fromMemory() {
        return fromMemory;
    }

    /** To be called before the value is looked for: a change that comes between counts as one. */
    void note(Table<?, ?> table, int stripe) {
        if (size == tables.length) {
            tables = Arrays.copyOf(tables, 2 * size);
            stripes = Arrays.copyOf(stripes, 2 * size);
            ended = Arrays.copyOf(ended, 2 * size);
        }
        tables[size] = table;
        stripes[size] = stripe;
        ended[size] = table.ended(stripe);
        size++;
    }

    /**
     * Something was read that is right at this position.
     *
     * @throws Moved if what was read before it is not
     */
    void at(long read) {
        if (horizon == null || read == position) {
            return;
        }
        if (read < position || readAtLarge) {
            throw new Moved(ANYTHING);
        }
        requireUntouched(size - 1); // the last one is what was just read
        position = read;
    }

    /** Something was read that is right at this position and perhaps at no other. */
    void atLarge(long read) {
        if (horizon != null && read != position) {
            if (read < position || readAtLarge) {
                throw new Moved(ANYTHING);
            }
            requireUntouched(size);
            position = read;
        }
        readAtLarge = true;
    }

    private void requireUntouched(int noted) {
        for (int i = 0; i < noted; i++) {
            if (tables[i].touched(stripes[i]) > position) {
                throw new Moved(turn(i));
            }
        }
    }

    private int turn(int read) {
        return 31 * tables[read].number() + stripes[read];
    }

    /** What was read must not be told before every node has followed to this position. */
    void answerAfter(long change) {
        answerAfter = Math.max(answerAfter, change);
    }

    /** Waits as {@link #answerAfter} says. */
    void awaitAnswer() {
        if (horizon != null && answerAfter > 0) {
            horizon.awaitFollowed(answerAfter);
        }
    }

    /**
     * On the writer's thread, before the change that compares.
     *
     * @throws Moved if a change of what was read has begun since, in this commit or an earlier one
     */
    void requireUnmoved() {
        for (int i = 0; i < size; i++) {
            if (tables[i].begun(stripes[i]) != ended[i]) {
                throw new Moved(turn(i));
            }
        }
    }
}
