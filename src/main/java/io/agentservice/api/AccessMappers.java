package io.agentservice.api;

import io.agentservice.access.Caller;
import io.agentservice.access.Grant;
import io.agentservice.access.KeysUnavailableException;
import io.agentservice.access.RefusalReason;
import io.agentservice.access.Refusals;
import io.agentservice.access.RefusedTokenException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** What callers are told who may not come in, or may not do what they want. */
@Singleton
final class AccessMappers {

    private static final String NOBODY = "-";
    private static final long KEYS_RETRY_SECONDS = 10;

    private final Refusals refusals;
    private final CurrentVertxRequest current;

    AccessMappers(Refusals refusals, CurrentVertxRequest current) {
        this.refusals = refusals;
        this.current = current;
    }

    @ServerExceptionMapper
    public Response noToken(UnauthorizedException e) {
        return unauthorized(
                RefusalReason.NO_TOKEN, "send the service's token in the header 'Authorization: Bearer …'", "Bearer");
    }

    @ServerExceptionMapper
    public Response badToken(AuthenticationFailedException e) {
        RefusalReason reason =
                e.getCause() instanceof RefusedTokenException refused ? refused.reason() : RefusalReason.UNKNOWN_TOKEN;
        String detail =
                switch (reason) {
                    case EXPIRED_TOKEN -> "the time of this token is over, or has not come: get a new one";
                    case INVALID_TOKEN ->
                        "this token of a service account is not for this service: it needs its issuer and its audience";
                    case UNKNOWN_ACCOUNT -> "no rule of this service names this service account";
                    case NO_TOKEN, UNKNOWN_TOKEN, NO_KEYS, TOKEN_IN_URL, FORBIDDEN ->
                        "this token is not one of the service's: send one in the header 'Authorization: Bearer …'";
                };
        return unauthorized(reason, detail, "Bearer error=\"invalid_token\"");
    }

    private Response unauthorized(RefusalReason reason, String detail, String challenge) {
        Optional<Duration> pause = refusals.add(new Refusals.Refused(address(), NOBODY, reason));
        return pause.map(AccessMappers::tooMany)
                .orElseGet(() -> Problem.of(401, "unauthorized", "Who is calling?", detail)
                        .response()
                        .header("WWW-Authenticate", challenge)
                        .build());
    }

    private static Response tooMany(Duration pause) {
        return Problem.of(
                        429,
                        "too-many-refusals",
                        "Too many requests without a good token",
                        "your address sends many requests without a good token: check it; a good one is let in")
                .response()
                .header("Retry-After", Math.max(1, pause.toSeconds()))
                .build();
    }

    @ServerExceptionMapper
    public Response withoutRole(ForbiddenException e) {
        return forbidden("this token has not the role for that: see docs/api.md for which one it is");
    }

    @ServerExceptionMapper
    public Response notAllowedHere(NotAllowedHereException e) {
        return forbidden(e.getMessage());
    }

    private Response forbidden(String detail) {
        refusals.add(new Refusals.Refused(address(), who(), RefusalReason.FORBIDDEN));
        return Problem.of(403, "forbidden", "Not allowed", detail)
                .response()
                .header("WWW-Authenticate", "Bearer error=\"insufficient_scope\"")
                .build();
    }

    @ServerExceptionMapper
    public Response cannotJudge(KeysUnavailableException e) {
        refusals.add(new Refusals.Refused(address(), NOBODY, RefusalReason.NO_KEYS));
        return Problem.of(503, "keys-unavailable", "The token cannot be checked now", e.getMessage())
                .response()
                .header("Retry-After", KEYS_RETRY_SECONDS)
                .build();
    }

    private String address() {
        return AddressOf.caller(current.getCurrent());
    }

    private String who() {
        RoutingContext request = current.getCurrent();
        return request != null && request.user() instanceof QuarkusHttpUser user
                ? grantName(user.getSecurityIdentity())
                : NOBODY;
    }

    private static String grantName(SecurityIdentity identity) {
        return Caller.of(identity).map(Grant::name).orElse(NOBODY);
    }
}
