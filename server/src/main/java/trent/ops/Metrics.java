package trent.ops;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.SummaryWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Quantiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Figures in Prometheus' text format. Each series is there from the start, and none has a label that
 * a caller chooses: the text stays below {@value #MAX_TEXT_BYTES} bytes.
 */
public final class Metrics {

    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    /** What a test holds the text to; it is far from it. */
    static final int MAX_TEXT_BYTES = 128 * 1024;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ReentrantLock writing = new ReentrantLock();

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

    public Metrics() {
        Info.builder()
                .name("trent_build_info")
                .help("Which Trent and which Java this is")
                .labelNames("version", "java")
                .register(registry)
                .addLabelValues(Version.TRENT, Version.JAVA);
        counter(
                "trent_log_lines_dropped_total",
                "Lines of the log that nobody read fast enough",
                Logging::droppedLines);
    }

    /** Takes a value and the values of its labels. */
    @FunctionalInterface
    public interface Shown {
        void value(double value, String... labels);
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
        decimalCounter(name, help, () -> (double) value.getAsLong());
    }

    /** The same for what is not counted in whole numbers. */
    void decimalCounter(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(counter -> counter.call(value.getAsDouble()))
                .register(registry);
    }

    /** Shows numbers, each under values of the labels. */
    public void gauges(String name, String help, List<String> labels, Consumer<Shown> values) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(gauge -> values.accept(gauge::call))
                .register(registry);
    }

    /** Shows what was counted elsewhere, each under values of the labels. */
    void counters(String name, String help, List<String> labels, Consumer<Shown> values) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(counter -> values.accept(counter::call))
                .register(registry);
    }

    /** Takes how many times something happened and their sum. */
    @FunctionalInterface
    interface Summed {
        void value(long count, double sum, String label);
    }

    /** Shows how often things happened, and what they came to, each under a value of the label. */
    void summaries(String name, String help, String label, Consumer<Summed> values) {
        SummaryWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(
                        summary ->
                                values.accept(
                                        (count, sum, value) ->
                                                summary.call(count, sum, Quantiles.EMPTY, value)))
                .register(registry);
    }

    /** A histogram with these upper bounds, to be shown for each value of its label once named. */
    Histogram histogram(String name, String help, String label, double... bounds) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .classicOnly()
                .classicUpperBounds(bounds)
                .register(registry);
    }

    /** A histogram with these upper bounds, shown from the start. */
    Histogram histogram(String name, String help, double... bounds) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .classicOnly()
                .classicUpperBounds(bounds)
                .register(registry);
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

    /** The text; one at a time, since each asks the system for what it shows. May wait for it. */
    byte[] text() {
        writing.lock();
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("metrics could not be written to memory", e);
        } finally {
            writing.unlock();
        }
    }
}
