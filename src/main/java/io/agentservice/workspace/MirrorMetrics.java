package io.agentservice.workspace;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** How fresh the mirrors are, looked at every so often: a scrape must not wait for a disk. */
@Startup
@Singleton
public class MirrorMetrics {

    private static final Logger LOG = Logger.getLogger(MirrorMetrics.class);
    private static final long PERIOD_SECONDS = 5;

    private final WorkspaceTools tools;
    private final MeterRegistry registry;
    /** By the mirror's name. There are as many as the policies name repositories. */
    private final Map<String, Optional<MirrorState>> states = new ConcurrentHashMap<>();

    private ScheduledFuture<?> tick;

    MirrorMetrics(WorkspaceTools tools, MeterRegistry registry) {
        this.tools = tools;
        this.registry = registry;
    }

    @PostConstruct
    void start() {
        tick = Infrastructure.getDefaultWorkerPool()
                .scheduleWithFixedDelay(this::look, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    @PreDestroy
    void stop() {
        tick.cancel(false);
    }

    void look() {
        try {
            tools.mirrors.known().forEach((name, mirror) -> {
                if (states.put(name, mirror.state()) == null) {
                    register(name);
                }
            });
        } catch (RuntimeException e) {
            LOG.error("the mirrors could not be looked at", e);
        }
    }

    private void register(String mirror) {
        Gauge.builder("claude_agent_mirror_fetched_timestamp", states, all -> fetchedAt(all.get(mirror)))
                .description("When the mirror was last the same as its remote, in seconds since 1970; 0 if never")
                .baseUnit("seconds")
                .tag("repository", mirror)
                .register(registry);
        Gauge.builder("claude_agent_mirror_failing", states, all -> isFailing(all.get(mirror)) ? 1 : 0)
                .description("Whether the last fetch of the mirror failed")
                .tag("repository", mirror)
                .register(registry);
    }

    private static double fetchedAt(Optional<MirrorState> state) {
        return state.map(known -> known.fetchedAt().toEpochMilli() / 1000.0).orElse(0.0);
    }

    private static boolean isFailing(Optional<MirrorState> state) {
        return state.flatMap(MirrorState::failure).isPresent();
    }
}
