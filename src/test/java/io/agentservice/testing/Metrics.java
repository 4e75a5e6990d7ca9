package io.agentservice.testing;

import static io.restassured.RestAssured.given;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A scrape, read. */
public record Metrics(String text) {

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z0-9_:]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** Of the service that RestAssured talks to. */
    public static Metrics scrape() {
        return new Metrics(
                given().header("Accept", "text/plain").get("/metrics").asString());
    }

    /** @param labels in no order */
    public record Sample(String name, Map<String, String> labels, double value) {}

    public List<Sample> samples() {
        return text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(SAMPLE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Sample(line.group(1), labels(line.group(2)), Double.parseDouble(line.group(3))))
                .toList();
    }

    private static Map<String, String> labels(String text) {
        return text == null
                ? Map.of()
                : LABEL.matcher(text)
                        .results()
                        .collect(Collectors.toMap(label -> label.group(1), label -> label.group(2)));
    }

    public List<Sample> of(String name) {
        return samples().stream().filter(sample -> sample.name().equals(name)).toList();
    }

    /** The sum of those that have these labels. */
    public double sum(String name, Map<String, String> labels) {
        return of(name).stream()
                .filter(sample -> sample.labels().entrySet().containsAll(labels.entrySet()))
                .mapToDouble(Sample::value)
                .sum();
    }

    /** The type of each, by name. */
    public Map<String, String> types() {
        return text.lines()
                .map(TYPE::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.toMap(line -> line.group(1), line -> line.group(2), (a, b) -> a, TreeMap::new));
    }

    /** The names of the labels of a metric, but for those of its type. */
    public TreeSet<String> labelsOf(String metric) {
        return samples().stream()
                .filter(sample -> sample.name().equals(metric)
                        || sample.name().equals(metric + "_bucket")
                        || sample.name().equals(metric + "_count"))
                .flatMap(sample -> sample.labels().keySet().stream())
                .filter(label -> !label.equals("le"))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
