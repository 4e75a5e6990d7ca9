package io.agentservice.queue;

import io.agentservice.job.Job;

/** The job has ended already, so nothing can be changed about it. */
public final class AlreadyFinalException extends RuntimeException {

    private final transient Job job;

    AlreadyFinalException(Job job) {
        super("the job is already " + job.status().wireName());
        this.job = job;
    }

    public Job job() {
        return job;
    }
}
