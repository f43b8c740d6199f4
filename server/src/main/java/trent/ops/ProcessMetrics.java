package trent.ops;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What this process takes of the machine, and its JVM of what it may take, under the names that
 * Prometheus' own libraries give. The JVM's beans are asked for when the first reader comes: they
 * would take 30 ms of a start.
 */
public final class ProcessMetrics {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final double BYTES_PER_KIB = 1024;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final String HEAP = "heap";
    private static final String NOT_HEAP = "nonheap";
    private static final String NO_LIMIT = "; -1: no limit but the machine's";

    private ProcessMetrics() {}

    /** Shows them among these. */
    public static void show(Metrics metrics) {
        metrics.decimalCounter(
                "process_cpu_seconds_total",
                "Time that the process has spent on processors",
                () -> ofSystem(UnixOperatingSystemMXBean::getProcessCpuTime) / NANOS_PER_SECOND);
        metrics.gauge(
                "process_resident_memory_bytes",
                "Memory of the machine that the process holds",
                ProcessMetrics::residentBytes);
        metrics.gauge(
                "process_open_fds",
                "Open file descriptors",
                () -> ofSystem(UnixOperatingSystemMXBean::getOpenFileDescriptorCount));
        metrics.gauge(
                "process_max_fds",
                "How many file descriptors may be open",
                () -> ofSystem(UnixOperatingSystemMXBean::getMaxFileDescriptorCount));
        metrics.gauge(
                "process_start_time_seconds",
                "When the process started, in seconds since 1970",
                () -> ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_PER_SECOND);
        showMemory(metrics);
        metrics.summaries(
                "jvm_gc_collection_seconds",
                "Time spent on collecting garbage",
                "gc",
                shown -> {
                    for (GarbageCollectorMXBean each :
                            ManagementFactory.getGarbageCollectorMXBeans()) {
                        shown.value(
                                Math.max(0, each.getCollectionCount()),
                                Math.max(0, each.getCollectionTime()) / MILLIS_PER_SECOND,
                                each.getName());
                    }
                });
        metrics.gauge(
                "jvm_threads_current",
                "Threads of the system; virtual ones are not counted",
                () -> ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private static void showMemory(Metrics metrics) {
        metrics.gauge("trent_heap_used_bytes", "Java heap in use", () -> heap().getUsed());
        metrics.gauges(
                "jvm_memory_used_bytes",
                "Memory that the JVM uses",
                List.of("area"),
                shown -> areas(shown, MemoryUsage::getUsed));
        metrics.gauges(
                "jvm_memory_committed_bytes",
                "Memory that the JVM has got of the system",
                List.of("area"),
                shown -> areas(shown, MemoryUsage::getCommitted));
        metrics.gauges(
                "jvm_memory_max_bytes",
                "Memory that the JVM may use" + NO_LIMIT,
                List.of("area"),
                shown -> areas(shown, MemoryUsage::getMax));
        metrics.gauges(
                "jvm_memory_pool_used_bytes",
                "Memory that the JVM uses: the heap's generations, compiled code, classes",
                List.of("pool"),
                shown -> pools(shown, MemoryUsage::getUsed));
        metrics.gauges(
                "jvm_memory_pool_max_bytes",
                "Memory that the JVM may use of each kind" + NO_LIMIT,
                List.of("pool"),
                shown -> pools(shown, MemoryUsage::getMax));
        metrics.gauges(
                "jvm_buffer_pool_used_bytes",
                "Memory of the JDK's own buffers outside the heap; those of connections are not among them",
                List.of("pool"),
                shown -> {
                    for (BufferPoolMXBean each :
                            ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
                        shown.value((double) each.getMemoryUsed(), each.getName());
                    }
                });
    }

    private static MemoryUsage heap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    }

    private static void areas(Metrics.Shown shown, ToDoubleFunction<MemoryUsage> figure) {
        shown.value(figure.applyAsDouble(heap()), HEAP);
        shown.value(
                figure.applyAsDouble(ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage()),
                NOT_HEAP);
    }

    private static void pools(Metrics.Shown shown, ToDoubleFunction<MemoryUsage> figure) {
        for (MemoryPoolMXBean each : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage usage = each.getUsage();
            if (usage != null) {
                shown.value(figure.applyAsDouble(usage), each.getName());
            }
        }
    }

    /** NaN where the system does not say. */
    private static double ofSystem(ToDoubleFunction<UnixOperatingSystemMXBean> figure) {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean system
                ? figure.applyAsDouble(system)
                : Double.NaN;
    }

    /** NaN where the system does not say. */
    private static double residentBytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(RESIDENT)) {
                    String kib = line.substring(RESIDENT.length()).strip().split(" ", 2)[0];
                    return Long.parseLong(kib) * BYTES_PER_KIB;
                }
            }
        } catch (IOException | NumberFormatException _) {
            // Not Linux.
        }
        return Double.NaN;
    }
}
