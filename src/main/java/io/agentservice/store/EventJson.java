package io.agentservice.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.agentservice.job.JobEvent;
import io.agentservice.job.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/** What an event says as one JSON object: the {@code data} of the stream. Encoded once, when it is recorded. */
public final class EventJson {

    private static final JsonFactory FACTORY = new JsonFactory();

    private EventJson() {}

    public static Json encode(JobEvent event, Instant at) {
        var text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("at", at.toString());
            write(event, out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Json(text.toString());
    }

    private static void write(JobEvent event, JsonGenerator out) throws IOException {
        if (event instanceof JobEvent.Status status) {
            out.writeStringField("status", status.status().wireName());
            out.writeNumberField("attempt", status.attempt());
            optional(out, "reason", status.reason().map(reason -> reason.wireName()));
            optional(out, "error", status.error());
        } else if (event instanceof JobEvent.Phase phase) {
            out.writeStringField("phase", phase.name());
            raw(out, "detail", phase.detail());
        } else if (event instanceof JobEvent.Message message) {
            out.writeStringField("role", message.role());
            out.writeStringField("text", message.text());
            optional(out, "model", message.model());
            optional(out, "error", message.error());
            optional(out, "parent", message.parent());
        } else if (event instanceof JobEvent.Thinking thinking) {
            out.writeStringField("text", thinking.text());
            optional(out, "parent", thinking.parent());
        } else {
            writeToolOrEnd(event, out);
        }
    }

    private static void writeToolOrEnd(JobEvent event, JsonGenerator out) throws IOException {
        if (event instanceof JobEvent.ToolCall call) {
            out.writeStringField("id", call.id());
            out.writeStringField("name", call.name());
            raw(out, "input", call.input());
            optional(out, "parent", call.parent());
        } else if (event instanceof JobEvent.ToolResult result) {
            out.writeStringField("tool_call_id", result.toolCallId());
            out.writeBooleanField("is_error", result.isError());
            out.writeStringField("content", result.content());
            optional(out, "parent", result.parent());
        } else if (event instanceof JobEvent.Result result) {
            out.writeBooleanField("is_error", result.isError());
            optional(out, "result", result.text());
            raw(out, "detail", result.detail());
        } else {
            writeSign(event, out);
        }
    }

    private static void writeSign(JobEvent event, JsonGenerator out) throws IOException {
        if (event instanceof JobEvent.Retry retry) {
            out.writeNumberField("attempt", retry.attempt());
            out.writeNumberField("max_retries", retry.maxRetries());
            out.writeNumberField("delay_ms", retry.delayMillis());
            if (retry.httpStatus().isPresent()) {
                out.writeNumberField("http_status", retry.httpStatus().get());
            }
            optional(out, "error", retry.error());
        } else if (event instanceof JobEvent.RateLimit limit) {
            out.writeStringField("status", limit.status());
            raw(out, "detail", limit.detail());
        } else if (event instanceof JobEvent.Usage usage) {
            writeUsage(usage, out);
        } else if (event instanceof JobEvent.Truncated truncated) {
            out.writeNumberField("limit_bytes", truncated.limitBytes());
        } else if (event instanceof JobEvent.Stderr stderr) {
            out.writeStringField("text", stderr.text());
        } else if (event instanceof JobEvent.Output output) {
            out.writeStringField("line", output.line());
            if (output.droppedBytes() > 0) {
                out.writeNumberField("dropped_bytes", output.droppedBytes());
            }
        }
    }

    private static void writeUsage(JobEvent.Usage usage, JsonGenerator out) throws IOException {
        out.writeStringField("message_id", usage.messageId());
        out.writeStringField("model", usage.model());
        out.writeNumberField("input_tokens", usage.tokens().input());
        out.writeNumberField("output_tokens", usage.tokens().output());
        out.writeNumberField("cache_read_tokens", usage.tokens().cacheRead());
        out.writeNumberField(
                "cache_write_tokens",
                usage.tokens().cacheWrite() + usage.tokens().cacheWriteHour());
    }

    private static void optional(JsonGenerator out, String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            out.writeStringField(name, value.get());
        }
    }

    private static void raw(JsonGenerator out, String name, Json value) throws IOException {
        out.writeFieldName(name);
        out.writeRawValue(value.text());
    }
}
