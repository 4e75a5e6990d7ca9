package io.agentservice.store;

import io.agentservice.job.JobId;
import java.time.Instant;
import java.util.Optional;

/** The job was there once; it ended and was removed. */
public final class JobGoneException extends RuntimeException {

    /** @param removedAt empty if that is so long ago that it is forgotten */
    public JobGoneException(JobId id, Optional<Instant> removedAt) {
        super("the job '%s' ended and was removed%s: what has ended is kept for a time (JOB_TTL_SECONDS)"
                .formatted(id, removedAt.map(at -> " at " + at).orElse(" long ago")));
    }
}
