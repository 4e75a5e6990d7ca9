package io.agentservice.store;

import io.agentservice.job.JobId;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which entries are asked for, newest first.
 *
 * @param before the position where the page before this one ended
 * @param limit how many at most
 */
public record AuditQuery(Filter filter, OptionalLong before, int limit) {

    /** What they have in common. */
    public record Filter(
            Optional<String> who,
            Optional<AuditEntry.Action> action,
            Optional<JobId> job,
            Optional<Instant> since,
            Optional<Instant> until) {

        public static final Filter NONE =
                new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
