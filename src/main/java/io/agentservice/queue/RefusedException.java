package io.agentservice.queue;

import io.agentservice.agent.StartRate;
import java.time.Duration;

/** No job is taken now; the same request may be taken later. Nothing was stored. */
public final class RefusedException extends RuntimeException {

    private static final Duration FULL_RETRY_AFTER = Duration.ofSeconds(30);
    private static final Duration CLOSED_RETRY_AFTER = Duration.ofSeconds(10);

    /** Why. */
    public enum Cause {
        QUEUE_FULL,
        RATE_EXCEEDED,
        /** The service is starting or stopping. */
        NOT_ACCEPTING
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

    static RefusedException notAccepting() {
        return new RefusedException(
                Cause.NOT_ACCEPTING, CLOSED_RETRY_AFTER, "the service is starting or stopping: submit again later");
    }

    public Cause reason() {
        return cause;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
