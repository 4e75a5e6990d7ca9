package io.agentservice.secrets;

import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Reads the service's own secret again and again, so that what changes in Vault changes here, and keeps our token alive.
 * Does nothing where no Vault is configured.
 */
@Startup
@Singleton
public class VaultWatch {

    private static final Logger LOG = Logger.getLogger(VaultWatch.class);

    private final Vault vault;
    private final SecretReader reader;
    private final ClaudeCredentials credentials;
    private final SecretsConfig config;
    private final List<Consumer<Map<String, String>>> listeners = new CopyOnWriteArrayList<>();
    private ScheduledFuture<?> tick;

    VaultWatch(Vault vault, SecretReader reader, ClaudeCredentials credentials, SecretsConfig config) {
        this.vault = vault;
        this.reader = reader;
        this.credentials = credentials;
        this.config = config;
    }

    @PostConstruct
    void start() {
        long period = config.vault().refreshEvery().toMillis();
        tick = Infrastructure.getDefaultWorkerPool()
                .scheduleWithFixedDelay(this::look, 0, period, TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        tick.cancel(false);
    }

    public boolean isConfigured() {
        return vault.isConfigured();
    }

    /** Is told of the fields of the service's own secret whenever they were read, and now if they were. */
    public void onRead(Consumer<Map<String, String>> listener) {
        listeners.add(listener);
        if (tick != null) {
            Infrastructure.getDefaultWorkerPool().execute(this::look);
        }
    }

    /** Once: what fails is noted by the reader, and tried again with the next look. */
    synchronized void look() {
        try {
            if (vault.isConfigured()) {
                renew();
                Map<String, String> own = ownSecret();
                listeners.forEach(listener -> listener.accept(own));
            }
            credentials.choose();
        } catch (SecretUnavailableException e) {
            LOG.debugf("not now: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("secrets could not be looked at", e);
        }
    }

    private Map<String, String> ownSecret() {
        SecretRef any = SecretRef.parse(config.vault().path() + "#any");
        return reader.askAgain(any.mount(), any.path());
    }

    private void renew() {
        try {
            vault.renewToken().await().atMost(vault.timeout().multipliedBy(2));
        } catch (SecretUnavailableException e) {
            LOG.debugf("the token was not renewed: %s", e.getMessage());
        }
    }
}
