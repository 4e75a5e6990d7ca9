package io.agentservice.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Tokens;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoreMetricsTest {

    private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");

    private final List<String> asked = new ArrayList<>();
    private final JobFeed feed = new JobFeed();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final StoreMetrics metrics = new StoreMetrics(store(), feed, registry);
    private Totals totals = new Totals(
            List.of(new Totals.StatusTotal("reader", JobStatus.COMPLETED, Optional.empty(), 7, AT)),
            List.of(new Totals.CostTotal("reader", "opus", new Tokens(1, 2, 3, 4, 5), new BigDecimal("1.25"))));
    private Optional<RuntimeException> trouble = Optional.empty();

    private JobStore store() {
        return (JobStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {JobStore.class}, (proxy, method, arguments) -> {
                    asked.add(method.getName());
                    trouble.ifPresent(failure -> {
                        throw failure;
                    });
                    return method.getName().equals("totals") ? Uni.createFrom().item(totals) : pruning();
                });
    }

    private static Pruning pruning() {
        return (Pruning) Proxy.newProxyInstance(
                Pruning.class.getClassLoader(),
                new Class<?>[] {Pruning.class},
                (proxy, method, arguments) -> Uni.createFrom().item(new StoreSize(10, 20, 30)));
    }

    private double finished() {
        return registry.get("claude_agent_jobs_finished")
                .tags("agent", "reader", "status", "completed", "reason", "none")
                .functionCounter()
                .count();
    }

    @Test
    void whatTheStoreHasCountedIsShown() {
        metrics.look();

        assertThat(finished()).isEqualTo(7);
        assertThat(registry.get("claude_agent_cost")
                        .tags("agent", "reader", "model", "opus")
                        .functionCounter()
                        .count())
                .isEqualTo(1.25);
        assertThat(registry.get("claude_agent_tokens")
                        .tag("kind", "cache_write_1h")
                        .functionCounter()
                        .count())
                .isEqualTo(5);
        assertThat(registry.get("claude_agent_last_finished_timestamp")
                        .tag("status", "completed")
                        .gauge()
                        .value())
                .isEqualTo(AT.getEpochSecond());
        assertThat(registry.get("claude_agent_store_bytes")
                        .tag("part", "log")
                        .gauge()
                        .value())
                .isEqualTo(30);
    }

    /** However many jobs there are in it. */
    @Test
    void aScrapeAsksTheStoreForNothing() {
        metrics.look();
        asked.clear();

        registry.getMeters().forEach(Meter::measure);

        assertThat(asked).isEmpty();
    }

    @Test
    void theStoreIsAskedOnlyWhenThereIsNews() {
        metrics.look();
        asked.clear();

        metrics.look();
        assertThat(asked).isEmpty();
        feed.stepped(new JobId("019b76da-a87b-7000-8000-000000000000"));
        metrics.look();

        assertThat(asked).containsExactly("totals");
    }

    @Test
    void aStoreThatCannotBeReadLeavesTheNumbersAsTheyWere() {
        metrics.look();
        feed.stepped(new JobId("019b76da-a87b-7000-8000-000000000000"));
        trouble = Optional.of(new StoreException(StoreException.Kind.IO_ERROR, ""));

        metrics.look();
        assertThat(finished()).isEqualTo(7);

        trouble = Optional.empty();
        totals = new Totals(
                List.of(new Totals.StatusTotal("reader", JobStatus.COMPLETED, Optional.empty(), 8, AT)), List.of());
        metrics.look();
        assertThat(finished()).isEqualTo(8);
    }
}
