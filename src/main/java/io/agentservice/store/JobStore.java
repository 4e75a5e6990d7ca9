package io.agentservice.store;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
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

    /** Stores an accepted job and its first status event, both or neither. */
    Uni<Void> insert(Job job);

    /**
     * Takes a step: the new status, its event and what the run has cost, all or none. Fails with {@link StaleTransitionException} if the
     * job has taken another step meanwhile.
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

    /**
     * The events that follow {@code after}, in order.
     *
     * @param maxBytes about how much to read; at least one event is read if there is one
     */
    Uni<EventPage> events(JobId id, long after, long maxBytes);

    /** What is known of the last run of a job that was started. */
    Uni<RunRecord> lastRun(JobId id);

    /** What the runs of a job have cost, oldest first; also of one that is gone. */
    Uni<List<LedgerEntry>> ledger(JobId id);

    /** The jobs that are not final, oldest first. */
    Uni<List<Job>> unfinished();

    /** When jobs were first started since then, oldest first. */
    Uni<List<Start>> startsSince(Instant since);

    /** A job of this agent was started. */
    record Start(String agent, Instant at) {}

    /** Completes if it can read and write. */
    Uni<Void> check();
}
