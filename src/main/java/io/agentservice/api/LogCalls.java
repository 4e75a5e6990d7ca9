package io.agentservice.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tool calls of a log, by their ids: what each is about, and how deep in sub-agents. The latest ones only. */
final class LogCalls {

    private static final int KEPT = 256;
    private static final int LABEL_COLUMNS = 60;
    private static final int MAX_DEPTH = 5;
    /** What a call is about: the first of these that its input has. */
    private static final List<String> MAIN_ARGUMENTS = List.of(
            "command",
            "file_path",
            "notebook_path",
            "pattern",
            "url",
            "query",
            "description",
            "prompt",
            "path",
            "skill");

    private final Map<String, Call> calls = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Call> eldest) {
            return size() > KEPT;
        }
    };

    /** @param depth 0 for the agent's own */
    record Call(String name, String argument, int depth) {

        String label() {
            return TerminalText.cut(name + "  " + argument, LABEL_COLUMNS);
        }
    }

    Call made(JsonNode event) {
        String name = TerminalText.oneLine(event.path("name").asText());
        var call = new Call(name, mainArgument(event.path("input")), depth(event));
        calls.put(event.path("id").asText(), call);
        return call;
    }

    Optional<Call> find(String id) {
        return Optional.ofNullable(calls.get(id));
    }

    /** Of an event: one deeper than the call that its sub-agent was made by. */
    int depth(JsonNode event) {
        String parent = event.path("parent").asText();
        return parent.isEmpty()
                ? 0
                : Math.min(MAX_DEPTH, find(parent).map(Call::depth).orElse(0) + 1);
    }

    private static String mainArgument(JsonNode input) {
        for (String name : MAIN_ARGUMENTS) {
            if (input.path(name).isTextual()) {
                return TerminalText.oneLine(input.path(name).asText());
            }
        }
        return input.isEmpty() ? "" : TerminalText.oneLine(input.toString());
    }
}
