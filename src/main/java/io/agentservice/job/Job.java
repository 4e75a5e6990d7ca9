package io.agentservice.job;

import java.time.Instant;
import java.util.Optional;

/**
 * One accepted job as it stands. Immutable; the store holds the current one.
 *
 * @param sessionId the id of the agent's conversation, a UUID
 * @param progress what has happened to it so far
 * @param outcome how it ended, once it has
 */
public record Job(
        JobId id, JobSpec spec, Submitter submitter, String sessionId, Progress progress, Optional<Outcome> outcome) {

    public Job {
        if (progress.status().isFinal() != outcome.isPresent()) {
            throw new IllegalArgumentException("a job has an outcome when it is final, and only then");
        }
    }

    /**
     * @param attempt how often a run of it was started
     * @param version counts its transitions; guards against two at once
     */
    public record Progress(
            JobStatus status,
            int attempt,
            long version,
            Instant createdAt,
            Optional<Instant> startedAt,
            Optional<Instant> finishedAt) {}

    public static Job accepted(JobId id, JobSpec spec, Submitter submitter, String sessionId, Instant at) {
        var progress = new Progress(JobStatus.QUEUED, 0, 0, at, Optional.empty(), Optional.empty());
        return new Job(id, spec, submitter, sessionId, progress, Optional.empty());
    }

    public JobStatus status() {
        return progress.status();
    }

    /** Names the current run of this job, so that its processes are known for what they are. */
    public String runMarker() {
        return id + "." + progress.attempt();
    }

    /**
     * The step to a status that is not final.
     *
     * @throws IllegalStateException if that status may not follow this one
     */
    public Transition to(JobStatus next, Instant at) {
        boolean claimed = next == JobStatus.RUNNING;
        var after = new Progress(
                next,
                progress.attempt() + (claimed ? 1 : 0),
                progress.version() + 1,
                progress.createdAt(),
                claimed && progress.startedAt().isEmpty() ? Optional.of(at) : progress.startedAt(),
                Optional.empty());
        return Transition.of(this, new Job(id, spec, submitter, sessionId, after, Optional.empty()));
    }

    /** The step back into the queue after a planned stop of the service, which uses up no attempt. */
    public Transition putBack() {
        var after = new Progress(
                JobStatus.QUEUED,
                progress.attempt() - 1,
                progress.version() + 1,
                progress.createdAt(),
                progress.startedAt(),
                Optional.empty());
        return Transition.of(this, new Job(id, spec, submitter, sessionId, after, Optional.empty()));
    }

    /**
     * The last step.
     *
     * @throws IllegalStateException if the outcome's status may not follow this one
     */
    public Transition to(Outcome end, Instant at) {
        var after = new Progress(
                end.status(),
                progress.attempt(),
                progress.version() + 1,
                progress.createdAt(),
                progress.startedAt(),
                Optional.of(at));
        return Transition.of(this, new Job(id, spec, submitter, sessionId, after, Optional.of(end)));
    }
}
