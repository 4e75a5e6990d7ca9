package io.agentservice.store;

import io.agentservice.job.JobId;
import io.agentservice.job.Submitter;
import java.time.Duration;
import java.time.Instant;

/**
 * The key that a caller gave to a request, so that sending it again makes no second job.
 *
 * @param key unique for its submitter
 * @param fingerprint the same for requests that ask for the same
 * @param at when the request came
 */
public record RequestKey(Submitter submitter, String key, String fingerprint, Instant at) {

    /** How long a key is remembered at least; longer while its job has not ended. */
    public static final Duration LIFE = Duration.ofHours(24);

    /** Keys from before then have expired. */
    public Instant expiry() {
        return at.minus(LIFE);
    }

    /** What a key was used for first. */
    public record Use(String fingerprint, JobId job) {}
}
