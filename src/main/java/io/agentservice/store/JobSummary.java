package io.agentservice.store;

import io.agentservice.job.FailureReason;
import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** A job in a list: without its prompt, its output and what else may be long. */
public record JobSummary(
        JobId id, String agent, Optional<String> model, Json metadata, Course course, Optional<End> end) {

    /** @param attempt how often a run of it was started */
    public record Course(
            JobStatus status,
            int attempt,
            Instant createdAt,
            Optional<Instant> startedAt,
            Optional<Instant> finishedAt) {}

    /** How it ended. */
    public record End(Optional<FailureReason> reason, Optional<String> error, OptionalInt exitCode) {}
}
