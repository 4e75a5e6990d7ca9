package io.agentservice.store;

import io.agentservice.job.JobStatus;
import io.agentservice.job.Tokens;
import io.agentservice.store.Totals.CostTotal;
import io.agentservice.store.Totals.StatusTotal;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** Counters that show what the store has counted. A series begins when there is something to count. */
final class TotalMeters {

    private final MeterRegistry registry;
    private final Map<Series, AtomicReference<Double>> counters = new HashMap<>();
    private final Map<JobStatus, AtomicReference<Double>> lastAt = new EnumMap<>(JobStatus.class);

    private record Series(String name, Tags tags) {}

    TotalMeters(MeterRegistry registry) {
        this.registry = registry;
        Arrays.stream(JobStatus.values()).filter(JobStatus::isFinal).forEach(this::registerLast);
    }

    private void registerLast(JobStatus status) {
        var at = new AtomicReference<>(0.0);
        lastAt.put(status, at);
        Gauge.builder("claude_agent_last_finished_timestamp", at, AtomicReference::get)
                .description("When a job last reached this status, in seconds since 1970; 0 if none ever did")
                .baseUnit("seconds")
                .tag("status", status.wireName())
                .register(registry);
    }

    void show(Totals totals) {
        Map<Series, Double> jobs = new HashMap<>();
        totals.statuses().forEach(total -> add(total, jobs));
        totals.costs().forEach(total -> add(total, jobs));
        jobs.forEach((series, value) ->
                counters.computeIfAbsent(series, this::register).set(value));
    }

    private void add(StatusTotal total, Map<Series, Double> to) {
        var agent = Tags.of("agent", total.agent());
        var reason = Tags.of("reason", total.reason().orElse("none"));
        switch (total.status()) {
            case QUEUED -> {
                if (total.reason().isEmpty()) {
                    add(to, "claude_agent_jobs_accepted", agent, total.times());
                } else {
                    add(to, "claude_agent_jobs_requeued", agent.and(reason), total.times());
                }
            }
            case RUNNING -> add(to, "claude_agent_runs_started", agent, total.times());
            case CANCELLING -> {
                // On its way to cancelled.
            }
            case COMPLETED, FAILED, TIMEOUT, CANCELLED -> {
                var status = Tags.of("status", total.status().wireName());
                add(to, "claude_agent_jobs_finished", agent.and(status).and(reason), total.times());
                double at = total.lastAt().toEpochMilli() / 1000.0;
                lastAt.get(total.status()).updateAndGet(before -> Math.max(before, at));
            }
        }
    }

    private static void add(CostTotal total, Map<Series, Double> to) {
        var tags = Tags.of("agent", total.agent(), "model", total.model().isEmpty() ? "unknown" : total.model());
        Tokens tokens = total.tokens();
        add(to, "claude_agent_cost", tags, total.usd().doubleValue());
        add(to, "claude_agent_tokens", tags.and("kind", "input"), tokens.input());
        add(to, "claude_agent_tokens", tags.and("kind", "output"), tokens.output());
        add(to, "claude_agent_tokens", tags.and("kind", "cache_read"), tokens.cacheRead());
        add(to, "claude_agent_tokens", tags.and("kind", "cache_write"), tokens.cacheWrite());
        add(to, "claude_agent_tokens", tags.and("kind", "cache_write_1h"), tokens.cacheWriteHour());
    }

    private static void add(Map<Series, Double> to, String name, Tags tags, double value) {
        to.merge(new Series(name, tags), value, Double::sum);
    }

    private AtomicReference<Double> register(Series series) {
        var value = new AtomicReference<>(0.0);
        FunctionCounter.builder(series.name(), value, AtomicReference::get)
                .description(description(series.name()))
                .baseUnit(series.name().equals("claude_agent_cost") ? "usd" : null)
                .tags(series.tags())
                .register(registry);
        return value;
    }

    private static String description(String name) {
        return switch (name) {
            case "claude_agent_jobs_accepted" -> "Jobs that were taken in, in all lives of the service";
            case "claude_agent_jobs_requeued" -> "Times that a job was put back into the queue, in all lives";
            case "claude_agent_runs_started" -> "Attempts: claims of a job by a run, in all lives";
            case "claude_agent_jobs_finished" -> "Jobs that reached a final status, in all lives";
            case "claude_agent_cost" -> "What runs have cost at list price, in all lives";
            default -> "Tokens that models were given and gave, in all lives";
        };
    }
}
