package io.agentservice.queue;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How much is run and how much may wait. */
@ConfigMapping(prefix = "agent-service.queue")
public interface QueueConfig {

    /** How many jobs run at once (environment: MAX_CONCURRENCY). */
    int maxConcurrency();

    /** How many jobs may wait (environment: MAX_QUEUE_DEPTH). */
    int maxDepth();

    /** How long a stop of the service waits for its runs to end. */
    @WithDefault("15s")
    Duration stopPatience();
}
