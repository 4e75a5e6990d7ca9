package io.agentservice.runner;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How a run is brought to its end. */
@ConfigMapping(prefix = "agent-service.runner")
public interface RunnerConfig {

    /** How long an agent may stay after its last result before it is ended. */
    @WithDefault("10s")
    Duration exitGrace();

    /** How long an agent has to give its result after the interrupt, before it is asked to end. */
    @WithDefault("5s")
    Duration interruptGrace();

    /** How long it has after being asked to end, before it is killed. */
    @WithDefault("3s")
    Duration terminateGrace();

    /** How often time limits are looked at. */
    @WithDefault("200ms")
    Duration tick();
}
