package io.agentservice.access;

import io.agentservice.secrets.KnownSecrets;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The token that is the content of a file, such as a mounted secret. */
@Singleton
final class BearerTokenFile implements TokenSource {

    private final AccessConfig config;
    private final SimpleToken simple;
    private final KnownSecrets known;
    private ScheduledFuture<?> tick;

    BearerTokenFile(AccessConfig config, SimpleToken simple, KnownSecrets known) {
        this.config = config;
        this.simple = simple;
        this.known = known;
    }

    @Override
    public String name() {
        return "token-file";
    }

    @Override
    public boolean isConfigured() {
        return config.bearerTokenFile().isPresent();
    }

    @Override
    public void start(TokenBook book) {
        look(book);
        long period = config.tokensFileInterval().toMillis();
        tick = Infrastructure.getDefaultWorkerPool()
                .scheduleWithFixedDelay(() -> look(book), period, period, TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        if (tick != null) {
            tick.cancel(false);
        }
    }

    /** The book knows whether that is news, and that the file can be read again. */
    void look(TokenBook book) {
        try {
            String value =
                    Files.readString(config.bearerTokenFile().orElseThrow()).strip();
            known.remember("API_BEARER_TOKEN", value);
            book.replace(name(), List.of(simple.of(value)));
        } catch (IOException | IllegalArgumentException e) {
            book.broken(name(), e instanceof IOException ? e.toString() : e.getMessage());
        }
    }
}
