package io.agentservice.secrets;

import io.agentservice.secrets.ClaudeCredentials.State;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Says how credentials and Vault are. Always up: jobs wait for what is missing, and all else goes on without it. */
@Readiness
@Singleton
final class CredentialsHealthCheck implements HealthCheck {

    private final ClaudeCredentials credentials;
    private final SecretReader reader;

    CredentialsHealthCheck(ClaudeCredentials credentials, SecretReader reader) {
        this.credentials = credentials;
        this.reader = reader;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("credentials").up();
        Map<String, State> states = credentials.states();
        response.withData("state", summary(states.values()));
        states.forEach((name, state) ->
                response.withData("claude." + name, state.name().toLowerCase(Locale.ROOT)));
        if (reader.isConfigured()) {
            response.withData(
                    "vault", reader.trouble().map(Throwable::getMessage).orElse("ok"));
        }
        return response.build();
    }

    private String summary(Collection<State> states) {
        boolean some = states.contains(State.AVAILABLE) || states.contains(State.UNKNOWN);
        boolean all = states.stream().noneMatch(state -> state.isTrouble())
                && reader.trouble().isEmpty();
        if (states.stream().allMatch(state -> state == State.ABSENT)) {
            return "none";
        }
        return !some ? "none available" : all ? "ok" : "degraded";
    }
}
