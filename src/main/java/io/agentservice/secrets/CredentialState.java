package io.agentservice.secrets;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What an operator may know of a credential of the model's API; never the credential itself.
 *
 * @param name what it is called where it is configured
 * @param expiresAt where that is known
 * @param setAsideUntil when it is used again, if it is not used now
 */
public record CredentialState(String name, Optional<Instant> expiresAt, Optional<Instant> setAsideUntil) {

    private static final Duration SOON = Duration.ofDays(1);

    /** How it stands. */
    public enum Standing {
        USABLE,
        /** Within a day; it is used. */
        EXPIRING,
        SET_ASIDE
    }

    public Standing standing(Instant now) {
        if (setAsideUntil.filter(now::isBefore).isPresent()) {
            return Standing.SET_ASIDE;
        }
        return expiresAt.filter(at -> at.isBefore(now.plus(SOON))).isPresent() ? Standing.EXPIRING : Standing.USABLE;
    }
}
