package io.agentservice.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Requests by route. Paths and methods that callers make up are never a key of anything here: Micrometer's own binder
 * keeps what it was given under the name that it was given, whatever a filter makes of it (ADR 0017).
 */
@Singleton
final class HttpMetrics {

    /** Before all that may answer. */
    private static final int FIRST = 20_000;

    private static final String BEGUN = HttpMetrics.class.getName();
    private static final String OTHER = "other";
    private static final String NOT_FOUND = "NOT_FOUND";
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final MeterRegistry registry;
    private final Routes routes;
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

    HttpMetrics(MeterRegistry registry, Routes routes) {
        this.registry = registry;
        this.routes = routes;
    }

    private record Kind(String method, String uri, String status) {

        /** In the words of Micrometer. */
        String outcome() {
            return switch (status.charAt(0)) {
                case '1' -> "INFORMATIONAL";
                case '2' -> "SUCCESS";
                case '3' -> "REDIRECTION";
                case '5' -> "SERVER_ERROR";
                default -> "CLIENT_ERROR";
            };
        }
    }

    void register(@Observes Filters filters) {
        filters.register(this::begin, FIRST);
    }

    private void begin(RoutingContext request) {
        if (request.get(BEGUN) != null) {
            // Sent on to another path.
            request.next();
            return;
        }
        request.put(BEGUN, true);
        long begin = System.nanoTime();
        String method = request.request().method().name();
        String path = request.request().path();
        request.addEndHandler(end -> {
            int status = request.response().getStatusCode();
            var kind =
                    new Kind(method(method), uri(path, status), end.succeeded() ? Integer.toString(status) : "RESET");
            timers.computeIfAbsent(kind, this::timer).record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
        });
        request.next();
    }

    private static String method(String method) {
        return METHODS.contains(method) ? method : OTHER;
    }

    private String uri(String path, int status) {
        return path == null ? OTHER : routes.templateOf(path).orElse(status == 404 ? NOT_FOUND : OTHER);
    }

    private Timer timer(Kind kind) {
        return Timer.builder("http.server.requests")
                .description("Requests by route; of a stream the whole time that it was open")
                .tag("method", kind.method())
                .tag("uri", kind.uri())
                .tag("status", kind.status())
                .tag("outcome", kind.outcome())
                .register(registry);
    }
}
