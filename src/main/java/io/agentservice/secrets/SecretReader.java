package io.agentservice.secrets;

import io.agentservice.secrets.SecretUnavailableException.Why;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Secrets of Vault, asked for once in a while however many jobs want them. While Vault is away, what it said last counts
 * for some time; what it denies or does not have any more is forgotten at once.
 */
@Singleton
public final class SecretReader {

    private static final Logger LOG = Logger.getLogger(SecretReader.class);

    private final Vault vault;
    private final KnownSecrets known;
    private final SecretsConfig config;
    private final Clock clock;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private Instant outageAt = Instant.MIN;
    private SecretUnavailableException outage;
    /** By secret: what keeps it away, but for that it is not there. */
    private final Map<String, SecretUnavailableException> troubles = new ConcurrentHashMap<>();

    SecretReader(Vault vault, KnownSecrets known, SecretsConfig config, Clock clock) {
        this.vault = vault;
        this.known = known;
        this.config = config;
        this.clock = clock;
    }

    private record Answer(Map<String, String> fields, Instant at) {

        boolean isYounger(Duration age, Instant now) {
            return now.isBefore(at.plus(age));
        }
    }

    /**
     * A secret's value, which is kept out of all outputs from then on. Blocks for as long as Vault may take.
     *
     * @param name what it is called where it is left out
     * @throws SecretUnavailableException if it cannot be had
     */
    public String read(SecretRef ref, String name) {
        String value = fields(ref.mount(), ref.path()).get(ref.field());
        if (value == null || value.isEmpty()) {
            throw new SecretUnavailableException(
                    Why.MISSING, "Vault's %s has no field '%s'".formatted(ref.secret(), ref.field()));
        }
        known.remember(name, value);
        return value;
    }

    private Map<String, String> fields(String mount, String path) {
        Answer last = answers.get(mount + "/" + path);
        return last != null && last.isYounger(config.cacheFor(), clock.instant())
                ? last.fields()
                : askAgain(mount, path);
    }

    /**
     * Asks Vault itself. Of several at once one does.
     *
     * @throws SecretUnavailableException if it cannot be had, nor was so lately
     */
    Map<String, String> askAgain(String mount, String path) {
        return ask(mount, path, clock.instant());
    }

    /** @param wantedAt what was said since then is new enough, also that there is nothing to be had */
    private synchronized Map<String, String> ask(String mount, String path, Instant wantedAt) {
        String secret = mount + "/" + path;
        Answer meanwhile = answers.get(secret);
        if (meanwhile != null && meanwhile.at().isAfter(wantedAt)) {
            return meanwhile.fields();
        }
        if (outageAt.isAfter(wantedAt)) {
            return lastKnown(secret, outage);
        }
        try {
            Map<String, String> fields =
                    vault.read(mount, path).await().atMost(vault.timeout().multipliedBy(2));
            answers.put(secret, new Answer(fields, clock.instant()));
            answered(secret);
            return fields;
        } catch (SecretUnavailableException e) {
            return lastKnown(secret, e);
        }
    }

    private Map<String, String> lastKnown(String secret, SecretUnavailableException failure) {
        noteTrouble(secret, failure);
        Answer last = answers.get(secret);
        if (failure.why().isOutage() && last != null && last.isYounger(config.keepFor(), clock.instant())) {
            return last.fields();
        }
        answers.remove(secret);
        throw failure;
    }

    /** Said once when it begins and once when it is over. */
    private void noteTrouble(String secret, SecretUnavailableException failure) {
        if (failure.why() == Why.NOT_CONFIGURED || failure.why() == Why.MISSING) {
            troubles.remove(secret);
            return;
        }
        if (troubles.put(secret, failure) == null) {
            LOG.warnf("a secret cannot be read: %s", failure.getMessage());
        }
        if (failure.why().isOutage() && failure != outage) {
            outage = failure;
            outageAt = clock.instant();
        }
    }

    private void answered(String secret) {
        outageAt = Instant.MIN;
        if (troubles.remove(secret) != null) {
            LOG.infof("a secret can be read again secret=%s", secret);
        }
    }

    /** What is wrong, if something is. */
    Optional<SecretUnavailableException> trouble() {
        return troubles.values().stream().findFirst();
    }

    boolean isConfigured() {
        return vault.isConfigured();
    }
}
