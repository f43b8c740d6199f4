package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What is packed for operators speaks of what there is: each metric and label of the dashboard and
 * the alert rules is on {@code /metrics}, and each rule has its paragraph.
 */
@Tag("sqlite")
@Timeout(120)
class PackagingTest {

    private static final Path HOME =
            Path.of(Objects.requireNonNull(System.getProperty("trent.home"), "trent.home"));
    private static final Path PACKAGING = HOME.resolve("packaging");
    private static final Path PROMETHEUS = PACKAGING.resolve("prometheus");
    private static final Path ALERTS = PROMETHEUS.resolve("trent-alerts.yaml");
    private static final Path DOCS = HOME.resolve("docs");

    private static final Pattern METRIC =
            Pattern.compile("\\b((?:trent|process|jvm)_[a-z0-9_]+|up)\\b(?:\\{([^}]*)\\})?");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|without|on)\\s*\\(([^)]*)\\)");
    private static final Pattern SHOWN =
            Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?([a-z_]+)\\s*\\}\\}");

    /** What Prometheus adds to whatever it reads. */
    private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance");

    @TempDir Path folder = Path.of("");

    @Test
    void alertsSpeakOfWhatThereIs() throws Exception {
        try (ScrapedServer trent = ScrapedServer.start(folder)) {
            Map<String, Set<String>> names = trent.allNames();
            List<Map<String, Object>> rules = rules();
            assertThat(rules).hasSizeGreaterThan(20);
            for (Map<String, Object> rule : rules) {
                Set<String> labels = requireKnown(String.valueOf(rule.get("expr")), names);
                String summary = String.valueOf(map(member(rule, "annotations")).get("summary"));
                requireShown(summary, labels);
                assertThat(map(member(rule, "labels")).get("severity")).isIn("critical", "warning");
            }
        }
    }

    @Test
    void theDashboardSpeaksOfWhatThereIs() throws Exception {
        JsonNode dashboard =
                new ObjectMapper().readTree(PACKAGING.resolve("grafana/trent.json").toFile());
        try (ScrapedServer trent = ScrapedServer.start(folder)) {
            Map<String, Set<String>> names = trent.allNames();
            int expressions = 0;
            Set<Integer> ids = new TreeSet<>();
            for (JsonNode panel : dashboard.path("panels")) {
                assertThat(ids.add(panel.path("id").asInt())).isTrue();
                for (JsonNode target : panel.path("targets")) {
                    Set<String> labels = requireKnown(target.path("expr").asText(), names);
                    requireShown(target.path("legendFormat").asText(), labels);
                    expressions++;
                }
            }
            assertThat(expressions).isGreaterThan(40);
            for (JsonNode variable : dashboard.path("templating").path("list")) {
                requireKnown(variable.path("definition").asText(), names);
            }
            for (JsonNode note : dashboard.path("annotations").path("list")) {
                requireKnown(note.path("expr").asText(), names);
            }
        }
    }

    /** Whoever is woken by a rule finds what to do under its name. */
    @Test
    void eachRuleHasItsParagraph() throws IOException {
        Set<String> told = new TreeSet<>();
        Pattern paragraph = Pattern.compile("(?m)^#{3,5} (Trent[A-Z][A-Za-z]+)\\n\\n\\S");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(DOCS, "*.md")) {
            for (Path each : files) {
                Matcher heading = paragraph.matcher(Files.readString(each));
                while (heading.find()) {
                    assertThat(told.add(heading.group(1)))
                            .as("twice: " + heading.group(1))
                            .isTrue();
                }
            }
        }
        Set<String> rules = new TreeSet<>();
        for (Map<String, Object> rule : rules()) {
            assertThat(rules.add(String.valueOf(rule.get("alert")))).isTrue();
        }
        assertThat(told).isEqualTo(rules);
    }

    @Test
    void theScrapeExampleIsReadable() throws IOException {
        Map<String, Object> config = yaml(PROMETHEUS.resolve("trent-scrape.yaml"));
        Map<String, Object> job = map(list(config, "scrape_configs").getFirst());
        assertThat(job).containsEntry("job_name", "trent");
        assertThat(String.valueOf(job.get("static_configs")))
                .contains(String.valueOf(Flag.ADMIN_LISTEN.byDefault()));
    }

    @Test
    void prometheusTakesTheRulesAndTheirTestsPass() throws Exception {
        String promtool = onPath("promtool");
        assumeTrue(
                promtool != null, "promtool is not here: Debian has it in the package prometheus");
        run(PROMETHEUS, promtool, "check", "rules", ALERTS.getFileName().toString());
        run(PROMETHEUS, promtool, "test", "rules", "trent-alerts-test.yaml");
    }

    @Test
    void systemdTakesTheUnit() throws Exception {
        String analyze = onPath("systemd-analyze");
        assumeTrue(analyze != null, "systemd-analyze is not here: it comes with systemd");
        String unit = Files.readString(PACKAGING.resolve("systemd/trent.service"));
        assertThat(unit).contains("ExecStart=/opt/trent/trent server ");
        Path here = folder.resolve("trent.service");
        Files.writeString(here, unit.replace("/opt/trent/trent", "/bin/sh"));
        run(folder, analyze, "verify", here.toString());
    }

    @Test
    void theUnitsSettingsAreThoseThatThereAre() throws IOException {
        Set<String> known = new TreeSet<>();
        for (Flag flag : Flag.values()) {
            known.add(flag.variable());
        }
        known.addAll(Set.of("TRENT_NO_DOWNLOAD", "TRENT_JAVA_OPTS"));
        for (String file : List.of("trent.service", "trent.env.example")) {
            Matcher name =
                    Pattern.compile("(?m)^#?(?:Environment=)?(TRENT_[A-Z_]+)=")
                            .matcher(Files.readString(PACKAGING.resolve("systemd").resolve(file)));
            int found = 0;
            while (name.find()) {
                assertThat(known).contains(name.group(1));
                found++;
            }
            assertThat(found).as(file).isPositive();
        }
    }

    // ---- expressions

    /** Requires that all that an expression names exists; the labels of its series. */
    private static Set<String> requireKnown(String expression, Map<String, Set<String>> names) {
        Set<String> all = new TreeSet<>(OF_PROMETHEUS);
        Matcher metric = METRIC.matcher(expression);
        while (metric.find()) {
            String name = metric.group(1);
            Set<String> labels =
                    name.equals("up") ? Set.of() : names.getOrDefault(name, Set.of("no such name"));
            assertThat(labels).as("%s in %s", name, expression).doesNotContain("no such name");
            all.addAll(labels);
            Matcher matcher = MATCHER.matcher(Objects.requireNonNullElse(metric.group(2), ""));
            while (matcher.find()) {
                String label = matcher.group(1);
                assertThat(labels.contains(label) || OF_PROMETHEUS.contains(label))
                        .as("label %s in %s", label, expression)
                        .isTrue();
            }
        }
        Matcher grouping = GROUPING.matcher(expression);
        Set<String> kept = null;
        while (grouping.find()) {
            kept = kept == null ? new TreeSet<>() : kept;
            for (String label : grouping.group(1).split(",", -1)) {
                assertThat(all).as(expression).contains(label.strip());
                kept.add(label.strip());
            }
        }
        assertThat(all).as("names nothing: " + expression).isNotEmpty();
        return kept == null ? all : kept;
    }

    private static void requireShown(String text, Set<String> labels) {
        Matcher shown = SHOWN.matcher(text);
        while (shown.find()) {
            assertThat(labels).as(text).contains(shown.group(1));
        }
    }

    // ---- files and programs

    private static List<Map<String, Object>> rules() throws IOException {
        List<Map<String, Object>> rules = new ArrayList<>();
        for (Object group : list(yaml(ALERTS), "groups")) {
            for (Object rule : list(map(group), "rules")) {
                rules.add(map(rule));
            }
        }
        return rules;
    }

    private static Map<String, Object> yaml(Path file) throws IOException {
        return map(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file)));
    }

    private static List<?> list(Map<String, Object> map, String name) {
        return (List<?>) member(map, name);
    }

    private static Object member(Map<String, Object> map, String name) {
        return Objects.requireNonNull(map.get(name), name);
    }

    @SuppressWarnings("unchecked") // the test fails if it is none
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static @Nullable String onPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(":", -1))
                .map(each -> Path.of(each, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(null);
    }

    private static void run(Path folder, String... command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
