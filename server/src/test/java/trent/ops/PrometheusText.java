package trent.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prometheus' text format, read strictly. Source: Prometheus documentation, "Exposition formats",
 * text-based format 0.0.4.
 */
final class PrometheusText {

    private static final Pattern HELP = Pattern.compile("# HELP ([a-z_:][a-z0-9_:]*) (.+)");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE (\\S+) (counter|gauge|histogram|summary)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_:][a-z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-z_][a-z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\n\"])*)\"(?:,|$)");
    private static final Set<String> PARTS = Set.of("_bucket", "_count", "_sum");

    /** A value and what it is of. */
    record Sample(String name, Map<String, String> labels, double value) {}

    private final Map<String, String> types = new LinkedHashMap<>();
    private final List<Sample> samples = new ArrayList<>();

    /** Reads a text, and requires that it is one. */
    static PrometheusText read(String text) {
        assertThat(text).endsWith("\n");
        PrometheusText read = new PrometheusText();
        Set<String> helped = new TreeSet<>();
        Set<String> series = new TreeSet<>();
        String family = "";
        for (String line : text.split("\n", -1)) {
            Matcher help = HELP.matcher(line);
            Matcher type = TYPE.matcher(line);
            if (help.matches()) {
                assertThat(helped.add(help.group(1))).as(line).isTrue();
                family = help.group(1);
            } else if (type.matches()) {
                assertThat(type.group(1)).as("HELP stands before its TYPE").isEqualTo(family);
                assertThat(read.types.put(family, type.group(2))).as(line).isNull();
            } else if (!line.isEmpty()) {
                Sample sample = sample(line);
                assertThat(read.family(sample.name())).as(line).isEqualTo(family);
                assertThat(series.add(sample.name() + new TreeMap<>(sample.labels())))
                        .as("twice: " + line)
                        .isTrue();
                read.samples.add(sample);
            }
        }
        assertThat(read.types.keySet()).isEqualTo(helped);
        read.requireCounters();
        read.requireHistograms();
        return read;
    }

    /** Names as an expression names them, each with the labels that its series have. */
    Map<String, Set<String>> labelsByName() {
        Map<String, Set<String>> names = new HashMap<>();
        for (Sample each : samples) {
            names.computeIfAbsent(each.name(), _ -> new TreeSet<>()).addAll(each.labels().keySet());
        }
        return names;
    }

    /** The one value under this name and these labels. */
    double value(String name, Map<String, String> labels) {
        List<Sample> found =
                samples.stream()
                        .filter(each -> each.name().equals(name) && each.labels().equals(labels))
                        .toList();
        assertThat(found).as(name + labels).hasSize(1);
        return found.getFirst().value();
    }

    List<Sample> samples() {
        return samples;
    }

    private static Sample sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        Map<String, String> labels = new LinkedHashMap<>();
        if (sample.group(2) != null) {
            Matcher label = LABEL.matcher(sample.group(2));
            int end = 0;
            while (label.find() && label.start() == end) {
                assertThat(labels.put(label.group(1), label.group(2))).as(line).isNull();
                end = label.end();
            }
            assertThat(end).as(line).isEqualTo(sample.group(2).length());
        }
        String value = sample.group(3).replace("+Inf", "Infinity").replace("-Inf", "-Infinity");
        return new Sample(sample.group(1), labels, Double.parseDouble(value));
    }

    /** The family that a sample belongs to: a histogram's parts have names of their own. */
    private String family(String name) {
        for (String part : PARTS) {
            String whole =
                    name.endsWith(part) ? name.substring(0, name.length() - part.length()) : "";
            if (List.of("histogram", "summary").contains(types.getOrDefault(whole, ""))) {
                return whole;
            }
        }
        return name;
    }

    private void requireCounters() {
        types.forEach(
                (name, type) ->
                        assertThat(name.endsWith("_total"))
                                .as(name)
                                .isEqualTo(type.equals("counter")));
        for (Sample each : samples) {
            if ("counter".equals(types.get(each.name()))) {
                assertThat(each.value()).as(each.toString()).isGreaterThanOrEqualTo(0);
            }
        }
    }

    /** Buckets are cumulative, end with all, and agree with the count. */
    private void requireHistograms() {
        types.forEach(
                (name, type) -> {
                    if (type.equals("histogram")) {
                        requireHistogram(name);
                    }
                });
    }

    private void requireHistogram(String name) {
        Map<Map<String, String>, List<Sample>> buckets = new LinkedHashMap<>();
        for (Sample each : samples) {
            if (each.name().equals(name + "_bucket")) {
                Map<String, String> labels = new TreeMap<>(each.labels());
                assertThat(labels.remove("le")).as(each.toString()).isNotNull();
                buckets.computeIfAbsent(labels, _ -> new ArrayList<>()).add(each);
            }
        }
        assertThat(buckets).as(name).isNotEmpty();
        buckets.forEach(
                (labels, all) -> {
                    double bound = Double.NEGATIVE_INFINITY;
                    double before = 0;
                    for (Sample each : all) {
                        String le = each.labels().getOrDefault("le", "");
                        double next =
                                le.equals("+Inf")
                                        ? Double.POSITIVE_INFINITY
                                        : Double.parseDouble(le);
                        assertThat(next).as(each.toString()).isGreaterThan(bound);
                        assertThat(each.value()).as(each.toString()).isGreaterThanOrEqualTo(before);
                        bound = next;
                        before = each.value();
                    }
                    assertThat(bound).isEqualTo(Double.POSITIVE_INFINITY);
                    assertThat(value(name + "_count", labels)).isEqualTo(before);
                    assertThat(value(name + "_sum", labels)).isGreaterThanOrEqualTo(0);
                });
    }
}
