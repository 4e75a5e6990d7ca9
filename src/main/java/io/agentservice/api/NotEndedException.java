package io.agentservice.api;

import io.agentservice.job.JobStatus;

/** It is not known yet: the job still runs or waits. */
final class NotEndedException extends RuntimeException {

    private final JobStatus status;

    NotEndedException(JobStatus status) {
        super("the job is %s: ask again when it has ended".formatted(status.wireName()));
        this.status = status;
    }

    JobStatus status() {
        return status;
    }
}
