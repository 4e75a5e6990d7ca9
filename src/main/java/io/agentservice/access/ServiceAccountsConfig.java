package io.agentservice.access;

import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code agent-service.access.service-accounts}: who may come with a token that Kubernetes issued. Off without issuer. */
public interface ServiceAccountsConfig {

    /** As it stands in the tokens: {@code kubectl get --raw /.well-known/openid-configuration} tells it. */
    Optional<String> issuer();

    /** The audience that the pod's projected token must name. */
    @WithDefault("claude-agent-service")
    String audience();

    /** Where the issuer's public keys are. */
    @WithDefault("https://kubernetes.default.svc/openid/v1/jwks")
    URI jwksUrl();

    /** The certificates that the keys' server is known by; absent: those of the JVM. */
    Optional<Path> caFile();

    /** A token to ask for the keys with; read again each time. */
    Optional<Path> tokenFile();

    /** How long the keys are used before they are asked for again; longer while nobody answers. */
    @WithDefault("10m")
    Duration keysLifetime();

    /** How soon after one attempt the next may be made, however many tokens name keys that are not known. */
    @WithDefault("10s")
    Duration keysInterval();

    /** How long the server of the keys is waited for. */
    @WithDefault("5s")
    Duration keysTimeout();

    /** By how much the clocks may differ. */
    @WithDefault("30s")
    Duration clockSkew();

    /** Who may do what, by any name. Of several that fit, the one with the longest pattern counts. */
    Map<String, Rule> rules();

    /** Some accounts and what they may do. */
    interface Rule extends AccessConfig.Rights {

        /** {@code NAMESPACE/NAME}, {@code NAMESPACE/*} or {@code system:serviceaccount:NAMESPACE:NAME}. */
        List<String> accounts();
    }
}
