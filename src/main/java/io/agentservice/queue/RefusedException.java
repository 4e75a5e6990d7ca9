package io.agentservice.queue;

import java.time.Duration;

/** No job is taken now; the same request may be taken later. Nothing was stored. */
public final class RefusedException extends RuntimeException {

    /** Why. */
    public enum Cause {
        QUEUE_FULL,
        /** The service is starting or stopping. */
        NOT_ACCEPTING
    }

    private final Cause cause;
    private final Duration retryAfter;

    RefusedException(Cause cause, Duration retryAfter, String message) {
        super(message);
        this.cause = cause;
        this.retryAfter = retryAfter;
    }

    public Cause reason() {
        return cause;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
