package io.agentservice.access;

import io.quarkus.arc.All;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Fetches the keys before the door opens, and does not open it to the world without any. */
@Singleton
final class AccessStartup {

    private static final Logger LOG = Logger.getLogger(AccessStartup.class);

    private final List<TokenSource> sources;
    private final TokenBook book;
    private final ServiceAccounts accounts;
    private final String host;

    AccessStartup(
            @All List<TokenSource> sources,
            TokenBook book,
            ServiceAccounts accounts,
            @ConfigProperty(name = "quarkus.http.host") String host) {
        this.sources = sources;
        this.book = book;
        this.accounts = accounts;
        this.host = host;
    }

    void start(@Observes StartupEvent event) {
        List<TokenSource> configured =
                sources.stream().filter(TokenSource::isConfigured).toList();
        if (configured.isEmpty() && !accounts.isConfigured()) {
            refuseTheWorld();
            LOG.warn("API_BEARER_TOKEN is not set: every request is refused until it is");
        }
        try {
            configured.forEach(source -> source.start(book));
        } catch (IllegalArgumentException e) {
            throw refused(e.getMessage());
        }
    }

    private void refuseTheWorld() {
        if (!isLoopback(host)) {
            throw refused("it would listen on %s and nobody could be let in: set API_BEARER_TOKEN, or".formatted(host)
                    + " agent-service.access.tokens-file, or listen on 127.0.0.1 (see docs/security.md)");
        }
    }

    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Quarkus prints the message of this kind only, and exits with 1. */
    private static ConfigurationException refused(String why) {
        LOG.errorf("the service does not start: %s", why);
        return new ConfigurationException("not started: " + why);
    }
}
