package io.agentservice.access;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tokens of the configuration: API_BEARER_TOKEN and those with names. They last as long as the process. */
@Singleton
final class ConfiguredTokens implements TokenSource {

    private final AccessConfig config;
    private final SimpleToken simple;

    ConfiguredTokens(AccessConfig config, SimpleToken simple) {
        this.config = config;
        this.simple = simple;
    }

    @Override
    public String name() {
        return "configuration";
    }

    @Override
    public boolean isConfigured() {
        return bearer().isPresent() || !config.tokens().isEmpty();
    }

    private Optional<String> bearer() {
        return config.bearerToken().map(String::strip).filter(token -> !token.isEmpty());
    }

    /** @throws IllegalArgumentException that says which setting is wrong */
    @Override
    public void start(TokenBook book) {
        List<NamedToken> tokens = new ArrayList<>();
        bearer().ifPresent(value -> tokens.add(simple.of(value)));
        config.tokens().forEach((name, setting) -> tokens.add(token(name, setting)));
        book.replace(name(), tokens);
    }

    private static NamedToken token(String name, AccessConfig.TokenSetting setting) {
        return NamedToken.of(TokenSettings.grant(name, setting), setting.values());
    }
}
