package io.agentservice.secrets;

import io.agentservice.secrets.SecretUnavailableException.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A place where a credential of Claude's is, asked anew each time.
 *
 * @param value blocks; empty where there is none, which is no mistake; throws a {@link SecretUnavailableException}
 */
record CredentialSource(String name, String variable, Supplier<Optional<String>> value, Optional<Instant> expiresAt) {

    private CredentialSource(String name, String variable, Supplier<Optional<String>> value) {
        this(name, variable, value, Optional.empty());
    }

    /** In the order in which they are used. */
    static List<CredentialSource> all(ClaudeConfig config, SecretsConfig secrets, SecretReader reader) {
        List<CredentialSource> all = new ArrayList<>();
        config.credentials().forEach(listed -> all.add(listed(listed, reader)));
        if (reader.isConfigured()) {
            var vault = secrets.vault();
            all.add(own("vault-oauth", ClaudeCredential.OAUTH_TOKEN, vault, vault.oauthTokenField(), reader));
            all.add(own("vault-api-key", ClaudeCredential.API_KEY, vault, vault.apiKeyField(), reader));
        }
        config.apiKeyFile().ifPresent(file -> all.add(ofFile("api-key-file", ClaudeCredential.API_KEY, file)));
        config.oauthTokenFile().ifPresent(file -> all.add(ofFile("oauth-file", ClaudeCredential.OAUTH_TOKEN, file)));
        // As the CLI does when it has both.
        config.apiKey().ifPresent(key -> all.add(fixed("api-key", ClaudeCredential.API_KEY, key)));
        config.oauthToken().ifPresent(token -> all.add(fixed("oauth", ClaudeCredential.OAUTH_TOKEN, token)));
        return List.copyOf(all);
    }

    private static CredentialSource listed(ClaudeConfig.Listed said, SecretReader reader) {
        List<CredentialSource> ways = new ArrayList<>();
        String name = said.name();
        said.apiKey().ifPresent(key -> ways.add(fixed(name, ClaudeCredential.API_KEY, key)));
        said.apiKeyFile().ifPresent(file -> ways.add(ofFile(name, ClaudeCredential.API_KEY, file)));
        said.apiKeyVault().ifPresent(ref -> ways.add(ofVault(name, ClaudeCredential.API_KEY, ref, reader)));
        said.oauthToken().ifPresent(token -> ways.add(fixed(name, ClaudeCredential.OAUTH_TOKEN, token)));
        said.oauthTokenFile().ifPresent(file -> ways.add(ofFile(name, ClaudeCredential.OAUTH_TOKEN, file)));
        said.oauthTokenVault().ifPresent(ref -> ways.add(ofVault(name, ClaudeCredential.OAUTH_TOKEN, ref, reader)));
        if (ways.size() != 1) {
            throw new IllegalArgumentException(
                    "agent-service.agent.credentials: '%s' must have exactly one of api-key, api-key-file, api-key-vault, "
                                    .formatted(name)
                            + "oauth-token, oauth-token-file and oauth-token-vault");
        }
        return ways.get(0).until(said.expiresAt());
    }

    private CredentialSource until(Optional<Instant> end) {
        return new CredentialSource(name, variable, value, end);
    }

    private static CredentialSource fixed(String name, String variable, String value) {
        return new CredentialSource(name, variable, () -> Optional.of(value.strip()));
    }

    private static CredentialSource ofFile(String name, String variable, Path file) {
        return new CredentialSource(name, variable, () -> {
            try {
                return Optional.of(Files.readString(file).strip());
            } catch (IOException e) {
                throw new SecretUnavailableException(
                        Why.MISSING, "the file of the credential '%s' cannot be read: %s".formatted(name, e));
            }
        });
    }

    private static CredentialSource ofVault(String name, String variable, String text, SecretReader reader) {
        SecretRef ref = SecretRef.parse(text);
        return new CredentialSource(name, variable, () -> Optional.of(reader.read(ref, name)));
    }

    /** A field of the service's own secret, which need not be there. */
    private static CredentialSource own(
            String name, String variable, SecretsConfig.Vault vault, String field, SecretReader reader) {
        SecretRef ref = SecretRef.parse(vault.path() + "#" + field);
        return new CredentialSource(name, variable, () -> {
            try {
                return Optional.of(reader.read(ref, name));
            } catch (SecretUnavailableException e) {
                if (e.why() == Why.MISSING) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }
}
