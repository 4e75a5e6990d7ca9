package io.agentservice.secrets;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The credentials for the model's API. A file is read at each use, so its content can be replaced. */
@ConfigMapping(prefix = "agent-service.agent")
public interface ClaudeConfig {

    /** The credential of the model's API (environment: ANTHROPIC_API_KEY). */
    Optional<String> apiKey();

    /** (environment: ANTHROPIC_API_KEY_FILE). */
    Optional<Path> apiKeyFile();

    /** The credential of a subscription (environment: CLAUDE_CODE_OAUTH_TOKEN). */
    Optional<String> oauthToken();

    /** (environment: CLAUDE_CODE_OAUTH_TOKEN_FILE). */
    Optional<Path> oauthTokenFile();

    /** More than one: the first that is not set aside is used. Before those above. */
    List<Listed> credentials();

    /** One of them: a name, and one of the others. */
    interface Listed {

        /** For events, health and metrics. */
        String name();

        Optional<String> apiKey();

        Optional<Path> apiKeyFile();

        /** Such as {@code secret/claude#work}. */
        Optional<String> apiKeyVault();

        Optional<String> oauthToken();

        Optional<Path> oauthTokenFile();

        Optional<String> oauthTokenVault();

        /** When it ends, where that is known, such as {@code 2027-11-24T00:00:00Z}: metrics warn a day before. */
        Optional<Instant> expiresAt();
    }
}
