package io.agentservice.access;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Knows a caller by a bearer token. The token is compared by its hash, in the same time whether it fits or not. */
@ApplicationScoped
public class TokenAuthentication implements HttpAuthenticationMechanism {

    private static final Logger LOG = Logger.getLogger(TokenAuthentication.class);
    private static final String SCHEME = "Bearer ";
    private static final String NAME = "api";

    private final Optional<byte[]> expected;
    /** Of an identity: the hash of the token that it came by. */
    static final String TOKEN = "token";

    TokenAuthentication(AccessConfig config) {
        this.expected = config.bearerToken()
                .map(String::strip)
                .filter(token -> !token.isEmpty())
                .map(TokenAuthentication::sha256);
    }

    void warn(@Observes StartupEvent event) {
        if (expected.isEmpty()) {
            LOG.warn("API_BEARER_TOKEN is not set: every request is refused until it is");
        }
    }

    /** No header: nobody in particular. A header that does not fit: an error, which becomes a 401. */
    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext request, IdentityProviderManager manager) {
        String header = request.request().getHeader("Authorization");
        if (header == null) {
            return Uni.createFrom().nullItem();
        }
        boolean bearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        byte[] sent = sha256(bearer ? header.substring(SCHEME.length()).strip() : "");
        return bearer && accepts(sent)
                ? Uni.createFrom().item(identity(sent))
                : Uni.createFrom().failure(new AuthenticationFailedException());
    }

    boolean accepts(byte[] hash) {
        return expected.isPresent() && MessageDigest.isEqual(expected.get(), hash);
    }

    private static SecurityIdentity identity(byte[] hash) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(NAME))
                .addAttribute(TOKEN, hash)
                .build();
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext request) {
        return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer"));
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
