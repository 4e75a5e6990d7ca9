package io.agentservice.api;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.store.JobGoneException;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;

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

    /**
     * The same for who follows a job and has what came until {@code after}. If the job has ended and nothing followed
     * that, it fails with the 204 by which an EventSource knows that it need not come back.
     */
    Uni<Job> withMoreAfter(String id, long after) {
        return find(id).chain(job -> job.status().isFinal() && after > 0
                ? store.events(job.id(), after, 1).map(rest -> {
                    if (rest.isEmpty()) {
                        throw nothingFollows();
                    }
                    return job;
                })
                : Uni.createFrom().item(job));
    }

    private static WebApplicationException nothingFollows() {
        return new WebApplicationException(
                Response.noContent().header("Cache-Control", "no-store").build());
    }

    private Uni<Job> missing(JobId id) {
        return store.removedAt(id).map(at -> {
            throw at.isPresent() ? new JobGoneException(id, at) : new JobNotFoundException(id.value());
        });
    }
}
