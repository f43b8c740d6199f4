package trent.work;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a thread stands back behind others, 0 to 19, as the kernel applies it. On Linux {@code
 * Thread.setPriority} does nothing; setpriority(2) works on single threads there, and anybody may
 * lower his own. Elsewhere nothing is done.
 */
final class Niceness {

    private static final Logger LOG = LoggerFactory.getLogger(Niceness.class);

    private static final int PRIO_PROCESS = 0;
    private static final int CALLING_THREAD = 0;

    private Niceness() {}

    /** Lowers the calling thread. Takes tens of milliseconds the first time, for the linker. */
    @SuppressWarnings("restricted") // the launcher allows native access, which SQLite needs too
    static void ofThisThread(int nice) {
        if (nice == 0
                || !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux")) {
            return;
        }
        try {
            Linker linker = Linker.nativeLinker();
            MemorySegment address = linker.defaultLookup().findOrThrow("setpriority");
            MethodHandle setpriority =
                    linker.downcallHandle(
                            address,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT));
            int failed = (int) setpriority.invokeExact(PRIO_PROCESS, CALLING_THREAD, nice);
            if (failed != 0) {
                LOG.atWarn().log("the kernel did not lower the priority of a thread");
            }
        } catch (Throwable e) { // what the handle throws; the work goes on, at normal priority
            LOG.atWarn().setCause(e).log("the priority of a thread could not be lowered");
        }
    }
}
