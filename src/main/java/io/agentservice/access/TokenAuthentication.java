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

/**
 * Knows a caller by what it sends as a bearer token: one of the book, or one that Kubernetes gave to a pod. The book
 * is asked first, so that its tokens may look like anything; what it does not have and looks like a token of Kubernetes
 * is judged as one. A token of the book is compared by its hash, in the same time whether it fits or not.
 */
@ApplicationScoped
public class TokenAuthentication implements HttpAuthenticationMechanism {

    private static final String SCHEME = "Bearer ";

    private final TokenBook book;
    private final ServiceAccounts accounts;

    TokenAuthentication(TokenBook book, ServiceAccounts accounts) {
        this.book = book;
        this.accounts = accounts;
    }

    /** No header: nobody in particular. A header that does not fit: an error, which becomes a 401. */
    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext request, IdentityProviderManager manager) {
        String header = request.request().getHeader("Authorization");
        if (header == null) {
            return Uni.createFrom().nullItem();
        }
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return refused(RefusalReason.UNKNOWN_TOKEN);
        }
        String token = header.substring(SCHEME.length()).strip();
        TokenHash sent = TokenHash.of(token);
        Optional<Grant> grant = book.find(sent);
        if (grant.isPresent()) {
            return Uni.createFrom().item(identity(grant.get(), () -> book.find(sent)));
        }
        return accounts.isOurs(token)
                ? accounts.admit(token)
                        .map(admitted -> identity(admitted.grant(), admitted.current()))
                        .onFailure(RefusedTokenException.class)
                        .transform(AuthenticationFailedException::new)
                : refused(RefusalReason.UNKNOWN_TOKEN);
    }

    private static Uni<SecurityIdentity> refused(RefusalReason reason) {
        return Uni.createFrom().failure(new AuthenticationFailedException(new RefusedTokenException(reason)));
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
