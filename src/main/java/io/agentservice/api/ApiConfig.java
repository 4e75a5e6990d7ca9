package io.agentservice.api;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How callers are answered. */
@ConfigMapping(prefix = "agent-service.api")
interface ApiConfig {

    /** Whether a queued job is shown as running, for callers who take every other status for final. */
    @WithDefault("false")
    boolean reportQueuedAsRunning();
}
