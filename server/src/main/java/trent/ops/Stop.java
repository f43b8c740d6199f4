package trent.ops;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the process as a signal asks for it, which a start that waits must hear of. The first
 * signal has what was accepted finished, the second ends the process at once.
 */
public final class Stop {

    private static final Logger LOG = LoggerFactory.getLogger(Stop.class);

    /** What a shell adds to the number of the signal that ended a process. */
    private static final int BY_SIGNAL = 128;

    /** Within this, it is the same one: some send it to the process and then to its group. */
    private static final long SAME_NANOS = Duration.ofMillis(300).toNanos();

    private static final String[] SIGNALS = {"TERM", "INT", "HUP"};

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean signalled = new AtomicBoolean();
    private volatile long signalledNanos = System.nanoTime();

    /** Waits for this long, or until the process is asked to end, and says whether it is. */
    public boolean askedWithin(Duration time) {
        try {
            return asked.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    void ask() {
        if (signalled.compareAndSet(false, true)) { // one that the JVM itself heard, or none
            signalledNanos = System.nanoTime();
        }
        asked.countDown();
    }

    /**
     * Takes the signals that ask for the end: the JVM itself would hear only the first. By
     * reflection, since the compiler calls the one class that gives them, in a supported module, an
     * internal one. Where there is none the first signal is heard all the same.
     */
    void hearSignals() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            for (String name : SIGNALS) {
                Object each = signal.getConstructor(String.class).newInstance(name);
                int number = (Integer) signal.getMethod("getNumber").invoke(each);
                Object mine =
                        Proxy.newProxyInstance(
                                Stop.class.getClassLoader(),
                                new Class<?>[] {handler},
                                (proxy, method, arguments) ->
                                        switch (method.getName()) {
                                            case "handle" -> {
                                                heard(number);
                                                yield null;
                                            }
                                            case "equals" ->
                                                    arguments != null && proxy == arguments[0];
                                            case "hashCode" -> number;
                                            default -> "trent-stop";
                                        });
                Object _ = signal.getMethod("handle", signal, handler).invoke(null, each, mine);
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.atDebug().setCause(e).log("a second signal is not heard");
        }
    }

    private void heard(int signal) {
        if (signalled.compareAndSet(false, true)) {
            signalledNanos = System.nanoTime();
            System.exit(BY_SIGNAL + signal); // what is to be done first, the hook of the end does
        }
        if (System.nanoTime() - signalledNanos < SAME_NANOS) {
            return;
        }
        // What was acknowledged is on the disk; the rest was promised to nobody.
        Runtime.getRuntime().halt(BY_SIGNAL + signal);
    }
}
