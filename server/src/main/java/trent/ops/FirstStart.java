package trent.ops;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.crypto.Entropy;
import trent.ops.Settings.Place.Shared;
import trent.store.Mode;
import trent.store.Opening;
import trent.store.Store;
import trent.store.Store.CannotOpen;

/** The time before there is a store in a database that several nodes are to share. */
public final class FirstStart {

    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(30);

    /** Enough to lose to another start once for the root key and once for the store. */
    private static final int TRIES = 3;

    private FirstStart() {}

    /**
     * Makes the store unless it is there, be it that another start is quicker.
     *
     * @throws CannotOpen if it cannot be made
     * @throws IOException if a file cannot be used
     */
    public static void make(Shared place, Entropy entropy) throws IOException, CannotOpen {
        for (int tries = 1; !Store.exists(place.database()); tries++) {
            try {
                Store.init(place.database(), place.rootKey(), entropy);
            } catch (FileAlreadyExistsException | CannotOpen e) { // another start was quicker?
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Whom a start that waits tells why. */
    @FunctionalInterface
    public interface Waiting {

        /**
         * Hears of the reason, as often as it is looked for.
         *
         * @return where it can be asked for
         * @throws IOException if it can be asked for nowhere
         */
        String because(String reason) throws IOException;
    }

    /**
     * Opens the store. Until somebody has made it, and the database answers, this waits; and then
     * for all else that is missing, since somebody is setting it up. For development nobody makes it
     * but this.
     *
     * @return null if the process was asked to end before
     * @throws CannotOpen if at the first look waiting does not help
     * @throws IOException if at the first look a file cannot be used
     */
    public static @Nullable Store open(
            Shared place, Entropy entropy, Opening opening, Stop stop, Waiting waiting)
            throws IOException, CannotOpen {
        boolean waits = false;
        long toldNanos = 0;
        while (true) {
            String missing;
            try {
                if (opening.as() == Mode.DEVELOPMENT) {
                    make(place, entropy);
                }
                if (Store.exists(place.database())) {
                    return Store.open(place.database(), place.rootKey(), entropy, opening);
                }
                missing =
                        "there is no store yet in %s. Make it with trent init --store URL --seal file:PATH, once for all nodes"
                                .formatted(place);
            } catch (CannotOpen e) {
                if (!waits && !e.mayPass()) {
                    throw e;
                }
                missing = String.valueOf(e.getMessage());
            } catch (IOException e) {
                if (!waits) {
                    throw e;
                }
                missing = FileWords.of(e);
            }
            String reason = "this server waits: " + missing;
            String asked = waiting.because(reason);
            if (!waits || System.nanoTime() - toldNanos >= BETWEEN_LINES.toNanos()) {
                waits = true;
                toldNanos = System.nanoTime();
                LOG.atWarn().addKeyValue("admin", asked).log("{}", reason);
            }
            if (stop.askedWithin(BETWEEN_LOOKS)) {
                return null;
            }
        }
    }
}
