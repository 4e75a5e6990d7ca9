package io.agentservice.store;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How many series there may be. */
@ConfigMapping(prefix = "agent-service.metrics")
public interface MetricsConfig {

    /** How many agents have series of their own; all others are "other". */
    @WithDefault("100")
    int maxAgents();

    /** How many models have; all others are "other". */
    @WithDefault("20")
    int maxModels();
}
