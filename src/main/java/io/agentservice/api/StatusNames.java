package io.agentservice.api;

import io.agentservice.job.JobStatus;
import jakarta.inject.Singleton;

/** How the status of a job is spelled in its JSON. Events, and the filter of the list, have the true one always. */
@Singleton
final class StatusNames {

    private final boolean queuedAsRunning;

    StatusNames(ApiConfig config) {
        this.queuedAsRunning = config.reportQueuedAsRunning();
    }

    String of(JobStatus status) {
        return queuedAsRunning && status == JobStatus.QUEUED ? JobStatus.RUNNING.wireName() : status.wireName();
    }
}
