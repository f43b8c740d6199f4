package trent.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.store.ClockNote;
import trent.store.ClockNote.Leap;
import trent.store.Store;

/**
 * The time by which waiting periods end: the wall clock's, less each leap that it made ahead and
 * that is not believed yet. A leap is believed after 24 hours of service, summed over restarts, or
 * when an operator says so: a clock that is wrong by weeks must destroy no key. While no service
 * runs every clock leaps, and a deletion then comes up to 24 hours late, as AWS's may.
 */
public final class DeletionClock implements InstantSource {

    /** What is believed at once: the drift of clocks, and a restart. */
    static final Duration TOLERANCE = Duration.ofHours(1);

    static final Duration RUN = Duration.ofHours(24);

    /** Beyond this many, leaps that are not believed yet become one. */
    private static final int MOST_LEAPS = 100;

    private static final Duration BETWEEN_NOTES = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(DeletionClock.class);

    private final Store store;
    private final InstantSource wall;
    private final LongSupplier nanos;
    private final List<Leap> leaps = new ArrayList<>();
    private Instant seen;
    private long seenNanos;
    private @Nullable Instant noted;

    /**
     * A clock that goes on from what the store remembers.
     *
     * @param nanos monotonic, from any start
     */
    public DeletionClock(Store store, InstantSource wall, LongSupplier nanos) {
        this.store = store;
        this.wall = wall;
        this.nanos = nanos;
        ClockNote note = store.<@Nullable ClockNote>read(ClockNote::find);
        this.seen = note == null ? wall.instant() : note.seen();
        this.seenNanos = nanos.getAsLong();
        if (note != null) {
            leaps.addAll(note.leaps());
        }
    }

    /** The time that deletions go by; never after the wall clock's. */
    @Override
    public synchronized Instant instant() {
        look();
        boolean due =
                noted == null || Duration.between(noted, seen).abs().compareTo(BETWEEN_NOTES) >= 0;
        if (due) {
            keep();
        }
        return seen.minus(behind());
    }

    /** Writes down what the clock shows, so that the next start can tell whether it leaped. */
    public synchronized void keep() {
        look();
        ClockNote note = new ClockNote(seen, leaps);
        store.write(
                tx -> {
                    note.put(tx);
                    return true;
                });
        noted = seen;
    }

    /** For how much longer Trent must run until the last leap is believed; zero without one. */
    public synchronized Duration toRun() {
        return leaps.stream().map(Leap::toRun).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    /** How many keys would be deleted if the clock were believed. */
    public int held() {
        Instant until;
        Instant after;
        synchronized (this) {
            until = seen;
            after = seen.minus(behind());
        }
        return after.equals(until)
                ? 0
                : store.read(tx -> tx.keys().countDueForDeletion(after, until));
    }

    /** Believes the clock of this store from now on, and says how many keys that lets go. */
    public static int believe(Store store, InstantSource wall) {
        DeletionClock clock = new DeletionClock(store, wall, System::nanoTime);
        synchronized (clock) {
            clock.look();
            int held = clock.held();
            clock.leaps.clear();
            clock.keep();
            return held;
        }
    }

    private void look() {
        Instant now = wall.instant();
        long nowNanos = nanos.getAsLong();
        Duration ran = Duration.ofNanos(nowNanos - seenNanos);
        Duration ahead = Duration.between(seen, now).minus(ran);
        seen = now;
        seenNanos = nowNanos;
        boolean held = !leaps.isEmpty();
        leaps.replaceAll(leap -> new Leap(leap.size(), leap.toRun().minus(ran)));
        leaps.removeIf(leap -> !leap.toRun().isPositive());
        if (held && leaps.isEmpty()) {
            LOG.atInfo().log("the clock is believed: no deletion of a key waits any more");
        }
        if (ahead.compareTo(TOLERANCE) > 0) {
            wentAhead(ahead);
        } else if (ahead.negated().compareTo(TOLERANCE) > 0) {
            wentBack(ahead.negated());
        }
    }

    private void wentAhead(Duration size) {
        Duration sum = size;
        if (leaps.size() == MOST_LEAPS) {
            sum = sum.plus(leaps.removeLast().size());
        }
        leaps.add(new Leap(sum, RUN));
        noted = null; // written at once: a crash must not make it unseen
        LOG.atWarn()
                .addKeyValue("leap", size)
                .addKeyValue("clock", seen)
                .log(
                        "the clock is ahead of what Trent saw last, since it did not run, or somebody set it. Keys"
                                + " whose deletion fell due by that are kept until Trent has run 24 hours more. If the"
                                + " clock is right and that is too long: stop Trent, run trent release-deletions"
                                + " with the same --data and --seal, and start it again");
    }

    /** Takes the last leaps back, which it seems were mistakes. */
    private void wentBack(Duration size) {
        Duration left = size;
        while (left.isPositive() && !leaps.isEmpty()) {
            Leap last = leaps.removeLast();
            Duration rest = last.size().minus(left);
            if (rest.isPositive()) {
                leaps.add(new Leap(rest, last.toRun()));
            }
            left = left.minus(last.size());
        }
        noted = null;
        LOG.atWarn()
                .addKeyValue("leap", size.negated())
                .addKeyValue("clock", seen)
                .log("the clock went back; no key is deleted before its time by the clock now");
    }

    private Duration behind() {
        return leaps.stream().map(Leap::size).reduce(Duration.ZERO, Duration::plus);
    }
}
