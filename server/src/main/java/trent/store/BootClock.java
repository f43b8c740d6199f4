package trent.store;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Nanoseconds since the machine was started, those included in which it slept: a lease goes on
 * running then, while {@code System.nanoTime} stands still. Elsewhere than on Linux it is that one
 * all the same.
 */
final class BootClock {

    /** CLOCK_BOOTTIME of linux/time.h. */
    private static final int CLOCK_BOOTTIME = 7;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private static final @Nullable MethodHandle CLOCK_GETTIME = clockGettime();

    private BootClock() {}

    /** Whether the time in which the machine slept is counted. */
    static boolean countsSleep() {
        return CLOCK_GETTIME != null;
    }

    static long nanos() {
        if (CLOCK_GETTIME == null) {
            return System.nanoTime();
        }
        long[] time = new long[2]; // seconds and nanoseconds, as timespec has them
        int failed;
        try {
            failed = (int) CLOCK_GETTIME.invokeExact(CLOCK_BOOTTIME, MemorySegment.ofArray(time));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) { // nothing else is thrown by a function of C
            throw new IllegalStateException(e);
        }
        if (failed != 0) {
            throw new IllegalStateException("the kernel does not tell the time since its start");
        }
        return time[0] * NANOS_PER_SECOND + time[1];
    }

    @SuppressWarnings("restricted") // the launcher allows native access, which SQLite needs too
    private static @Nullable MethodHandle clockGettime() {
        boolean linux = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");
        boolean timespec = ValueLayout.ADDRESS.byteSize() == Long.BYTES; // of two longs
        if (!linux || !timespec) {
            return null;
        }
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("clock_gettime")
                .map(
                        address ->
                                linker.downcallHandle(
                                        address,
                                        FunctionDescriptor.of(
                                                ValueLayout.JAVA_INT,
                                                ValueLayout.JAVA_INT,
                                                ValueLayout.ADDRESS),
                                        // It returns at once, and may be given an array.
                                        Linker.Option.critical(true)))
                .orElse(null);
    }
}
