package io.agentservice.access;

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
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Knows a caller by a bearer token. The token is compared by its hash, in the same time whether it fits or not. */
@ApplicationScoped
public class TokenAuthentication implements HttpAuthenticationMechanism {

    private static final String SCHEME = "Bearer ";

    private final TokenBook book;

    TokenAuthentication(TokenBook book) {
        this.book = book;
    }

    /** No header: nobody in particular. A header that does not fit: an error, which becomes a 401. */
    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext request, IdentityProviderManager manager) {
        String header = request.request().getHeader("Authorization");
        if (header == null) {
            return Uni.createFrom().nullItem();
        }
        boolean bearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        TokenHash sent = TokenHash.of(bearer ? header.substring(SCHEME.length()).strip() : "");
        Optional<Grant> grant = bearer ? book.find(sent) : Optional.empty();
        return grant.isPresent()
                ? Uni.createFrom().item(identity(grant.get(), () -> book.find(sent)))
                : Uni.createFrom().failure(new AuthenticationFailedException());
    }

    /** @param current what the token allows, whenever asked */
    private static SecurityIdentity identity(Grant grant, Supplier<Optional<Grant>> current) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(grant.name()))
                .addRoles(grant.roles().stream().map(Role::wireName).collect(Collectors.toSet()))
                .addAttribute(Caller.GRANT, grant)
                .addAttribute(Standing.CURRENT, current)
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
}
