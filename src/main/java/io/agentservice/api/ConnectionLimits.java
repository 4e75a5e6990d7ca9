package io.agentservice.api;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long a client may take to say what it wants. */
@ConfigMapping(prefix = "agent-service.api.connection")
public interface ConnectionLimits {

    /** After a connection is made, for the head of its first request. */
    @WithDefault("15s")
    Duration firstHead();

    /** After an answer, for the head of the next request. */
    @WithDefault("75s")
    Duration nextHead();

    /** For the body, after the head. */
    @WithDefault("60s")
    Duration body();
}
