package io.agentservice.api;

import com.fasterxml.jackson.databind.JsonNode;

/** What some events of a log say, in a line. */
final class LogPhrases {

    private LogPhrases() {}

    /** Of a status that is not final, or a point within one. */
    static String step(JsonNode data) {
        JsonNode detail = data.path("detail");
        return switch (data.path("phase").asText()) {
            case "" ->
                data.path("status").asText()
                        + (data.path("attempt").asInt() > 1
                                ? ", attempt " + data.path("attempt").asInt()
                                : "")
                        + (data.has("reason")
                                ? " again (%s)".formatted(data.path("reason").asText())
                                : "");
            case "initialized" ->
                "agent is up: %s, %s, Claude Code %s"
                        .formatted(
                                detail.path("model").asText(),
                                detail.path("permission_mode").asText(),
                                detail.path("claude_code_version").asText());
            case "waiting" ->
                "waiting for %s, place %d%s"
                        .formatted(
                                detail.path("waiting_for").asText().replace('_', ' '),
                                detail.path("position").asInt(),
                                detail.has("until")
                                        ? ", until " + detail.path("until").asText()
                                        : "");
            default -> data.path("phase").asText() + (detail.isEmpty() ? "" : "  " + detail);
        };
    }

    /** Of a call of the model that is made again. */
    static String retry(JsonNode data) {
        String status =
                data.has("http_status") ? " (" + data.path("http_status").asInt() + ")" : "";
        return "↻ API: %s%s, retry %d of %d in %.1f s"
                .formatted(
                        data.path("error").asText("no answer"),
                        status,
                        data.path("attempt").asInt(),
                        data.path("max_retries").asInt(),
                        data.path("delay_ms").asLong() / 1000.0);
    }
}
