package io.agentservice.secrets;

import io.quarkus.arc.DefaultBean;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Those of the environment, of which nobody says when they expire. Gives way to any other {@link Credentials}. */
@DefaultBean
@Singleton
final class ConfiguredCredentials implements Credentials {

    private final List<CredentialState> all;

    ConfiguredCredentials(
            @ConfigProperty(name = "agent-service.agent.api-key") Optional<String> apiKey,
            @ConfigProperty(name = "agent-service.agent.oauth-token") Optional<String> oauthToken) {
        this.all = Stream.concat(
                        apiKey.filter(key -> !key.isBlank()).map(key -> state("ANTHROPIC_API_KEY")).stream(),
                        oauthToken
                                .filter(token -> !token.isBlank())
                                .map(token -> state("CLAUDE_CODE_OAUTH_TOKEN"))
                                .stream())
                .toList();
    }

    private static CredentialState state(String name) {
        return new CredentialState(name, Optional.empty(), Optional.empty());
    }

    @Override
    public List<CredentialState> all() {
        return all;
    }
}
