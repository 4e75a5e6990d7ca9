package io.agentservice.job;

import java.math.BigDecimal;
import java.time.Duration;
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
     * @param attempt how often a run of it was started, but for runs that were ended by no fault of the job's
     * @param version counts its transitions; guards against two at once
     */
    public record Progress(JobStatus status, int attempt, long version, Times times, Spending spending, Hold hold) {

        public Instant createdAt() {
            return times.createdAt();
        }

        public Optional<Instant> startedAt() {
            return times.startedAt();
        }

        public Optional<Instant> finishedAt() {
            return times.finishedAt();
        }

        private Progress next(JobStatus next, Hold after) {
            return new Progress(next, attempt, version + 1, times, spending, after);
        }

        private Progress claimed(Instant at) {
            Progress after = next(JobStatus.RUNNING, hold.over()).withAttempt(attempt + 1);
            return after.withTimes(times.started(at));
        }

        private Progress withAttempt(int number) {
            return new Progress(status, number, version, times, spending, hold);
        }

        private Progress withTimes(Times other) {
            return new Progress(status, attempt, version, other, spending, hold);
        }

        private Progress withCost(RunCost cost) {
            return new Progress(status, attempt, version, times, spending.plus(cost), hold);
        }
    }

    /** @param startedAt when its first run began */
    public record Times(Instant createdAt, Optional<Instant> startedAt, Optional<Instant> finishedAt) {

        private Times started(Instant at) {
            return new Times(createdAt, startedAt.or(() -> Optional.of(at)), Optional.empty());
        }

        private Times finished(Instant at) {
            return new Times(createdAt, startedAt, Optional.of(at));
        }
    }

    public static Job accepted(JobId id, JobSpec spec, Submitter submitter, String sessionId, Instant at) {
        var times = new Times(at, Optional.empty(), Optional.empty());
        var progress = new Progress(JobStatus.QUEUED, 0, 0, times, Spending.NOTHING, Hold.NONE);
        return new Job(id, spec, submitter, sessionId, progress, Optional.empty());
    }

    public JobStatus status() {
        return progress.status();
    }

    /** Whether it has taken steps since the other state of the same job. */
    public boolean isAfter(Job other) {
        return progress.version() > other.progress.version();
    }

    /** What its next run may cost, in US dollars; not above zero if there is nothing left. */
    public BigDecimal budgetLeft() {
        return spec.limits().maxBudgetUsd().subtract(progress.spending().usd());
    }

    /** Names the current run of this job, so that its processes are known for what they are. */
    public String runMarker() {
        return id + "." + progress.attempt();
    }

    /** Its span, if it was asked for in a trace. */
    public Optional<TraceContext> trace() {
        return spec.trace().map(place -> place.child(id.value()));
    }

    /** The span of its current run. Attempts do not number runs: one that is put back uses up none. */
    public Optional<TraceContext> runTrace() {
        long claim = status() == JobStatus.CANCELLING ? progress.version() - 1 : progress.version();
        return spec.trace().map(place -> place.child(id + "/" + claim));
    }

    /**
     * The step to a status that is not final.
     *
     * @throws IllegalStateException if that status may not follow this one
     */
    public Transition to(JobStatus next, Instant at) {
        boolean claimed = next == JobStatus.RUNNING;
        return step(claimed ? progress.claimed(at) : progress.next(next, progress.hold()), Optional.empty());
    }

    /** The step back into the queue after a planned stop of the service, which uses up no attempt. */
    public Transition putBack(RunCost cost) {
        return backInQueue(progress.hold().interrupted(), cost, progress.attempt() - 1);
    }

    /** The step back into the queue after a run that a crash cut off. */
    public Transition interrupted(RunCost cost) {
        return backInQueue(progress.hold().interrupted(), cost, progress.attempt());
    }

    /** The step back into the queue until a limit is lifted, which uses up no attempt. */
    public Transition parked(Instant until, FailureReason why, RunCost cost, Instant now) {
        Hold hold = progress.hold().until(until, why, Duration.between(now, until));
        return backInQueue(hold, cost, progress.attempt() - 1);
    }

    private Transition backInQueue(Hold hold, RunCost cost, int attempt) {
        return step(progress.next(JobStatus.QUEUED, hold).withCost(cost).withAttempt(attempt), Optional.of(cost));
    }

    /**
     * The last step of a job that has no run to account for.
     *
     * @throws IllegalStateException if the outcome's status may not follow this one
     */
    public Transition to(Outcome end, Instant at) {
        return Transition.of(this, ended(end, RunCost.NOTHING, at), Optional.empty());
    }

    /**
     * The last step, at the end of a run.
     *
     * @throws IllegalStateException if the outcome's status may not follow this one
     */
    public Transition to(Outcome end, RunCost cost, Instant at) {
        return Transition.of(this, ended(end, cost, at), Optional.of(cost));
    }

    private Job ended(Outcome end, RunCost cost, Instant at) {
        var after = progress.next(end.status(), progress.hold().over()).withCost(cost);
        return new Job(
                id, spec, submitter, sessionId, after.withTimes(after.times().finished(at)), Optional.of(end));
    }

    private Transition step(Progress after, Optional<RunCost> cost) {
        return Transition.of(this, new Job(id, spec, submitter, sessionId, after, Optional.empty()), cost);
    }
}
