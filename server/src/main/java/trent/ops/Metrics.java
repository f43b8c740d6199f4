package trent.ops;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import trent.audit.AuditRecord;
import trent.audit.AuditTrail;

/** Counts and times of the calls, in Prometheus's text format. */
public final class Metrics implements AuditTrail {

    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final String NONE = "none";
    private static final double MICROS_PER_SECOND = 1e6;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Histogram seconds =
            Histogram.builder()
                    .name("trent_call_duration_seconds")
                    .help("Time from the whole request to the whole answer")
                    .labelNames("operation")
                    .classicOnly()
                    .classicUpperBounds(
                            .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, .5, 2.5)
                    .register(registry);
    private final Counter errors =
            Counter.builder()
                    .name("trent_call_errors_total")
                    .help("Calls that were answered with an error")
                    .labelNames("operation", "error")
                    .register(registry);

    private final Counter timerFailures =
            Counter.builder()
                    .name("trent_timer_failures_total")
                    .help("What a task of the timer failed for: keys, or the task as a whole")
                    .labelNames("task")
                    .register(registry);
    private final Gauge timerFailing =
            Gauge.builder()
                    .name("trent_timer_failing")
                    .help("Whether the last run of a task of the timer failed for something")
                    .labelNames("task")
                    .register(registry);
    private final Gauge deletionsHeld =
            Gauge.builder()
                    .name("trent_deletions_held")
                    .help(
                            "Keys whose deletion fell due by a leap of the clock that is not believed yet")
                    .register(registry);
    private final Gauge deletionsHeldSeconds =
            Gauge.builder()
                    .name("trent_deletions_held_seconds")
                    .help("For how much longer the service must run until the clock is believed")
                    .register(registry);

    /** One look-up by name, where the library's own takes a list of labels. */
    private final Map<String, DistributionDataPoint> byOperation = new ConcurrentHashMap<>();

    public Metrics() {
        CounterWithCallback.builder()
                .name("trent_log_lines_dropped_total")
                .help("Lines of the log that nobody read fast enough")
                .callback(counter -> counter.call((double) Logging.droppedLines()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("trent_heap_used_bytes")
                .help("Java heap in use")
                .callback(
                        gauge ->
                                gauge.call(
                                        (double)
                                                ManagementFactory.getMemoryMXBean()
                                                        .getHeapMemoryUsage()
                                                        .getUsed()))
                .register(registry);
    }

    /** Shows a number as it is whenever it is asked for. */
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(gauge -> gauge.call(value.getAsDouble()))
                .register(registry);
    }

    /** Shows what was counted elsewhere; its name ends with _total. */
    public void counter(String name, String help, LongSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(counter -> counter.call((double) value.getAsLong()))
                .register(registry);
    }

    @Override
    public void add(AuditRecord entry) {
        String operation = entry.operation() == null ? NONE : entry.operation();
        DistributionDataPoint times = byOperation.get(operation);
        if (times == null) {
            times = byOperation.computeIfAbsent(operation, name -> seconds.labelValues(name));
        }
        times.observe(entry.micros() / MICROS_PER_SECOND);
        if (entry.error() != null) {
            errors.labelValues(operation, entry.error()).inc();
        }
    }

    /** A task of the timer; shown with its failures from the start. */
    void timer(String task) {
        timerFailures.initLabelValues(task);
        timerFailing.labelValues(task).set(0);
    }

    void timerSucceeded(String task) {
        timerFailing.labelValues(task).set(0);
    }

    void timerFailed(String task, int failures) {
        timerFailures.labelValues(task).inc(failures);
        timerFailing.labelValues(task).set(1);
    }

    /** How many keys wait since the clock may be wrong, and for how long still. */
    public void deletionsHeld(int keys, Duration toRun) {
        deletionsHeld.set(keys);
        deletionsHeldSeconds.set((double) toRun.toSeconds());
    }

    byte[] text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("metrics could not be written to memory", e);
        }
        return out.toByteArray();
    }
}
