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

/** Opens streams. */
@Singleton
final class EventStreams {

    /** Of server-sent events. */
    static final Map<String, List<String>> HEADERS = Map.of(
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
    RestMulti<byte[]> open(Uni<StreamRequest> request, Map<String, List<String>> headers, HttpServerResponse response) {
        var connection = new StreamConnection(Vertx.currentContext(), standing.of(caller), () -> response.reset());
        return RestMulti.fromUniResponse(request, asked -> stream(asked, connection), asked -> headers, asked -> 200);
    }

    private Multi<byte[]> stream(StreamRequest request, StreamConnection connection) {
        return Multi.createFrom().publisher(new EventStream(request, connection, tails, config));
    }
}
