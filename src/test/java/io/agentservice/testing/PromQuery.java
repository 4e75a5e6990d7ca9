package io.agentservice.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a query in PromQL asks for.
 *
 * @param selectors the metrics, with what they are narrowed to
 * @param labels that it groups by
 */
public record PromQuery(List<Selector> selectors, Set<String> labels) {

    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\(([^)]*)\\)");
    private static final Pattern TIMES = Pattern.compile("\\[[^]]*]|\\boffset\\s+\\w+");
    private static final Pattern NAME = Pattern.compile("(?<![\\w:.])([a-zA-Z_:][\\w:]*)\\s*(\\{[^}]*}|\\()?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool");

    /** @param matchers what its labels must be */
    public record Selector(String metric, List<LabelMatcher> matchers) {}

    /** @param values the alternatives that it names as they stand; none for a pattern or a variable */
    public record LabelMatcher(String label, Set<String> values) {

        private static LabelMatcher of(MatchResult match) {
            Set<String> values = new TreeSet<>(List.of(match.group(3).split("\\|")));
            values.removeIf(value -> !value.matches("\\w+"));
            return new LabelMatcher(match.group(1), values);
        }
    }

    public static PromQuery parse(String expression) {
        Set<String> labels = new TreeSet<>();
        Matcher grouping = GROUPING.matcher(expression);
        while (grouping.find()) {
            for (String label : grouping.group(1).split(",")) {
                if (!label.isBlank()) {
                    labels.add(label.strip());
                }
            }
        }
        String rest = TIMES.matcher(GROUPING.matcher(expression).replaceAll("")).replaceAll("");
        List<Selector> selectors = new ArrayList<>();
        Matcher name = NAME.matcher(rest);
        // What is between braces was taken with the name before it.
        while (name.find()) {
            String after = name.group(2);
            if (!"(".equals(after) && !WORDS.contains(name.group(1))) {
                List<LabelMatcher> matchers = after == null
                        ? List.of()
                        : MATCHER.matcher(after).results().map(LabelMatcher::of).toList();
                selectors.add(new Selector(name.group(1), matchers));
            }
        }
        return new PromQuery(selectors, labels);
    }
}
