package io.agentservice.job;

import java.util.Optional;

/**
 * One checked step of a job from a status to the next. Only a {@link Job} makes one, so whoever holds one holds the
 * proof that the step is in the table; {@code JobStore.apply} stores it.
 */
public final class Transition {

    private final Job from;
    private final Job job;
    private final Optional<RunCost> cost;

    private Transition(Job from, Job job, Optional<RunCost> cost) {
        this.from = from;
        this.job = job;
        this.cost = cost;
    }

    static Transition of(Job from, Job job, Optional<RunCost> cost) {
        if (!from.status().canBecome(job.status())) {
            throw new IllegalStateException("a job that is %s cannot become %s"
                    .formatted(from.status().wireName(), job.status().wireName()));
        }
        return new Transition(from, job, cost);
    }

    /** The job as it must stand in the store for this step to be taken. */
    public Job from() {
        return from;
    }

    /** The job after the step. */
    public Job job() {
        return job;
    }

    /** What the run that this step ends has cost; empty if it ends none. */
    public Optional<RunCost> cost() {
        return cost;
    }

    public JobEvent.Status event() {
        return JobEvent.Status.of(job);
    }
}
