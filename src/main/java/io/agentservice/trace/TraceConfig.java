package io.agentservice.trace;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Where traces go. */
@ConfigMapping(prefix = "agent-service.trace")
public interface TraceConfig {

    /**
     * The OTLP collector's base URL, as {@code http://collector:4318} (environment: OTEL_EXPORTER_OTLP_ENDPOINT).
     * Without it nothing is traced.
     */
    Optional<String> endpoint();

    /** {@code http/protobuf} or {@code grpc} (environment: OTEL_EXPORTER_OTLP_PROTOCOL). */
    @WithDefault("http/protobuf")
    String protocol();

    /** What the collector wants to see, as {@code name=value,name=value} (environment: OTEL_EXPORTER_OTLP_HEADERS). */
    Optional<String> headers();

    /**
     * Whether agents send their own traces, metrics and log events to the same collector (environment:
     * AGENT_TELEMETRY): never what they are told or say. They and their tools then know the endpoint and the headers.
     */
    @WithDefault("false")
    boolean agents();
}
