package io.agentservice.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reads the front matter of an agent's Markdown file as the CLI does (measured with 2.1.330): it ends at the next
 * {@code ---}, wherever that is, and what has no {@code name} and no {@code description} is no agent.
 */
final class FrontMatter {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Pattern FRONT = Pattern.compile("\\A\\uFEFF?---\\s*\\n(.*?)---", Pattern.DOTALL);
    private static final Pattern ENTRY = Pattern.compile("([A-Za-z_-]+):\\s+(.+?)\\s*");
    /** Values that have a meaning in YAML: quoted text, a list, an object, the start of a text of several lines. */
    private static final Pattern YAML_VALUE = Pattern.compile("\".*\"|'.*'|\\[.*]|\\{.*}|[|>].{0,2}");

    private static final Pattern NEEDS_QUOTES = Pattern.compile("[{}\\[\\]*&#!|>%@`]|: ");

    private FrontMatter() {}

    /** @throws JsonProcessingException if the front matter is not YAML, nor can be taken for it */
    static Optional<AgentDefinition> parse(String markdown) throws JsonProcessingException {
        Matcher front = FRONT.matcher(markdown);
        return front.find() ? definition(read(front.group(1))) : Optional.empty();
    }

    /** Descriptions are often written with colons and without quotes; then the CLI reads each line as one entry. */
    private static JsonNode read(String yaml) throws JsonProcessingException {
        try {
            return YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            return YAML.readTree(yaml.lines().map(FrontMatter::quoted).collect(Collectors.joining("\n")));
        }
    }

    private static String quoted(String line) {
        Matcher entry = ENTRY.matcher(line);
        return entry.matches()
                        && NEEDS_QUOTES.matcher(entry.group(2)).find()
                        && !YAML_VALUE.matcher(entry.group(2)).matches()
                ? "%s: '%s'".formatted(entry.group(1), entry.group(2).replace("'", "''"))
                : line;
    }

    private static Optional<AgentDefinition> definition(JsonNode front) {
        String name = text(front.path("name"));
        String description = text(front.path("description"));
        try {
            return description.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new AgentDefinition(
                            new AgentName(name), description, model(front), tools(front.path("tools"))));
        } catch (IllegalArgumentException noUsableName) {
            return Optional.empty();
        }
    }

    private static String text(JsonNode node) {
        return node.isTextual() ? node.asText().strip() : "";
    }

    private static Optional<String> model(JsonNode front) {
        return Optional.of(front.path("model").asText(""))
                .filter(model -> !model.isBlank() && !model.equals("inherit"));
    }

    /** Either a list or one string with commas. */
    private static List<String> tools(JsonNode tools) {
        Stream<String> names = tools.isArray()
                ? StreamSupport.stream(tools.spliterator(), false).map(JsonNode::asText)
                : Arrays.stream(tools.asText("").split(","));
        return names.map(String::strip).filter(name -> !name.isEmpty()).toList();
    }
}
