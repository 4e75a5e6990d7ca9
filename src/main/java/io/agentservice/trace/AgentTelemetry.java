package io.agentservice.trace;

import io.agentservice.job.Job;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;

/** What the process of an agent is told, so that what it and its tools trace becomes part of the job's trace. */
@Singleton
public final class AgentTelemetry {

    /** Signals of the CLI. Spans are a beta of it, which the first two switch on together. */
    private static final Map<String, String> SIGNALS = Map.of(
            "CLAUDE_CODE_ENABLE_TELEMETRY", "1",
            "CLAUDE_CODE_ENHANCED_TELEMETRY_BETA", "1",
            "OTEL_TRACES_EXPORTER", "otlp",
            "OTEL_METRICS_EXPORTER", "otlp",
            "OTEL_LOGS_EXPORTER", "otlp",
            // Its own defaults, said again: they are not to change with a version.
            "OTEL_LOG_USER_PROMPTS", "0",
            "OTEL_LOG_TOOL_DETAILS", "0",
            "OTEL_LOG_TOOL_CONTENT", "0");

    private final TraceConfig config;

    AgentTelemetry(TraceConfig config) {
        this.config = config;
    }

    /** Environment variables for the current run of a job. */
    public Map<String, String> variables(Job job) {
        Map<String, String> variables = new HashMap<>();
        // Where the service makes no spans, what comes below it hangs on the caller's.
        var place = config.endpoint().isPresent() ? job.runTrace() : job.spec().trace();
        place.ifPresent(span -> variables.put("TRACEPARENT", span.toString()));
        if (config.agents()) {
            config.endpoint().ifPresent(endpoint -> {
                variables.putAll(SIGNALS);
                variables.put("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
                variables.put("OTEL_EXPORTER_OTLP_PROTOCOL", config.protocol());
                config.headers().ifPresent(headers -> variables.put("OTEL_EXPORTER_OTLP_HEADERS", headers));
                variables.put(
                        "OTEL_RESOURCE_ATTRIBUTES",
                        "job.id=%s,job.agent=%s".formatted(job.id(), job.spec().agent()));
            });
        }
        return variables;
    }
}
