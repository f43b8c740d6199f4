package trent.work;

import java.time.Duration;

/**
 * The two lanes. What is known to take over a millisecond runs on one of them, and
 * its virtual thread waits.
 */
public final class Lanes {

    /** A tenth of what others get where all want the same core. */
    private static final int NICE = 10;

    /** Half a minute's work of RSA keys of 4096 bits. */
    private static final int KEYS_OF_ACCOUNT = 32;

    private static final int KEYS_IN_ALL = 256;
    private static final int COMPUTATIONS_OF_ACCOUNT = 512;
    private static final int COMPUTATIONS_IN_ALL = 2048;

    /**
     * With the work itself, which takes seconds at most, still below the 30 s after which the first
     * SDKs give up: they would ask again, and what they asked for first would be made for nobody.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Lane keys;
    private final Lane computations;

    /** Lanes for a machine of so many cores; no thread is started yet. */
    public Lanes(int cores) {
        this.keys =
                new Lane(
                        "keys",
                        Math.max(1, cores - 1),
                        NICE,
                        KEYS_OF_ACCOUNT,
                        KEYS_IN_ALL,
                        PATIENCE);
        this.computations =
                new Lane(
                        "compute",
                        cores,
                        0,
                        COMPUTATIONS_OF_ACCOUNT,
                        COMPUTATIONS_IN_ALL,
                        PATIENCE);
    }

    /**
     * For new keys, and the check of those that are brought: milliseconds to seconds, on one thread
     * fewer than there are cores, behind all other work.
     */
    public Lane keys() {
        return keys;
    }

    /** For what is done with keys: milliseconds, on as many threads as there are cores. */
    public Lane computations() {
        return computations;
    }

    /**
     * Lets what waits come to its end for this long, and refuses what is left
     * then; returns at once.
     */
    public void stop(Duration drain) {
        keys.stop(drain);
        computations.stop(drain);
    }
}
