package io.agentservice.secrets;

import io.agentservice.secrets.CredentialState.Standing;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says which credentials there are and how they stand. Having none is no reason not to answer polls and streams: agents
 * may have their own, and jobs without one fail with a reason that says so.
 */
@Readiness
@Singleton
final class CredentialHealthCheck implements HealthCheck {

    private final Credentials credentials;
    private final Clock clock;

    CredentialHealthCheck(Credentials credentials, Clock clock) {
        this.credentials = credentials;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        Instant now = clock.instant();
        var all = credentials.all();
        long usable = all.stream()
                .filter(one -> one.standing(now) != Standing.SET_ASIDE)
                .count();
        var response = HealthCheckResponse.named("credentials")
                .up()
                .withData("present", all.size())
                .withData("usable", usable);
        all.forEach(one -> describe(one, now, response));
        return response.build();
    }

    private static void describe(CredentialState one, Instant now, HealthCheckResponseBuilder response) {
        response.withData(one.name(), one.standing(now).name().toLowerCase(Locale.ROOT));
        one.expiresAt().ifPresent(at -> response.withData(one.name() + "_expires", at.toString()));
        one.setAsideUntil()
                .filter(now::isBefore)
                .ifPresent(until -> response.withData(one.name() + "_set_aside_until", until.toString()));
    }
}
