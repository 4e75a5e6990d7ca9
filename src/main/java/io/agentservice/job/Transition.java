package io.agentservice.job;

/**
 * One checked step of a job from a status to the next. Only {@link Job#to} makes one, so whoever holds one holds the
 * proof that the step is in the table; {@code JobStore.apply} stores it.
 */
public final class Transition {

    private final Job from;
    private final Job job;

    private Transition(Job from, Job job) {
        this.from = from;
        this.job = job;
    }

    static Transition of(Job from, Job job) {
        if (!from.status().canBecome(job.status())) {
            throw new IllegalStateException("a job that is %s cannot become %s"
                    .formatted(from.status().wireName(), job.status().wireName()));
        }
        return new Transition(from, job);
    }

    /** The job as it must stand in the store for this step to be taken. */
    public Job from() {
        return from;
    }

    /** The job after the step. */
    public Job job() {
        return job;
    }

    public JobEvent.Status event() {
        return JobEvent.Status.of(job);
    }
}
