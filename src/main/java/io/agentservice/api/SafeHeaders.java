package io.agentservice.api;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** What every answer tells browsers: take it for what it says it is, keep it nowhere, show it in no frame. */
@Singleton
final class SafeHeaders {

    private static final int BEFORE_ANY_ANSWER = 12_000;
    private static final String PAGE_POLICY =
            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

    void register(@Observes Filters filters) {
        filters.register(SafeHeaders::promise, BEFORE_ANY_ANSWER);
    }

    private static void promise(RoutingContext request) {
        request.addHeadersEndHandler(ended -> complete(request.response().headers()));
        request.next();
    }

    private static void complete(MultiMap headers) {
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        String type = headers.get("Content-Type");
        boolean page = type != null && type.startsWith("text/html");
        unlessSet(headers, "Content-Security-Policy", page ? PAGE_POLICY : DATA_POLICY);
        unlessSet(headers, "Cache-Control", "no-store");
    }

    /** A page of its own knows better what it needs. */
    private static void unlessSet(MultiMap headers, String name, String value) {
        if (!headers.contains(name)) {
            headers.set(name, value);
        }
    }
}
