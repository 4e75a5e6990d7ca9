package io.agentservice.api;

import io.agentservice.access.Standing;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.jboss.resteasy.reactive.RestMulti;

/** Opens streams of server-sent events. */
@Singleton
final class EventStreams {

    private static final Map<String, List<String>> HEADERS = Map.of(
            "Content-Type", List.of("text/event-stream;charset=UTF-8"),
            "Cache-Control", List.of("no-store"),
            "X-Accel-Buffering", List.of("no"));

    private final EventTails tails;
    private final Standing standing;
    private final SecurityIdentity caller;
    private final StreamConfig config;

    EventStreams(EventTails tails, Standing standing, SecurityIdentity caller, StreamConfig config) {
        this.tails = tails;
        this.standing = standing;
        this.caller = caller;
        this.config = config;
    }

    /** On the event loop of the request. What the request fails with is the answer, before any stream begins. */
    RestMulti<byte[]> open(Uni<EventStream.Request> request, HttpServerResponse response) {
        var connection =
                new EventStream.Connection(Vertx.currentContext(), standing.of(caller), () -> response.reset());
        return RestMulti.fromUniResponse(request, asked -> stream(asked, connection), asked -> HEADERS, asked -> 200);
    }

    private Multi<byte[]> stream(EventStream.Request request, EventStream.Connection connection) {
        return Multi.createFrom().publisher(new EventStream(request, connection, tails, config));
    }
}
