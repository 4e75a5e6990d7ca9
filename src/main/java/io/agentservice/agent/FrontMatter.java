package io.agentservice.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads the front matter of an agent's Markdown file, as the CLI does: what has no {@code name:} is no agent. */
final class FrontMatter {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String FENCE = "---";

    private FrontMatter() {}

    /** @throws JsonProcessingException if the front matter is not YAML */
    static Optional<AgentDefinition> parse(String markdown) throws JsonProcessingException {
        List<String> lines = markdown.lines().toList();
        if (lines.isEmpty() || !lines.get(0).strip().equals(FENCE)) {
            return Optional.empty();
        }
        List<String> rest = lines.subList(1, lines.size());
        int end = (int)
                rest.stream().takeWhile(line -> !line.strip().equals(FENCE)).count();
        if (end == rest.size()) {
            return Optional.empty();
        }
        return definition(YAML.readTree(String.join("\n", rest.subList(0, end))));
    }

    private static Optional<AgentDefinition> definition(JsonNode front) {
        String name = front.path("name").asText("");
        try {
            return Optional.of(new AgentDefinition(
                    new AgentName(name),
                    front.path("description").asText(""),
                    model(front),
                    tools(front.path("tools"))));
        } catch (IllegalArgumentException noUsableName) {
            return Optional.empty();
        }
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
