package io.agentservice.access;

import io.agentservice.secrets.KnownSecrets;
import io.agentservice.secrets.SecretsConfig;
import io.agentservice.secrets.VaultWatch;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The token that is in Vault, in the service's own secret. It changes as that does. */
@Singleton
final class VaultTokens implements TokenSource {

    private final VaultWatch vault;
    private final SecretsConfig config;
    private final SimpleToken simple;
    private final KnownSecrets known;

    VaultTokens(VaultWatch vault, SecretsConfig config, SimpleToken simple, KnownSecrets known) {
        this.vault = vault;
        this.config = config;
        this.simple = simple;
        this.known = known;
    }

    @Override
    public String name() {
        return "vault";
    }

    @Override
    public boolean isConfigured() {
        return vault.isConfigured();
    }

    @Override
    public void start(TokenBook book) {
        vault.onRead(secret -> take(secret, book));
    }

    /** The book knows whether that is news. */
    private void take(Map<String, String> secret, TokenBook book) {
        Optional<String> value = Optional.ofNullable(secret.get(config.vault().apiTokenField()))
                .map(String::strip)
                .filter(token -> !token.isEmpty());
        value.ifPresent(token -> known.remember("API_BEARER_TOKEN", token));
        try {
            book.replace(name(), value.map(simple::of).map(List::of).orElse(List.of()));
        } catch (IllegalArgumentException e) {
            book.broken(name(), e.getMessage());
        }
    }
}
