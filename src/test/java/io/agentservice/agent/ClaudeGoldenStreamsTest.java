package io.agentservice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentservice.job.JobEvent;
import io.agentservice.job.Json;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Streams of the real CLI beside what each of their lines means. After a change of the parser, write the meanings
 * anew with {@code -Dgolden.write=true} and read the difference.
 */
class ClaudeGoldenStreamsTest {

    private static final Path CASES = Path.of("src/test/resources/agent/claude");
    private static final String THE_LINE = "(the line)";

    private final ObjectMapper json = new ObjectMapper();
    private final ClaudeStreamParser parser = new ClaudeStreamParser(ClaudeStreamParser.mapper());

    static List<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(CASES)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyLineOfARealStreamMeansWhatIsWrittenBesideIt(String name) throws Exception {
        Path golden = CASES.resolve(name).resolve("events.json");
        List<String> lines = Files.readAllLines(CASES.resolve(name).resolve("stream.ndjson"));

        JsonNode meanings = meanings(lines);

        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(golden, pretty(meanings));
        }
        assertThat(pretty(meanings)).isEqualTo(Files.readString(golden));
    }

    private JsonNode meanings(List<String> lines) throws Exception {
        ArrayNode all = json.createArrayNode();
        for (String line : lines) {
            all.add(meaning(parser.parse(line), line));
        }
        return all;
    }

    private JsonNode meaning(ClaudeLine read, String line) throws Exception {
        ObjectNode meaning = json.createObjectNode();
        if (read instanceof ClaudeLine.Recorded recorded) {
            ArrayNode events = meaning.putArray("recorded");
            for (JobEvent event : recorded.events()) {
                events.add(event(event, line));
            }
        } else if (read instanceof ClaudeLine.Live live) {
            meaning.set("live", live.delta().isPresent() ? fields(live.delta().get(), line) : null);
        } else if (read instanceof ClaudeLine.Metered metered) {
            meaning.set("metered", metered.event());
        } else if (read instanceof ClaudeLine.Result result) {
            meaning.set("result", event(result.event(), line));
        } else if (read instanceof ClaudeLine.Response response) {
            meaning.put("response", response.requestId());
        } else if (read instanceof ClaudeLine.Request request) {
            meaning.put("request", request.requestId())
                    .put("subtype", request.body().path("subtype").asText());
        }
        return meaning;
    }

    private ObjectNode event(JobEvent event, String line) throws Exception {
        ObjectNode node = json.createObjectNode().put("type", event.type());
        node.setAll(fields((Record) event, line));
        return node;
    }

    private ObjectNode fields(Record record, String line) throws Exception {
        ObjectNode node = json.createObjectNode();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = component.getAccessor().invoke(record);
            Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
            if (present instanceof Json text) {
                node.set(component.getName(), json.readTree(text.text()));
            } else if (present != null) {
                node.putPOJO(component.getName(), present.equals(line) ? THE_LINE : present);
            }
        }
        return node;
    }

    private String pretty(JsonNode node) throws IOException {
        // Through text, so that values compare as JSON has them.
        return json.writerWithDefaultPrettyPrinter().writeValueAsString(json.readTree(json.writeValueAsString(node)))
                + "\n";
    }
}
