package io.agentservice.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.Json;
import io.agentservice.job.Outcome;
import io.agentservice.queue.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/**
 * A job as {@code GET /jobs/{id}} shows it. Every field is always there, null where there is nothing to say, so that
 * scripts need not ask whether it is.
 */
final class JobJson {

    /** A recorded result may be one string of megabytes. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private JobJson() {}

    /**
     * @param status as it is to be shown
     * @param waiting where it stands, if it waits
     */
    static byte[] encode(Job job, String status, Optional<Waiting> waiting) {
        var bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            writeRequest(job, status, out);
            writeProgress(job, out);
            writeWaiting(waiting, out);
            writeOutcome(job, out);
            writeCost(job, out);
            writeLinks(job, out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void writeRequest(Job job, String status, JsonGenerator out) throws IOException {
        out.writeStringField("job_id", job.id().value());
        out.writeStringField("status", status);
        out.writeStringField("agent", job.spec().agent());
        string(out, "model", job.spec().model());
        out.writeFieldName("metadata");
        out.writeRawValue(job.spec().metadata().text());
        out.writeNumberField("max_budget_usd", job.spec().limits().maxBudgetUsd());
        out.writeNumberField("timeout_seconds", job.spec().limits().timeout().toSeconds());
        out.writeNumberField("priority", job.spec().placement().priority());
        string(out, "concurrency_key", job.spec().placement().concurrencyKey());
        string(out, "repository", job.spec().source().repository());
        string(out, "ref", job.spec().source().ref());
    }

    private static void writeProgress(Job job, JsonGenerator out) throws IOException {
        out.writeStringField("created_at", job.progress().createdAt().toString());
        string(out, "started_at", job.progress().startedAt().map(Instant::toString));
        string(out, "finished_at", job.progress().finishedAt().map(Instant::toString));
        out.writeNumberField("attempt", job.progress().attempt());
        out.writeStringField("session_id", job.sessionId());
    }

    private static void writeWaiting(Optional<Waiting> waiting, JsonGenerator out) throws IOException {
        out.writeFieldName("queue");
        if (waiting.isEmpty()) {
            out.writeNull();
            return;
        }
        out.writeStartObject();
        out.writeNumberField("position", waiting.get().position());
        out.writeStringField("waiting_for", waiting.get().reason().wireName());
        string(out, "until", waiting.get().until().map(Instant::toString));
        out.writeEndObject();
    }

    private static void writeOutcome(Job job, JsonGenerator out) throws IOException {
        Optional<Outcome> outcome = job.outcome();
        string(out, "reason", outcome.flatMap(Outcome::reason).map(FailureReason::wireName));
        string(out, "error", outcome.flatMap(Outcome::error));
        out.writeFieldName("exit_code");
        if (outcome.isPresent() && outcome.get().exitCode().isPresent()) {
            out.writeNumber(outcome.get().exitCode().getAsInt());
        } else {
            out.writeNull();
        }
        string(out, "stderr", outcome.map(Outcome::stderrTail));
        writeResult(outcome.flatMap(Outcome::resultLine).map(Json::text), out);
    }

    private static void writeResult(Optional<String> line, JsonGenerator out) throws IOException {
        JsonNode result = line.map(JobJson::parse).orElseGet(MissingNode::getInstance);
        tree(out, "result", result.path("result"));
        tree(out, "structured_output", result.path("structured_output"));
        tree(out, "usage", result.path("usage"));
        tree(out, "num_turns", result.path("num_turns"));
        tree(out, "permission_denials", result.path("permission_denials"));
        out.writeArrayFieldStart("output");
        if (line.isPresent()) {
            out.writeString(line.get());
        }
        out.writeEndArray();
    }

    /** Of all runs; null for a job that has had none. */
    private static void writeCost(Job job, JsonGenerator out) throws IOException {
        out.writeFieldName("total_cost_usd");
        if (job.progress().startedAt().isPresent()) {
            out.writeNumber(job.progress().spending().usd());
        } else {
            out.writeNull();
        }
        out.writeBooleanField("cost_estimated", job.progress().spending().estimated());
    }

    private static void writeLinks(Job job, JsonGenerator out) throws IOException {
        out.writeFieldName("links");
        Links.of(job.id()).write(out);
    }

    static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a recorded result is JSON", e);
        }
    }

    private static void string(JsonGenerator out, String name, Optional<String> value) throws IOException {
        out.writeStringField(name, value.orElse(null));
    }

    private static void tree(JsonGenerator out, String name, JsonNode value) throws IOException {
        out.writeFieldName(name);
        if (value.isMissingNode()) {
            out.writeNull();
        } else {
            out.writeTree(value);
        }
    }
}
