package io.agentservice.store;

import io.agentservice.job.Allowance;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.Submitter;
import io.agentservice.job.Transition;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The memory of the service. What a returned {@code Uni} has completed is on the disk: it survives the end of the JVM
 * and of the power. No method blocks; each {@code Uni} fails with {@link StoreException} if the store cannot do it.
 */
public interface JobStore {

    /** Stores an accepted job, its first status event and who handed it in, all or none. */
    default Uni<Void> insert(Job job) {
        return insert(job, Allowance.UNLIMITED);
    }

    /** The same. Fails with {@link AllowanceSpentException} if its submitter has as many jobs as it may have. */
    Uni<Void> insert(Job job, Allowance allowance);

    default Uni<Void> insert(Job job, RequestKey key) {
        return insert(job, key, Allowance.UNLIMITED);
    }

    /**
     * The same with the key of its request. Fails with {@link KeyTakenException} if the key has made a job before; of
     * two at once one makes it.
     */
    Uni<Void> insert(Job job, RequestKey key, Allowance allowance);

    /** What the key was used for, if it was used and is still remembered. */
    Uni<Optional<RequestKey.Use>> keyUse(RequestKey key);

    /**
     * Takes a step: the new status, its event and what the run has cost, all or none. Fails with
     * {@link StaleTransitionException} if the job has taken another step meanwhile.
     *
     * @return the job as it stands now
     */
    Uni<Job> apply(Transition transition);

    /**
     * Records events in this order, all or none. Fails with {@link IllegalStateException} if the job is final.
     *
     * @return the sequence of the last one
     */
    Uni<Long> append(JobId id, List<EventDraft> events);

    Uni<Optional<Job>> find(JobId id);

    /** When the job was removed, if it was and that is not forgotten yet. */
    Uni<Optional<Instant>> removedAt(JobId id);

    /** The same of a job that this one handed in; empty for another's. */
    Uni<Optional<Instant>> removedAt(JobId id, Submitter submitter);

    /**
     * The events that follow {@code after}, in order.
     *
     * @param maxBytes about how much to read; at least one event is read if there is one
     */
    Uni<EventPage> events(JobId id, long after, long maxBytes);

    /** The changes of status of all jobs that follow a position, in the order of their commits. */
    Uni<StatusChangePage> statusChanges(long after, long maxBytes);

    /** The position of the last change of status there was, 0 if there was none. */
    Uni<Long> lastStatusChange();

    /**
     * The lines of the CLI's that follow {@code after}, as they came.
     *
     * @param maxBytes about how much to read; at least one line is read if there is one
     */
    Uni<LinePage> lines(JobId id, long after, long maxBytes);

    /** What is known of the last run of a job that was started. */
    Uni<RunRecord> lastRun(JobId id);

    /** What the runs of a job have cost, oldest first; also of one that is gone. */
    Uni<List<LedgerEntry>> ledger(JobId id);

    /** The jobs that are asked for, newest first; a page costs what it holds, however many jobs there are. */
    Uni<JobPage> list(JobQuery query);

    /** The jobs that are not final, oldest first. */
    Uni<List<Job>> unfinished();

    /** When jobs were first started since then, oldest first. */
    Uni<List<Start>> startsSince(Instant since);

    /** A job of this agent was started. */
    record Start(String agent, Instant at) {}

    /** Who did what. */
    AuditLog audit();

    /** How it lets go of jobs. */
    Pruning pruning();

    /** Completes if it can read and write. */
    Uni<Void> check();
}
