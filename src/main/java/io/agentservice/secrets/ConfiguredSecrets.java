package io.agentservice.secrets;

import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What the configuration itself holds is as secret as what it refers to. */
@Startup
@Singleton
public class ConfiguredSecrets {

    private final KnownSecrets known;
    private final Optional<String> bearerToken;
    private final Optional<String> vaultToken;

    ConfiguredSecrets(
            KnownSecrets known,
            @ConfigProperty(name = "agent-service.access.bearer-token") Optional<String> bearerToken,
            @ConfigProperty(name = "quarkus.vault.authentication.client-token") Optional<String> vaultToken) {
        this.known = known;
        this.bearerToken = bearerToken;
        this.vaultToken = vaultToken;
    }

    @PostConstruct
    void remember() {
        bearerToken.ifPresent(value -> known.remember("API_BEARER_TOKEN", value));
        vaultToken.ifPresent(value -> known.remember("VAULT_TOKEN", value));
    }
}
