package io.agentservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.agentservice.testing.PromQuery;
import io.agentservice.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** k8s/components/monitoring asks for metrics that there are, and an operator finds what to do about each alert. */
class MonitoringTest {

    private static final Path FOLDER = Path.of("k8s/components/monitoring");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\w+) \\| ([^|]*)\\|.*$");
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");
    private static final Pattern LEGEND = Pattern.compile("\\{\\{(\\w+)}}");
    /** Prometheus itself puts these on what it scrapes. */
    private static final Set<String> TARGET = Set.of("job", "instance", "pod", "namespace");

    @TempDir
    Path folder;

    /** A metric as docs/metrics.md describes it; another test holds that page to what the service shows. */
    private record Metric(Set<String> labels, String row) {}

    private record Asked(String where, PromQuery query) {}

    private static JsonNode rules() throws IOException {
        return new YAMLMapper().readTree(FOLDER.resolve("rules.yaml").toFile()).path("spec");
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(FOLDER.resolve("dashboard.json").toFile());
    }

    private static List<JsonNode> all(String kind) throws IOException {
        return rules().findParents(kind);
    }

    private static Map<String, Metric> metrics() throws IOException {
        Map<String, Metric> metrics = new HashMap<>(Map.of("up", new Metric(Set.of(), "")));
        ROW.matcher(Files.readString(Path.of("docs/metrics.md"))).results().forEach(row -> {
            Set<String> labels = new TreeSet<>(CODE.matcher(row.group(3))
                    .results()
                    .map(code -> code.group(1))
                    .toList());
            var metric = new Metric(labels, row.group());
            boolean compound = Set.of("histogram", "summary").contains(row.group(2));
            List<String> suffixes = compound ? List.of("_sum", "_count", "_max") : List.of("");
            suffixes.forEach(suffix -> metrics.put(row.group(1) + suffix, metric));
            if (row.group(2).equals("histogram")) {
                Set<String> withBound = new TreeSet<>(labels);
                withBound.add("le");
                metrics.put(row.group(1) + "_bucket", new Metric(withBound, row.group()));
            }
        });
        for (JsonNode rule : all("record")) {
            var query = PromQuery.parse(rule.path("expr").asText());
            metrics.put(rule.path("record").asText(), new Metric(query.labels(), query.toString()));
        }
        return metrics;
    }

    private static List<Asked> queries() throws IOException {
        List<Asked> queries = new ArrayList<>();
        for (JsonNode rule : rules().findParents("expr")) {
            String name = rule.path("alert").asText(rule.path("record").asText());
            queries.add(new Asked(name, PromQuery.parse(rule.path("expr").asText())));
        }
        for (JsonNode panel : dashboard().path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(new Asked(
                        panel.path("title").asText(),
                        PromQuery.parse(target.path("expr").asText())));
            }
        }
        return queries;
    }

    @Test
    void aQueryIsReadForWhatItAsksFor() {
        var query = PromQuery.parse("clamp_min(sum by (a) (x_total{b=~\"one|two\",c!=\"${d}\"}[5m] offset 1h) / "
                + "on (e) (y:z > bool 0), 1) or vector(1e3)");

        assertThat(query.labels()).containsExactly("a", "e");
        assertThat(query.selectors().stream().map(PromQuery.Selector::metric)).containsExactly("x_total", "y:z");
        assertThat(query.selectors().get(0).matchers())
                .containsExactly(
                        new PromQuery.LabelMatcher("b", Set.of("one", "two")),
                        new PromQuery.LabelMatcher("c", Set.of()));
    }

    @Test
    void everyQueryAsksForMetricsAndLabelsThatThereAre() throws IOException {
        Map<String, Metric> metrics = metrics();

        assertThat(queries()).hasSizeGreaterThan(60).allSatisfy(asked -> {
            Set<String> labels = new HashSet<>(TARGET);
            for (var selector : asked.query().selectors()) {
                assertThat(metrics).as(asked.where()).containsKey(selector.metric());
                labels.addAll(metrics.get(selector.metric()).labels());
            }
            assertThat(labels)
                    .as("labels in " + asked.where())
                    .containsAll(asked.query().labels());
        });
    }

    @Test
    void whatAQueryIsNarrowedToIsALabelAndAValueThatThereIs() throws IOException {
        Map<String, Metric> metrics = metrics();
        String page = Files.readString(Path.of("docs/metrics.md"));

        for (Asked asked : queries()) {
            for (var selector : asked.query().selectors()) {
                for (var matcher : selector.matchers()) {
                    assertThat(selector.metric().equals("up")
                                    || metrics.get(selector.metric()).labels().contains(matcher.label()))
                            .as("%s: %s of %s", asked.where(), matcher.label(), selector.metric())
                            .isTrue();
                    String known = metrics.get(selector.metric()).row() + page.substring(0, page.indexOf("## Jobs"));
                    assertThat(matcher.values())
                            .allSatisfy(value -> assertThat(selector.metric().equals("up")
                                            || selector.metric().contains(":")
                                            || Pattern.compile("[`\\s]" + value + "[`\\s]")
                                                    .matcher(known)
                                                    .find())
                                    .as("%s: %s=%s", asked.where(), matcher.label(), value)
                                    .isTrue());
                }
            }
        }
    }

    @Test
    void everyLegendNamesALabelThatIsLeft() throws IOException {
        Map<String, Metric> metrics = metrics();

        for (JsonNode panel : dashboard().path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                var query = PromQuery.parse(target.path("expr").asText());
                Set<String> left = new HashSet<>(query.labels());
                if (left.isEmpty()) {
                    query.selectors()
                            .forEach(
                                    one -> left.addAll(metrics.get(one.metric()).labels()));
                }
                Matcher legend = LEGEND.matcher(target.path("legendFormat").asText());
                while (legend.find()) {
                    assertThat(left).as(panel.path("title").asText()).contains(legend.group(1));
                }
            }
        }
    }

    @Test
    void everyAlertHasARunbookAndNoRunbookIsLeftOver() throws IOException {
        String operations = Files.readString(Path.of("docs/operations.md"));
        Set<String> sections = new TreeSet<>(Pattern.compile("(?m)^#+ (ClaudeAgent\\w+)$")
                .matcher(operations)
                .results()
                .map(heading -> heading.group(1))
                .toList());

        List<JsonNode> alerts = all("alert");

        assertThat(alerts.stream().map(alert -> alert.path("alert").asText()))
                .hasSizeGreaterThan(9)
                .containsExactlyInAnyOrderElementsOf(sections);
        assertThat(alerts).allSatisfy(alert -> {
            String name = alert.path("alert").asText();
            assertThat(alert.at("/annotations/runbook_url").asText())
                    .endsWith("docs/operations.md#" + name.toLowerCase(java.util.Locale.ROOT));
            assertThat(alert.at("/annotations/summary").asText()).isNotBlank();
            assertThat(alert.at("/labels/severity").asText()).isIn("warning", "critical");
        });
    }

    @Test
    void theDashboardIsOneThatGrafanaShows() throws IOException {
        JsonNode dashboard = dashboard();
        Set<Integer> ids = new HashSet<>();
        Set<String> places = new HashSet<>();

        assertThat(dashboard.path("schemaVersion").asInt()).isGreaterThanOrEqualTo(39);
        assertThat(dashboard.path("uid").asText()).hasSizeBetween(1, 40);
        assertThat(dashboard.path("title").asText()).isNotBlank();
        for (JsonNode panel : dashboard.path("panels")) {
            String title = panel.path("title").asText();
            assertThat(title).isNotBlank();
            assertThat(ids.add(panel.path("id").asInt()))
                    .as("the id of " + title)
                    .isTrue();
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt())
                    .as(title)
                    .isLessThanOrEqualTo(24);
            for (int x = 0; x < place.path("w").asInt(); x++) {
                for (int y = 0; y < place.path("h").asInt(); y++) {
                    String cell = (place.path("x").asInt() + x) + ","
                            + (place.path("y").asInt() + y);
                    assertThat(places.add(cell))
                            .as("%s lies on another at %s", title, cell)
                            .isTrue();
                }
            }
            if (!panel.path("type").asText().equals("row")) {
                panelIsWhole(title, panel);
            }
        }
        assertThat(Stream.of("Is it healthy?", "What is running?", "What does it cost?", "Where does time go?"))
                .allMatch(question ->
                        dashboard.path("panels").findValuesAsText("title").contains(question));
    }

    private static void panelIsWhole(String title, JsonNode panel) {
        Set<String> letters = new HashSet<>();
        assertThat(panel.path("type").asText()).isIn("stat", "timeseries", "table", "heatmap", "bargauge");
        assertThat(panel.path("targets")).as(title).isNotEmpty();
        for (JsonNode target : panel.path("targets")) {
            assertThat(letters.add(target.path("refId").asText())).as(title).isTrue();
            assertThat(target.at("/datasource/uid").asText()).isEqualTo("${datasource}");
        }
        assertThat(panel.at("/fieldConfig/defaults/unit").asText()).as(title).isNotBlank();
    }

    @Test
    @Tag("full")
    void theRulesFireWhenTheyShouldAndNotBefore() throws Exception {
        Path promtool = Tools.need("promtool");
        JsonNode rules = rules();
        plain(folder.resolve("all.yaml"), rules);
        // The test is about when, not about words.
        rules.findParents("annotations").forEach(rule -> ((ObjectNode) rule).remove("annotations"));
        plain(folder.resolve("rules.yaml"), rules);
        Files.copy(Path.of("src/test/resources/monitoring/alerts.yaml"), folder.resolve("alerts.yaml"));

        assertThat(run(promtool, "check", "rules", "all.yaml")).contains("SUCCESS");
        assertThat(run(promtool, "test", "rules", "alerts.yaml")).contains("SUCCESS");
    }

    private static void plain(Path file, JsonNode rules) throws IOException {
        new YAMLMapper().writeValue(file.toFile(), rules);
    }

    @Test
    void eachAlertHasACaseInWhichItFires() throws IOException {
        JsonNode cases = new YAMLMapper()
                .readTree(Path.of("src/test/resources/monitoring/alerts.yaml").toFile());
        Set<String> fired = new TreeSet<>();
        cases.findParents("exp_alerts")
                .forEach(one -> fired.add(one.path("alertname").asText()));

        assertThat(fired)
                .containsExactlyInAnyOrderElementsOf(all("alert").stream()
                        .map(alert -> alert.path("alert").asText())
                        .toList());
    }

    @Test
    @Tag("full")
    void kubectlBuildsTheOverlay() throws Exception {
        Path kubectl = Tools.need("kubectl");
        Path monitoring = Path.of("k8s/overlays/monitoring").toAbsolutePath();

        assertThat(run(kubectl, "kustomize", monitoring.toString()))
                .contains(
                        "kind: ServiceMonitor", "kind: PrometheusRule", "kind: ConfigMap", "grafana_dashboard: \"1\"");
    }

    private String run(Path program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
