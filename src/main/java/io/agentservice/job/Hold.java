package io.agentservice.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Why a job that had begun is back in the queue.
 *
 * @param reason empty unless it waits to go on
 * @param notBefore when it may go on; empty means at once
 * @param parked how long it was made to wait in all, this time included
 */
public record Hold(Optional<FailureReason> reason, Optional<Instant> notBefore, Duration parked) {

    public static final Hold NONE = new Hold(Optional.empty(), Optional.empty(), Duration.ZERO);

    Hold interrupted() {
        return new Hold(Optional.of(FailureReason.INTERRUPTED), Optional.empty(), parked);
    }

    Hold until(Instant at, FailureReason why, Duration wait) {
        return new Hold(Optional.of(why), Optional.of(at), parked.plus(wait));
    }

    /** It goes on; how long it waited is not forgotten. */
    Hold over() {
        return new Hold(Optional.empty(), Optional.empty(), parked);
    }

    /** Whether it may not go on yet. */
    public boolean holds(Instant now) {
        return notBefore.filter(now::isBefore).isPresent();
    }
}
