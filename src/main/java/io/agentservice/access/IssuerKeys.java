package io.agentservice.access;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.security.Key;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;

/**
 * The issuer's public keys. Asked for when the first token comes, so that the service starts without the issuer; kept
 * while it does not answer; asked for again after a while, and for a key that is not among them, but never often.
 */
@Singleton
final class IssuerKeys {

    private static final Logger LOG = Logger.getLogger(IssuerKeys.class);

    private final ServiceAccountsConfig config;
    private final KeyDownload download;
    private final Clock clock;
    private Optional<List<JsonWebKey>> keys = Optional.empty();
    private Instant triedAt = Instant.EPOCH;
    private Instant readAt = Instant.EPOCH;
    private String failure = "";
    private Optional<Uni<Void>> underWay = Optional.empty();

    IssuerKeys(AccessConfig config, KeyDownload download, Clock clock) {
        this.config = config.serviceAccounts();
        this.download = download;
        this.clock = clock;
    }

    /** Fails with {@link KeysUnavailableException} if there were none yet. */
    Uni<Optional<Key>> find(String keyId, String algorithm) {
        Optional<Key> key;
        Optional<Uni<Void>> news;
        synchronized (this) {
            key = known(keyId, algorithm);
            boolean old = !clock.instant().isBefore(readAt.plus(config.keysLifetime()));
            news = key.isEmpty() || old ? refresh() : Optional.empty();
        }
        if (key.isPresent()) {
            // What is new counts for the next one.
            news.ifPresent(read -> read.subscribe().with(done -> {}, failed -> {}));
            return Uni.createFrom().item(key);
        }
        return news.orElseGet(() -> Uni.createFrom().voidItem()).map(done -> knownNow(keyId, algorithm));
    }

    private synchronized Optional<Key> knownNow(String keyId, String algorithm) {
        if (keys.isEmpty()) {
            throw new KeysUnavailableException(failure);
        }
        return known(keyId, algorithm);
    }

    /** A token without the id of its key fits if there is only one. */
    private Optional<Key> known(String keyId, String algorithm) {
        List<JsonWebKey> fitting = keys.orElse(List.of()).stream()
                .filter(key -> keyId.isEmpty() || keyId.equals(key.getKeyId()))
                .filter(key -> key.getUse() == null || key.getUse().equals("sig"))
                .filter(key -> key.getAlgorithm() == null || key.getAlgorithm().equals(algorithm))
                .filter(PublicJsonWebKey.class::isInstance)
                .toList();
        return fitting.size() == 1 ? Optional.of(fitting.get(0).getKey()) : Optional.empty();
    }

    /** Many wait for one answer. */
    private Optional<Uni<Void>> refresh() {
        Instant now = clock.instant();
        if (underWay.isEmpty() && !now.isBefore(triedAt.plus(config.keysInterval()))) {
            triedAt = now;
            CompletableFuture<Void> read = download.read()
                    .onItemOrFailure()
                    .invoke(this::took)
                    .onFailure()
                    .recoverWithNull()
                    .replaceWithVoid()
                    .subscribeAsCompletionStage();
            // A copy, as a caller who hangs up cancels what it waits for.
            underWay = read.isDone()
                    ? Optional.empty()
                    : Optional.of(Uni.createFrom().completionStage(read::copy));
        }
        return underWay;
    }

    private synchronized void took(String text, Throwable failed) {
        underWay = Optional.empty();
        try {
            if (failed != null) {
                throw new JoseException(String.valueOf(failed.getMessage()));
            }
            keys = Optional.of(new JsonWebKeySet(text).getJsonWebKeys());
            readAt = clock.instant();
            failure = "";
        } catch (JoseException | RuntimeException e) {
            failure = String.valueOf(e.getMessage());
            LOG.warnf("the issuer's keys could not be read url=%s: %s", config.jwksUrl(), failure);
        }
    }

    /** Why they could not be read when last tried; empty if they could, or were not needed yet. */
    synchronized String failure() {
        return failure;
    }
}
