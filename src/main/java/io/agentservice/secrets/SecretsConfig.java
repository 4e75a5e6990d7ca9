package io.agentservice.secrets;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where secrets come from, and how long they are good for. */
@ConfigMapping(prefix = "agent-service.secrets")
public interface SecretsConfig {

    Vault vault();

    /** How long a secret that was read for a job is given to others without asking again. */
    @WithDefault("30s")
    Duration cacheFor();

    /** How long one is given on while Vault does not answer or is sealed; not when it says no. */
    @WithDefault("15m")
    Duration keepFor();

    /** How long a refused credential is left alone, unless its value changes. */
    @WithDefault("5m")
    Duration refusedFor();

    /** Vault or OpenBao. Its address is {@code quarkus.vault.url} (environment: VAULT_ADDR). */
    interface Vault {

        /** A file with a Vault token, read at each use (environment: VAULT_TOKEN_FILE). */
        Optional<Path> tokenFile();

        /** The service's own secret: mount and path. */
        @WithDefault("secret/claude-agent-service")
        String path();

        @WithDefault("api_bearer_token")
        String apiTokenField();

        @WithDefault("claude_oauth_token")
        String oauthTokenField();

        @WithDefault("anthropic_api_key")
        String apiKeyField();

        /** How long an answer is waited for. */
        @WithDefault("5s")
        Duration timeout();

        /** How often the service's own secret is read again, and the token looked at. */
        @WithDefault("1m")
        Duration refreshEvery();
    }
}
