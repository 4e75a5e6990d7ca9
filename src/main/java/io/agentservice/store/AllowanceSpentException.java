package io.agentservice.store;

import io.agentservice.job.Submitter;
import java.time.Instant;
import java.util.Optional;

/** The submitter has as many jobs as it may have. Nothing was stored. */
public final class AllowanceSpentException extends RuntimeException {

    private final Optional<Instant> nextAt;

    private AllowanceSpentException(String message, Optional<Instant> nextAt) {
        super(message);
        this.nextAt = nextAt;
    }

    public static AllowanceSpentException unfinished(Submitter submitter, int max) {
        return new AllowanceSpentException(
                "'%s' may have %d jobs that have not ended, and has".formatted(submitter.name(), max),
                Optional.empty());
    }

    public static AllowanceSpentException perHour(Submitter submitter, int max, Instant nextAt) {
        return new AllowanceSpentException(
                "'%s' may hand in %d jobs an hour, and has".formatted(submitter.name(), max), Optional.of(nextAt));
    }

    /** When the next one may come, if time alone brings that. */
    public Optional<Instant> nextAt() {
        return nextAt;
    }
}
