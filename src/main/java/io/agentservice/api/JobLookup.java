package io.agentservice.api;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.store.JobGoneException;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;

/** Finds the job that a path names. */
@Singleton
final class JobLookup {

    private final JobStore store;

    JobLookup(JobStore store) {
        this.store = store;
    }

    /**
     * Fails with {@link JobNotFoundException} if there is none, or with {@link JobGoneException} if there was one; what
     * cannot be an id names none either.
     */
    Uni<Job> find(String id) {
        JobId jobId;
        try {
            jobId = new JobId(id);
        } catch (IllegalArgumentException notAnId) {
            return Uni.createFrom().failure(new JobNotFoundException(id));
        }
        return store.find(jobId).chain(job -> job.isPresent() ? Uni.createFrom().item(job.get()) : missing(jobId));
    }

    private Uni<Job> missing(JobId id) {
        return store.removedAt(id).map(at -> {
            throw at.isPresent() ? new JobGoneException(id, at) : new JobNotFoundException(id.value());
        });
    }
}
