package io.agentservice.queue;

import io.agentservice.agent.StartRate;
import io.agentservice.store.AllowanceSpentException;
import java.time.Duration;
import java.time.Instant;

/** No job is taken now; the same request may be taken later. Nothing was stored. */
public final class RefusedException extends RuntimeException {

    private static final Duration FULL_RETRY_AFTER = Duration.ofSeconds(30);
    private static final Duration DISK_RETRY_AFTER = Duration.ofMinutes(1);
    private static final Duration CLOSED_RETRY_AFTER = Duration.ofSeconds(10);

    /** Why. */
    public enum Cause {
        QUEUE_FULL,
        RATE_EXCEEDED,
        /** The submitter has as many jobs as it may have. */
        ALLOWANCE_SPENT,
        /** The service is starting or stopping. */
        NOT_ACCEPTING,
        /** The agent's repository has not been fetched yet. */
        NOT_READY,
        /** The disk is nearly full. */
        LOW_DISK
    }

    private final Cause cause;
    private final Duration retryAfter;

    private RefusedException(Cause cause, Duration retryAfter, String message) {
        super(message);
        this.cause = cause;
        this.retryAfter = retryAfter;
    }

    static RefusedException queueFull(int depth) {
        return new RefusedException(Cause.QUEUE_FULL, FULL_RETRY_AFTER, "%d jobs wait already".formatted(depth));
    }

    static RefusedException rateExceeded(String agent, StartRate rate, Duration retryAfter) {
        return new RefusedException(
                Cause.RATE_EXCEEDED,
                retryAfter,
                "the agent '%s' may start %d jobs in %s, and has".formatted(agent, rate.starts(), rate.window()));
    }

    static RefusedException allowanceSpent(AllowanceSpentException spent, Instant now) {
        Duration wait = spent.nextAt().map(next -> Duration.between(now, next)).orElse(FULL_RETRY_AFTER);
        return new RefusedException(Cause.ALLOWANCE_SPENT, wait, spent.getMessage());
    }

    static RefusedException notAccepting() {
        return new RefusedException(
                Cause.NOT_ACCEPTING, CLOSED_RETRY_AFTER, "the service is starting or stopping: submit again later");
    }

    static RefusedException notReady(String why) {
        return new RefusedException(
                Cause.NOT_READY, CLOSED_RETRY_AFTER, "the agent's repository is not there yet: " + why);
    }

    static RefusedException lowDisk(long freeBytes, long neededBytes) {
        return new RefusedException(
                Cause.LOW_DISK,
                DISK_RETRY_AFTER,
                "the disk of JOBS_DIR has %d MiB free and jobs need %d MiB: make room"
                        .formatted(freeBytes >> 20, neededBytes >> 20));
    }

    public Cause reason() {
        return cause;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
