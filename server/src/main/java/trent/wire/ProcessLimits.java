package trent.wire;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the JVM and the system allow this process, and what of it callers may have. */
final class ProcessLimits {

    /** Of the heap, callers get two fifths; the rest is for keys, caches, the JVM and garbage. */
    private static final long HEAP_PARTS = 5;

    private static final long HEAP_PARTS_OF_CALLERS = 2;

    /** Of direct memory, three fifths: pooled buffers leave gaps. */
    private static final long DIRECT_PARTS_OF_CALLERS = 3;

    /** For accepting, for the store's files, for jars and the log: an eighth, and at least this. */
    private static final int MIN_DESCRIPTORS_KEPT = 128;

    private static final int DESCRIPTOR_PARTS = 8;
    private static final int MIN_CONNECTIONS = 16;
    private static final int UNKNOWN_DESCRIPTORS = 1024;
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String OPEN_FILES = "Max open files";

    private ProcessLimits() {}

    static long budgetBytes() {
        long ofHeap = Runtime.getRuntime().maxMemory() / HEAP_PARTS * HEAP_PARTS_OF_CALLERS;
        long ofDirect = directBytes() / HEAP_PARTS * DIRECT_PARTS_OF_CALLERS;
        return Math.min(ofHeap, ofDirect);
    }

    static long directBytes() {
        return PlatformDependent.maxDirectMemory();
    }

    /** As descriptors and the budget allow: an idle connection costs its part of the budget. */
    static int connections() {
        long descriptors = descriptors();
        long byDescriptors =
                descriptors - Math.max(MIN_DESCRIPTORS_KEPT, descriptors / DESCRIPTOR_PARTS);
        long byBudget = budgetBytes() / Connection.PLAIN_BYTES;
        return (int) Math.max(MIN_CONNECTIONS, Math.min(byDescriptors, byBudget));
    }

    /** The file limit, read where it costs least: the JVM's own bean takes 30 ms of a start. */
    private static long descriptors() {
        try {
            List<String> lines = Files.readAllLines(LIMITS);
            for (String line : lines) {
                if (line.startsWith(OPEN_FILES)) {
                    String soft = line.substring(OPEN_FILES.length()).strip().split("\\s+", 2)[0];
                    return soft.equals("unlimited") ? Integer.MAX_VALUE : Long.parseLong(soft);
                }
            }
        } catch (IOException | NumberFormatException _) {
            // Not Linux: what every system grants.
        }
        return UNKNOWN_DESCRIPTORS;
    }
}
