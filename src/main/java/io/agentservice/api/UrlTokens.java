package io.agentservice.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentservice.access.RefusalReason;
import io.agentservice.access.Refusals;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Set;

/** Refuses a token in an address, good or not: addresses are in logs, in histories and in other pages' referrers. */
@Singleton
final class UrlTokens {

    private static final int BEFORE_ALL_OTHERS = 11_000;
    private static final Set<String> NAMES = Set.of(
            "token",
            "access_token",
            "api_token",
            "api_key",
            "apikey",
            "bearer",
            "bearer_token",
            "auth",
            "auth_token",
            "authorization",
            "api_bearer_token",
            "id_token",
            "private_token");

    private final Refusals refusals;
    private final ObjectMapper json;

    UrlTokens(Refusals refusals, ObjectMapper json) {
        this.refusals = refusals;
        this.json = json;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, BEFORE_ALL_OTHERS);
    }

    private void check(RoutingContext request) {
        if (request.request().query() == null || !bearsToken(request)) {
            request.next();
            return;
        }
        refusals.add(new Refusals.Refused(AddressOf.caller(request), "-", RefusalReason.TOKEN_IN_URL));
        Problem problem = Problem.of(
                400,
                "token-in-url",
                "A token does not belong in an address",
                "send it in the header 'Authorization: Bearer …', and replace it: addresses are kept in logs");
        problem.send(request, json);
    }

    private static boolean bearsToken(RoutingContext request) {
        // Not decoded by a parser that refuses half of it: a name is what is before '='.
        for (String pair : request.request().query().split("[&;]", -1)) {
            String name = pair.contains("=") ? pair.substring(0, pair.indexOf('=')) : pair;
            if (NAMES.contains(name.toLowerCase(Locale.ROOT).replace('-', '_'))) {
                return true;
            }
        }
        return false;
    }
}
