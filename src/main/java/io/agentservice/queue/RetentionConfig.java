package io.agentservice.queue;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long jobs that have ended are kept. */
@ConfigMapping(prefix = "agent-service.store")
public interface RetentionConfig {

    /** How long after its end a job is kept (environment: JOB_TTL_SECONDS); 0 for as long as there is room. */
    Duration jobTtl();

    /** How large the store may become before jobs are removed that have ended, oldest first; 0 for any size. */
    @WithDefault("10G")
    MemorySize maxBytes();

    /** How long after its end a job is kept even if the store is too large, so that its callers hear of the end. */
    @WithDefault("5m")
    Duration keepAtLeast();

    /** How long it is remembered that a job was there. */
    @WithDefault("30d")
    Duration rememberRemoved();

    /** How long it is remembered who did what; two hours at least, since limits count by it. */
    @WithDefault("90d")
    Duration auditTtl();

    /** How often it is looked at what may go. */
    @WithDefault("1m")
    Duration retentionInterval();
}
