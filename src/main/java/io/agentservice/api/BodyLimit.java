package io.agentservice.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Answers a body that is announced as too large with a problem; the server's own limit would answer with nothing. */
@Singleton
final class BodyLimit {

    private static final int BEFORE_THE_SERVERS_OWN = 10_000;
    /** Time for the answer to be read by a client that still sends: closing at once would take it away. */
    private static final long HANG_UP_MILLIS = 1000;

    private final long maxBytes;
    private final ObjectMapper json;

    BodyLimit(@ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize max, ObjectMapper json) {
        this.maxBytes = max.asLongValue();
        this.json = json;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, BEFORE_THE_SERVERS_OWN);
    }

    private void check(RoutingContext request) {
        if (announced(request) <= maxBytes) {
            request.next();
            return;
        }
        Problem problem = Problem.of(
                413,
                "body-too-large",
                "The body is too large",
                "send at most %d bytes; a prompt may have 1 MiB".formatted(maxBytes));
        // The body stays unread, so the connection cannot serve another request; Vert.x would wait for its end.
        request.response().putHeader("Connection", "close");
        problem.send(request, json)
                .onComplete(told -> request.vertx()
                        .setTimer(
                                HANG_UP_MILLIS,
                                now -> request.request().connection().close()));
    }

    private static long announced(RoutingContext request) {
        String length = request.request().getHeader("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
