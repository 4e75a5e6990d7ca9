package io.agentservice.secrets;

import io.agentservice.secrets.SecretUnavailableException.Why;
import io.quarkus.vault.client.VaultClient;
import io.quarkus.vault.client.VaultClientException;
import io.quarkus.vault.client.auth.VaultToken;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The way to Vault or OpenBao: reads secrets of a KV engine of version 2, and keeps the token alive. */
@Singleton
public class Vault {

    /** Stands where no role is configured, so that there can be a client all the same. */
    private static final String NO_ROLE = "none";

    private final Optional<Supplier<VaultClient>> source;
    private final Duration timeout;
    private volatile VaultClient client;

    @Inject
    Vault(
            Instance<VaultClient> client,
            SecretsConfig config,
            @ConfigProperty(name = "quarkus.vault.url") Optional<String> url,
            @ConfigProperty(name = "quarkus.vault.authentication.client-token") Optional<String> token,
            @ConfigProperty(name = "quarkus.vault.authentication.kubernetes.role") Optional<String> role) {
        boolean canLogIn = token.isPresent()
                || config.vault().tokenFile().isPresent()
                || role.filter(name -> !name.equals(NO_ROLE)).isPresent();
        this.timeout = config.vault().timeout();
        this.source = url.isPresent() && canLogIn
                ? Optional.of(() -> config.vault()
                        .tokenFile()
                        .map(file -> withTokenOf(file, client.get()))
                        .orElseGet(client::get))
                : Optional.empty();
    }

    Vault(Optional<VaultClient> client, Duration timeout) {
        this.source = client.map(known -> () -> known);
        this.timeout = timeout;
    }

    static VaultClient withTokenOf(Path file, VaultClient client) {
        return client.configure()
                .tokenProvider(request -> {
                    try {
                        String token = Files.readString(file).strip();
                        return CompletableFuture.completedStage(VaultToken.neverExpires(token, InstantSource.system()));
                    } catch (IOException e) {
                        return CompletableFuture.failedStage(e);
                    }
                })
                .build();
    }

    boolean isConfigured() {
        return source.isPresent();
    }

    Duration timeout() {
        return timeout;
    }

    /** The fields of a secret as it is now. Fails with {@link SecretUnavailableException}. */
    Uni<Map<String, String>> read(String mount, String path) {
        String secret = mount + "/" + path;
        return call(
                        secret,
                        known -> Uni.createFrom()
                                .completionStage(known.secrets().kv2(mount).readSecret(path)))
                .map(found -> strings(found.getData()));
    }

    private static Map<String, String> strings(Map<String, Object> data) {
        Map<String, String> fields = new HashMap<>();
        if (data != null) {
            data.forEach((name, value) -> fields.put(name, String.valueOf(value)));
        }
        return fields;
    }

    /**
     * Makes a token last longer that has less than half of its time left. Where we log in ourselves the client does so,
     * too; a token that was given to us is nobody else's care.
     */
    Uni<Void> renewToken() {
        return call(
                        "its token",
                        known -> Uni.createFrom()
                                .completionStage(known.auth().token().lookupSelf()))
                .chain(token -> token.isRenewable()
                                && token.getTtl()
                                                .compareTo(
                                                        token.getCreationTtl().dividedBy(2))
                                        < 0
                        ? call(
                                        "its token",
                                        known -> Uni.createFrom()
                                                .completionStage(
                                                        known.auth().token().renewSelf(null)))
                                .replaceWithVoid()
                        : Uni.createFrom().voidItem());
    }

    private <T> Uni<T> call(String what, java.util.function.Function<VaultClient, Uni<T>> question) {
        if (source.isEmpty()) {
            return Uni.createFrom()
                    .failure(new SecretUnavailableException(
                            Why.NOT_CONFIGURED, what + " is to be read from Vault, which is not configured"));
        }
        return Uni.createFrom()
                .deferred(() -> question.apply(client()))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .ifNoItem()
                .after(timeout)
                .fail()
                .onFailure()
                .transform(failure -> unavailable(what, failure));
    }

    private VaultClient client() {
        VaultClient known = client;
        if (known == null) {
            known = source.orElseThrow().get();
            client = known;
        }
        return known;
    }

    private SecretUnavailableException unavailable(String what, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof VaultClientException answer && answer.getStatus() != null) {
            return refused(what, answer.getStatus());
        }
        boolean slow = cause instanceof io.smallrye.mutiny.TimeoutException || cause instanceof TimeoutException;
        return slow
                ? new SecretUnavailableException(
                        Why.SLOW, "Vault did not answer within %d ms, asked for %s".formatted(timeout.toMillis(), what))
                : new SecretUnavailableException(
                        Why.UNREACHABLE,
                        "Vault cannot be reached, asked for %s (%s)"
                                .formatted(what, cause.getMessage() == null ? cause.getClass() : cause.getMessage()));
    }

    private static SecretUnavailableException refused(String what, int status) {
        return switch (status) {
            case 403 -> new SecretUnavailableException(Why.DENIED, "Vault answers 403, asked for " + what);
            case 404 -> new SecretUnavailableException(Why.MISSING, "Vault has no " + what);
            case 503 -> new SecretUnavailableException(Why.SEALED, "Vault is sealed (503), asked for " + what);
            default ->
                new SecretUnavailableException(
                        status == 400 ? Why.DENIED : Why.OTHER,
                        "Vault answers %d, asked for %s".formatted(status, what));
        };
    }
}
