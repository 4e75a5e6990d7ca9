package io.agentservice.store;

import io.agentservice.job.JobStatus;
import io.agentservice.job.Submitter;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which jobs are asked for, newest first.
 *
 * @param after where the page before this one ended
 * @param limit how many at most
 */
public record JobQuery(Filter filter, Optional<JobCursor> after, int limit) {

    /**
     * What the jobs have in common.
     *
     * @param statuses one of these; empty for any
     * @param metadata the text of strings, numbers and booleans at the top of the metadata, all of them
     * @param createdAfter in whole milliseconds
     * @param submitter who handed them in
     */
    public record Filter(
            Set<JobStatus> statuses,
            Optional<String> agent,
            Map<String, String> metadata,
            Optional<Instant> createdAfter,
            Optional<Submitter> submitter) {

        public static final Filter NONE = new Filter(Set.of(), Optional.empty(), Map.of(), Optional.empty());
        /** Longer names and values are kept with the job, but it is not found by them. */
        public static final int MAX_METADATA_CHARS = 256;

        public Filter(
                Set<JobStatus> statuses,
                Optional<String> agent,
                Map<String, String> metadata,
                Optional<Instant> createdAfter) {
            this(statuses, agent, metadata, createdAfter, Optional.empty());
        }

        /** Those of them that this one handed in. */
        public Filter of(Submitter only) {
            return new Filter(statuses, agent, metadata, createdAfter, Optional.of(only));
        }

        public Filter {
            statuses = Set.copyOf(statuses);
            metadata = Map.copyOf(metadata);
        }
    }
}
