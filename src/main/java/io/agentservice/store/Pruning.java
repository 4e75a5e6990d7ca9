package io.agentservice.store;

import io.agentservice.job.JobId;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;

/**
 * Lets go of jobs that have ended, and of nothing else. Each step is small, so that nobody who writes waits long for
 * it, and can be repeated: what a crash interrupts is found by {@link #begun} and done again.
 */
public interface Pruning {

    /** The jobs that ended before then, oldest first. */
    Uni<List<JobId>> ended(Instant before, int max);

    /** The jobs whose removal was begun and not finished. */
    Uni<List<JobId>> begun(int max);

    /** From now on nobody sees these jobs; that they were there is remembered. Who has not ended, stays. */
    Uni<Void> begin(List<JobId> jobs, Instant at);

    /**
     * Removes some events of these jobs, whose removal was begun.
     *
     * @return those that may have more
     */
    Uni<List<JobId>> removeEvents(List<JobId> jobs);

    /** Removes what is left of these jobs, whose events were removed. */
    Uni<Void> finish(List<JobId> jobs);

    /** @return whether there may be more */
    Uni<Boolean> forgetKeys(Instant before);

    /**
     * Forgets that jobs which were removed before then were there.
     *
     * @return whether there may be more
     */
    Uni<Boolean> forgetRemoved(Instant before);

    Uni<StoreSize> size();

    /**
     * Gives some of the space that is free back to the disk.
     *
     * @return the bytes that are still free and can be given back
     */
    Uni<Long> giveBack();

    /** Lets the log of writes become short again with the next write, unless somebody reads from it. */
    Uni<Void> shortenLog();
}
