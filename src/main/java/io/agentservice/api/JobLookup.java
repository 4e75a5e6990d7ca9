package io.agentservice.api;

import io.agentservice.access.Caller;
import io.agentservice.access.Grant;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.store.JobGoneException;
import io.agentservice.store.JobQuery;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the jobs that a request names, as far as its caller may see them. No resource looks for jobs in another way, so
 * what it must not see is not there wherever it asks.
 */
@Singleton
final class JobLookup {

    private final JobStore store;
    private final Caller caller;
    private final AuditTrail trail;

    JobLookup(JobStore store, Caller caller, AuditTrail trail) {
        this.store = store;
        this.caller = caller;
        this.trail = trail;
    }

    /**
     * The job that a path names, for looking at it. Fails with {@link JobNotFoundException} if there is none that the
     * caller may see, or with {@link JobGoneException} if there was one; what cannot be an id names none either.
     */
    Uni<Job> find(String id) {
        Grant grant = caller.grant();
        return toEnd(id).invoke(job -> trail.read(grant, job));
    }

    /** The same for ending it, of which the audit log is told by who does it. */
    Uni<Job> toEnd(String id) {
        Grant grant = caller.grant();
        JobId jobId;
        try {
            jobId = new JobId(id);
        } catch (IllegalArgumentException notAnId) {
            return Uni.createFrom().failure(new JobNotFoundException(id));
        }
        return store.find(jobId)
                .chain(job -> job.isPresent() ? Uni.createFrom().item(seen(job.get(), grant)) : missing(jobId, grant));
    }

    private static Job seen(Job job, Grant grant) {
        if (!grant.sees(job.submitter())) {
            throw new JobNotFoundException(job.id().value());
        }
        return job;
    }

    private Uni<Job> missing(JobId id, Grant grant) {
        Uni<Optional<Instant>> removed = grant.readAll() ? store.removedAt(id) : store.removedAt(id, grant.submitter());
        return removed.map(at -> {
            throw at.isPresent() ? new JobGoneException(id, at) : new JobNotFoundException(id.value());
        });
    }

    /** Of a list, what the caller may see. */
    JobQuery visible(JobQuery query) {
        Grant grant = caller.grant();
        return grant.readAll()
                ? query
                : new JobQuery(query.filter().of(grant.submitter()), query.after(), query.limit());
    }

    /** Of the changes of all jobs, those that the caller may see. */
    Selection visible(Selection selection) {
        Grant grant = caller.grant();
        return grant.readAll()
                ? selection
                : selection.with(Frame.SUBMITTER, grant.submitter().name());
    }

    /** Of these ids, those of jobs that may be seen with this grant. */
    Uni<Set<String>> visible(Set<String> ids, Grant grant) {
        if (grant.readAll()) {
            return Uni.createFrom().item(ids);
        }
        return Multi.createFrom()
                .iterable(ids)
                .onItem()
                .transformToUniAndConcatenate(id -> store.find(new JobId(id)))
                .filter(job ->
                        job.filter(found -> grant.sees(found.submitter())).isPresent())
                .map(job -> job.orElseThrow().id().value())
                .collect()
                .in(HashSet::new, Set::add);
    }
}
