package io.agentservice.store;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Looks at the store once a second, if there is news, so that a scrape asks nothing of it. */
@Startup
@Singleton
public class StoreMetrics {

    private static final Logger LOG = Logger.getLogger(StoreMetrics.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LOOKS_PER_SIZE = 15;

    private final JobStore store;
    private final JobFeed feed;
    private final TotalMeters meters;
    private volatile StoreSize size = new StoreSize(0, 0, 0);
    private long looks;
    private long seen = -1;
    private boolean failing;
    private ScheduledFuture<?> tick;

    StoreMetrics(JobStore store, JobFeed feed, MeterRegistry registry) {
        this.store = store;
        this.feed = feed;
        this.meters = new TotalMeters(registry);
        part(registry, "used", () -> size.used());
        part(registry, "free", () -> size.free());
        part(registry, "log", () -> size.log());
    }

    private static void part(MeterRegistry registry, String name, java.util.function.Supplier<Number> bytes) {
        Gauge.builder("claude_agent_store_bytes", bytes)
                .description("What the store's files take of the disk")
                .baseUnit("bytes")
                .tag("part", name)
                .register(registry);
    }

    /** The first look is part of the start: whoever asks first finds the numbers of the lives before. */
    @PostConstruct
    void start() {
        look();
        tick = Infrastructure.getDefaultWorkerPool().scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    @PreDestroy
    void stop() {
        tick.cancel(false);
    }

    synchronized void look() {
        try {
            // Asked for before the totals are read, so that a step in between is not missed.
            long now = feed.steps();
            if (now != seen) {
                meters.show(await(store.totals()));
                seen = now;
            }
            if (looks++ % LOOKS_PER_SIZE == 0) {
                size = await(store.pruning().size());
            }
            failing = false;
        } catch (RuntimeException e) {
            // The health check says more, and every time; this once.
            LOG.logf(failing ? Logger.Level.DEBUG : Logger.Level.WARN, "the totals cannot be read: %s", e.getMessage());
            failing = true;
        }
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }
}
