package io.agentservice.store.jdbc;

import io.agentservice.store.StoreException.Kind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/** How the one writer does: how long its commits take, how many writes share one, and how many wait. */
@Singleton
final class CommitMetrics {

    private final MeterRegistry registry;
    private final Timer commits;
    private final DistributionSummary writes;
    private final Map<Kind, Counter> failures = new EnumMap<>(Kind.class);

    CommitMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.commits = Timer.builder("claude_agent_store_commit")
                .description("A commit of the store, with the writes in it")
                .serviceLevelObjectives(
                        millis(1),
                        millis(3),
                        millis(10),
                        millis(30),
                        millis(100),
                        millis(300),
                        millis(1000),
                        millis(3000),
                        millis(10_000))
                .register(registry);
        this.writes = DistributionSummary.builder("claude_agent_store_commit_writes")
                .description("Writes that one commit of the store held")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
                .register(registry);
        for (Kind kind : Kind.values()) {
            failures.put(
                    kind,
                    Counter.builder("claude_agent_store_commit_failures")
                            .description("Commits of the store that failed, by what is wrong")
                            .tag("kind", kind.wireName())
                            .register(registry));
        }
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    void watch(Collection<?> waiting) {
        Gauge.builder("claude_agent_store_waiting_writes", waiting, Collection::size)
                .description("Writes that wait for the store's writer now")
                .register(registry);
    }

    void committed(int count, long nanos) {
        commits.record(Duration.ofNanos(nanos));
        writes.record(count);
    }

    void failed(Kind kind) {
        failures.get(kind).increment();
    }
}
