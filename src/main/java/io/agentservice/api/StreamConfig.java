package io.agentservice.api;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How event streams are kept. */
@ConfigMapping(prefix = "agent-service.stream")
interface StreamConfig {

    /** After how long without an event a comment is sent, and how often it is asked whether the caller may stay. */
    @WithDefault("15s")
    Duration heartbeat();

    /** For how long one write may wait for a client that does not read, before its stream is given up. */
    @WithDefault("60s")
    Duration stallTimeout();

    /** What the system may hold of a stream that its client does not read, in bytes. */
    @WithDefault("262144")
    int sendBufferBytes();
}
