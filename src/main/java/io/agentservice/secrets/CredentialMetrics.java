package io.agentservice.secrets;

import io.agentservice.secrets.CredentialState.Standing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;

/** How many credentials there are and how they stand, and whether Vault answers. */
@Startup
@Singleton
public class CredentialMetrics {

    private final ClaudeCredentials credentials;
    private final SecretReader reader;
    private final Clock clock;
    private final MeterRegistry registry;

    CredentialMetrics(ClaudeCredentials credentials, SecretReader reader, Clock clock, MeterRegistry registry) {
        this.credentials = credentials;
        this.reader = reader;
        this.clock = clock;
        this.registry = registry;
    }

    @PostConstruct
    void register() {
        for (Standing standing : Standing.values()) {
            Gauge.builder("claude_agent_credentials", () -> count(standing))
                    .description("Credentials of the model's API that the service has")
                    .tag("state", standing.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        Gauge.builder("claude_agent_credential_expiry_timestamp", this::firstExpiry)
                .description("When the first credential expires, in seconds since 1970; 0 if that is not known")
                .baseUnit("seconds")
                .register(registry);
        if (reader.isConfigured()) {
            Gauge.builder("claude_agent_vault_up", () -> reader.trouble().isEmpty() ? 1 : 0)
                    .description("1 if Vault gave what it was asked for the last time")
                    .register(registry);
        }
    }

    private long count(Standing standing) {
        Instant now = clock.instant();
        return credentials.all().stream()
                .filter(one -> one.standing(now) == standing)
                .count();
    }

    private long firstExpiry() {
        return credentials.all().stream()
                .flatMap(one -> one.expiresAt().stream())
                .min(Comparator.naturalOrder())
                .map(Instant::getEpochSecond)
                .orElse(0L);
    }
}
