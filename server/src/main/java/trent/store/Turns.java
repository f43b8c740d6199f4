package trent.store;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who was overtaken by changes of the same thing goes one after the other: else, of a hundred who
 * change one alias, each commit would let one through and have the others try in vain.
 */
final class Turns {

    private static final int LOCKS = 256;

    private final Lock[] locks = new Lock[LOCKS];

    Turns() {
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new ReentrantLock(true);
        }
    }

    /**
     * Gives back the turn that is held, and waits for the next.
     *
     * @param held null for none
     * @param what by what the call was overtaken
     * @return to be given back by this thread
     * @throws NotInMemory if this thread must not wait; then none is held
     */
    Lock next(@Nullable Lock held, int what) {
        Lock next = locks[Math.floorMod(what, LOCKS)];
        if (next.equals(held)) {
            return next;
        }
        if (held != null) {
            held.unlock(); // one at a time: nobody waits for another in a circle
        }
        Memory.mayWait();
        next.lock();
        return next;
    }
}
