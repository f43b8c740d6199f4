package trent.dev;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** The service's time: the wall clock's, or so much before or after it as a test wants. */
public final class MovableClock implements InstantSource {

    /** The first and the last time that it can be set to, by which everything can be computed. */
    static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");

    static final Instant LAST = Instant.parse("2199-12-31T23:59:59Z");

    private final InstantSource wall;
    private final LongSupplier nanos;
    private volatile Duration offset = Duration.ZERO;

    /**
     * A clock that shows the wall's time.
     *
     * @param nanos monotonic, from any start
     */
    public MovableClock(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
    }

    @Override
    public Instant instant() {
        return wall.instant().plus(offset);
    }

    /** Time as it passes here: of what a test advances the clock by, that much has passed. */
    public long nanoTime() {
        return nanos.getAsLong() + offset.toNanos();
    }

    /** How much it is ahead of the wall clock; negative if it is behind. */
    Duration offset() {
        return offset;
    }

    /** Whether it can show this time. */
    static boolean canShow(Instant time) {
        return !time.isBefore(FIRST) && !time.isAfter(LAST);
    }

    /** Shows this time at that of the wall, and runs on from there. */
    void set(Instant time, Instant wallTime) {
        offset = Duration.between(wallTime, time);
    }

    /** Shows the wall's time again. */
    void reset() {
        offset = Duration.ZERO;
    }
}
