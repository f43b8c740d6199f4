package trent.dev;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.ServiceException;
import trent.api.ServiceUnavailable;
import trent.wire.Interceptor;

/**
 * The faults that a test wants, in the order in which it asked for them: the first that strikes a
 * call is the only one.
 */
final class Faults implements Interceptor {

    static final int MOST_RULES = 100;

    private final Delays delays = new Delays();
    private volatile List<Rule> rules = List.of();

    /** A fault, and whom it has struck. */
    static final class Rule {

        private static final double ONE = 1L << 53;

        private final Fault fault;
        private long state;
        private long met;
        private long struck;

        private Rule(Fault fault) {
            this.fault = fault;
            this.state = fault.seed();
        }

        Fault fault() {
            return fault;
        }

        /** How many calls it was about, struck or not. */
        synchronized long met() {
            return met;
        }

        synchronized long struck() {
            return struck;
        }

        private synchronized boolean strikes() {
            met++;
            if (struck >= fault.count() || (fault.share() < 1 && nextShare() >= fault.share())) {
                return false;
            }
            struck++;
            return true;
        }

        /**
         * From 0 up to 1. No secret hangs on it, and a seed repeats it. Source: Steele, Lea and
         * Flood, "Fast splittable pseudorandom number generators".
         */
        private double nextShare() {
            state += 0x9E3779B97F4A7C15L;
            long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
            mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
            return ((mixed ^ (mixed >>> 31)) >>> 11) / ONE;
        }
    }

    /** All of them, in their order. */
    List<Rule> rules() {
        return rules;
    }

    /** False, and none of them is added, if there would be more than {@value #MOST_RULES}. */
    synchronized boolean add(List<Fault> more) {
        if (rules.size() + more.size() > MOST_RULES) {
            return false;
        }
        List<Rule> all = new ArrayList<>(rules);
        more.forEach(fault -> all.add(new Rule(fault)));
        rules = List.copyOf(all);
        return true;
    }

    /** Ends them all; calls that wait do so no longer. */
    synchronized void clear() {
        rules = List.of();
        delays.release();
    }

    void close() {
        clear();
        delays.close();
    }

    /** How many calls wait. */
    int waiting() {
        return delays.waiting();
    }

    @Override
    public boolean takes(Known call) {
        String operation = call.operation();
        if (rules.isEmpty()
                || operation == null
                || !(call.reply() instanceof GatedSite.Passing passing)
                || passing.spared()) {
            return false;
        }
        Rule rule = striking(call.service(), operation);
        if (rule == null) {
            return false;
        }
        // It is not under way while it waits, and an error says nothing of any world.
        passing.leave();
        befall(rule.fault(), call, passing);
        if (!rules.contains(rule)) { // ended since: nobody waits any more
            delays.release();
        }
        return true;
    }

    private @Nullable Rule striking(String service, String operation) {
        for (Rule rule : rules) {
            if (rule.fault().meant(service, operation) && rule.strikes()) {
                return rule;
            }
        }
        return null;
    }

    private void befall(Fault fault, Interceptor.Known call, GatedSite.Passing passing) {
        ServiceException error = fault.answer();
        Duration latency = fault.latency();
        if (error != null && latency.isZero()) {
            call.refuse(error);
            return;
        }
        Runnable then;
        if (fault.timeout()) {
            then = passing::breakOff;
        } else if (error != null) {
            then = () -> call.refuse(error);
        } else {
            then = () -> passing.beginAnew(call.request());
        }
        long bytes = passing.heldBytes() + call.request().bodyLength();
        if (!delays.after(latency, bytes, then)) {
            call.refuse(new ServiceUnavailable("Too many calls wait for faults. Try again."));
        }
    }
}
