package io.agentservice.secrets;

import io.agentservice.secrets.ClaudeCredentials.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;
import java.util.Locale;

/** How many credentials are in which state, and whether Vault answers. */
@Startup
@Singleton
public class CredentialMetrics {

    private final ClaudeCredentials credentials;
    private final SecretReader reader;
    private final MeterRegistry registry;

    CredentialMetrics(ClaudeCredentials credentials, SecretReader reader, MeterRegistry registry) {
        this.credentials = credentials;
        this.reader = reader;
        this.registry = registry;
    }

    @PostConstruct
    void register() {
        for (State state : State.values()) {
            Gauge.builder("claude_agent_credentials", () -> count(state))
                    .description("Credentials of Claude's in this state")
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        if (reader.isConfigured()) {
            Gauge.builder("claude_agent_vault_up", () -> reader.trouble().isEmpty() ? 1 : 0)
                    .description("1 if Vault gave what it was asked for the last time")
                    .register(registry);
        }
    }

    private long count(State state) {
        return credentials.states().values().stream().filter(state::equals).count();
    }
}
