package io.agentservice.workspace;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How fresh a mirror is.
 *
 * @param fetchedAt when it was last the same as its remote
 * @param failure why a later try to fetch it failed
 */
record MirrorState(Instant fetchedAt, Optional<String> failure) {

    long ageSeconds(Instant now) {
        return Math.max(0, Duration.between(fetchedAt, now).toSeconds());
    }
}
