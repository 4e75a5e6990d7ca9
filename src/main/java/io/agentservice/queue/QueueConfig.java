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

    /** How long runs may go on after the service was told to stop, before they are interrupted. */
    @WithDefault("20s")
    Duration drainGrace();

    /** How long the interrupted runs have to end. */
    @WithDefault("15s")
    Duration stopPatience();
}
