package trent.dev;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What of the house a test reaches through the controls. */
public interface Workings {

    /** Why the store may not be emptied, in words for who asked; null if it may. */
    @Nullable String keptBecause();

    /**
     * Gets ready to go back to the state after the start: reads all that can be wrong before
     * anything is changed.
     *
     * @throws IOException if the seed cannot be read or is wrong
     */
    Restart ready() throws IOException;

    /** Does what is due by now, as the timer would; for how many keys that failed. */
    int catchUp();

    /** What {@link #ready} has prepared. */
    @FunctionalInterface
    interface Restart {

        /**
         * Empties the store and sows the seed. Runs while no call is under way.
         *
         * @throws IOException if the seed could not be sown whole; the store holds nothing else
         */
        void run() throws IOException;
    }
}
