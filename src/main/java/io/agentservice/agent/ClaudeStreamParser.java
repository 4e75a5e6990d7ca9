package io.agentservice.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.agentservice.job.Delta;
import io.agentservice.job.JobEvent;
import io.agentservice.job.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns the CLI's {@code stream-json} lines into events. Never fails: what it does not know it keeps as output. */
final class ClaudeStreamParser {

    /** The end of the year 9999: what is later is no time. */
    private static final long FAR_FUTURE = 253_402_300_799L;

    private final ObjectMapper json;

    ClaudeStreamParser(ObjectMapper json) {
        this.json = json;
    }

    /** How lines are read: a string may be as long as its line, and a line holds one value and nothing else. */
    static ObjectMapper mapper() {
        var constraints = StreamReadConstraints.builder()
                .maxStringLength(Integer.MAX_VALUE)
                .build();
        return JsonMapper.builder(
                        JsonFactory.builder().streamReadConstraints(constraints).build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                // Money stays as exact as the CLI wrote it.
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
    }

    ClaudeLine parse(String line) {
        JsonNode node;
        try {
            node = json.readTree(line);
        } catch (JsonProcessingException | NumberFormatException notJson) {
            return unknown(line);
        }
        return switch (node.path("type").asText()) {
            case "assistant" -> recorded(line, assistant(node));
            case "user" -> recorded(line, user(node));
            case "system" -> system(line, node);
            case "stream_event" -> streamEvent(node);
            case "rate_limit_event" -> recorded(line, List.of(rateLimit(node.path("rate_limit_info"))));
            case "result" -> new ClaudeLine.Result(result(node), node);
            case "control_response" -> response(node.path("response"));
            case "control_request" ->
                new ClaudeLine.Request(node.path("request_id").asText(), node.path("request"));
            case "control_cancel_request", "keep_alive" -> new ClaudeLine.Live(Optional.empty());
            default -> unknown(line);
        };
    }

    private static ClaudeLine unknown(String line) {
        return new ClaudeLine.Recorded(List.of(new JobEvent.Output(line)));
    }

    private static ClaudeLine recorded(String line, List<JobEvent> events) {
        return events.isEmpty() ? unknown(line) : new ClaudeLine.Recorded(events);
    }

    private List<JobEvent> assistant(JsonNode node) {
        Optional<String> parent = text(node, "parent_tool_use_id");
        JsonNode message = node.path("message");
        List<JobEvent> events = new ArrayList<>();
        for (JsonNode block : message.path("content")) {
            switch (block.path("type").asText()) {
                case "text" ->
                    events.add(new JobEvent.Message(
                            "assistant",
                            block.path("text").asText(),
                            text(message, "model"),
                            text(node, "error"),
                            parent));
                case "thinking" ->
                    events.add(new JobEvent.Thinking(block.path("thinking").asText(), parent));
                case "tool_use" ->
                    events.add(new JobEvent.ToolCall(
                            block.path("id").asText(),
                            block.path("name").asText(),
                            asJson(block.path("input")),
                            parent));
                default -> events.add(new JobEvent.Output(block.toString()));
            }
        }
        return events;
    }

    private static List<JobEvent> user(JsonNode node) {
        Optional<String> parent = text(node, "parent_tool_use_id");
        JsonNode content = node.path("message").path("content");
        if (content.isTextual()) {
            return List.of(userMessage(content.asText(), parent));
        }
        List<JobEvent> events = new ArrayList<>();
        for (JsonNode block : content) {
            switch (block.path("type").asText()) {
                case "text" -> events.add(userMessage(block.path("text").asText(), parent));
                case "tool_result" ->
                    events.add(new JobEvent.ToolResult(
                            block.path("tool_use_id").asText(),
                            block.path("is_error").asBoolean(),
                            contentText(block.path("content")),
                            parent));
                default -> events.add(new JobEvent.Output(block.toString()));
            }
        }
        return events;
    }

    private static JobEvent userMessage(String text, Optional<String> parent) {
        return new JobEvent.Message("user", text, Optional.empty(), Optional.empty(), parent);
    }

    /** A tool's content is a string, or blocks of which the text is what a person reads. */
    private static String contentText(JsonNode content) {
        if (content.isTextual() || content.isMissingNode() || content.isNull()) {
            return content.asText("");
        }
        List<String> parts = new ArrayList<>();
        content.forEach(block -> parts.add(
                block.path("type").asText().equals("text")
                        ? block.path("text").asText()
                        : "[%s]".formatted(block.path("type").asText("content"))));
        return String.join("\n", parts);
    }

    private ClaudeLine system(String line, JsonNode node) {
        return switch (node.path("subtype").asText()) {
            case "init" -> new ClaudeLine.Recorded(List.of(initialized(node)));
            case "api_retry" -> new ClaudeLine.Recorded(List.of(retry(node)));
            // Signs of life that --include-partial-messages adds, several a second.
            case "status", "thinking_tokens", "ui_invalidate" -> new ClaudeLine.Live(Optional.empty());
            default -> unknown(line);
        };
    }

    private JobEvent initialized(JsonNode node) {
        var detail = json.createObjectNode();
        for (String field :
                List.of("session_id", "model", "permissionMode", "claude_code_version", "tools", "mcp_servers")) {
            if (node.has(field)) {
                detail.set(field.equals("permissionMode") ? "permission_mode" : field, node.get(field));
            }
        }
        return new JobEvent.Phase("initialized", asJson(detail));
    }

    private static JobEvent retry(JsonNode node) {
        return new JobEvent.Retry(
                node.path("attempt").asInt(),
                node.path("max_retries").asInt(),
                node.path("retry_delay_ms").asLong(),
                node.path("error_status").isInt()
                        ? Optional.of(node.path("error_status").asInt())
                        : Optional.empty(),
                text(node, "error"));
    }

    private JobEvent rateLimit(JsonNode detail) {
        JsonNode epochSeconds = detail.path("resetsAt");
        Optional<Instant> resetsAt = epochSeconds.isIntegralNumber() && epochSeconds.canConvertToLong()
                ? Optional.of(Instant.ofEpochSecond(Math.max(0, Math.min(epochSeconds.asLong(), FAR_FUTURE))))
                : Optional.empty();
        return new JobEvent.RateLimit(detail.path("status").asText("unknown"), resetsAt, asJson(detail));
    }

    private JobEvent.Result result(JsonNode node) {
        var detail = json.createObjectNode();
        for (String field : List.of(
                "subtype",
                "terminal_reason",
                "stop_reason",
                "api_error_status",
                "errors",
                "total_cost_usd",
                "usage",
                "num_turns",
                "duration_ms",
                "session_id",
                "permission_denials",
                "structured_output")) {
            if (node.hasNonNull(field)) {
                detail.set(field, node.get(field));
            }
        }
        return new JobEvent.Result(node.path("is_error").asBoolean(), text(node, "result"), asJson(detail));
    }

    private static ClaudeLine streamEvent(JsonNode node) {
        return switch (node.path("event").path("type").asText()) {
            case "message_start", "message_delta" -> new ClaudeLine.Metered(node.path("event"));
            default -> new ClaudeLine.Live(delta(node));
        };
    }

    private static Optional<Delta> delta(JsonNode node) {
        JsonNode delta = node.path("event").path("delta");
        Optional<String> parent = text(node, "parent_tool_use_id");
        return switch (delta.path("type").asText()) {
            case "text_delta" ->
                Optional.of(new Delta("text", delta.path("text").asText(), parent));
            case "thinking_delta" ->
                Optional.of(new Delta("thinking", delta.path("thinking").asText(), parent));
            default -> Optional.empty();
        };
    }

    private static ClaudeLine response(JsonNode response) {
        return new ClaudeLine.Response(response.path("request_id").asText(), response);
    }

    private static Optional<String> text(JsonNode node, String field) {
        return node.hasNonNull(field) ? Optional.of(node.get(field).asText()) : Optional.empty();
    }

    private static Json asJson(JsonNode node) {
        return node.isMissingNode() ? Json.EMPTY_OBJECT : new Json(node.toString());
    }
}
