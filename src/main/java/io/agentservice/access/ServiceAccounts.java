package io.agentservice.access;

import io.smallrye.mutiny.Uni;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

/** Knows pods by the tokens that Kubernetes gives them: who issued one, for whom, and until when. */
@Singleton
final class ServiceAccounts {

    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-]+");
    /** By key pairs only: with a shared secret, the public key could be taken for one. */
    private static final AlgorithmConstraints ALGORITHMS = new AlgorithmConstraints(
            ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA384,
            AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512);

    private final ServiceAccountsConfig config;
    private final AccountRules rules;
    private final IssuerKeys keys;
    private final Clock clock;

    ServiceAccounts(AccessConfig config, IssuerKeys keys, Clock clock) {
        this.config = config.serviceAccounts();
        this.rules = new AccountRules(this.config.rules());
        this.keys = keys;
        this.clock = clock;
    }

    /** @param current what the token allows, whenever asked; nothing any more when its time is over */
    record Admitted(Grant grant, Supplier<Optional<Grant>> current) {}

    boolean isConfigured() {
        return config.issuer().isPresent();
    }

    /** Whether this is to be judged here: three parts, of which the first is a JSON object that names an algorithm. */
    boolean isOurs(String token) {
        return isConfigured() && header(token).isPresent();
    }

    private static Optional<JsonObject> header(String token) {
        String[] parts = token.split("\\.", -1);
        // The signature may be missing: that is judged, and not taken for a token of another kind.
        boolean shaped = parts.length == 3
                && SEGMENT.matcher(parts[0]).matches()
                && SEGMENT.matcher(parts[1]).matches();
        if (!shaped) {
            return Optional.empty();
        }
        try {
            String json = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
            return Optional.of(new JsonObject(json)).filter(header -> header.getValue("alg") instanceof String);
        } catch (IllegalArgumentException | DecodeException e) {
            return Optional.empty();
        }
    }

    /** Fails with {@link RefusedTokenException}, or with {@link KeysUnavailableException} if it cannot be judged yet. */
    Uni<Admitted> admit(String token) {
        JsonObject header = header(token).orElseThrow();
        String keyId = header.getValue("kid") instanceof String kid ? kid : "";
        return keys.find(keyId, header.getString("alg"))
                .map(key -> admitted(
                        claims(token, key.orElseThrow(() -> new RefusedTokenException(RefusalReason.INVALID_TOKEN)))));
    }

    private JwtClaims claims(String token, Key key) {
        try {
            return new JwtConsumerBuilder()
                    .setJwsAlgorithmConstraints(ALGORITHMS)
                    .setVerificationKey(key)
                    .setExpectedIssuer(true, config.issuer().orElseThrow())
                    .setExpectedAudience(true, config.audience())
                    .setRequireExpirationTime()
                    .setRequireSubject()
                    .setAllowedClockSkewInSeconds((int) config.clockSkew().toSeconds())
                    .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                    .build()
                    .processToClaims(token);
        } catch (InvalidJwtException e) {
            boolean time = e.hasExpired() || e.hasErrorCode(org.jose4j.jwt.consumer.ErrorCodes.NOT_YET_VALID);
            throw new RefusedTokenException(time ? RefusalReason.EXPIRED_TOKEN : RefusalReason.INVALID_TOKEN);
        }
    }

    private Admitted admitted(JwtClaims claims) {
        try {
            String subject = claims.getSubject();
            Instant end = Instant.ofEpochMilli(claims.getExpirationTime().getValueInMillis())
                    .plus(config.clockSkew());
            Grant grant =
                    rules.grant(subject).orElseThrow(() -> new RefusedTokenException(RefusalReason.UNKNOWN_ACCOUNT));
            return new Admitted(
                    grant,
                    () -> Optional.of(grant).filter(still -> clock.instant().isBefore(end)));
        } catch (MalformedClaimException e) {
            throw new RefusedTokenException(RefusalReason.INVALID_TOKEN);
        }
    }
}
