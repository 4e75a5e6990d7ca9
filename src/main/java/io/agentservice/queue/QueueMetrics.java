package io.agentservice.queue;

import io.agentservice.store.Labels;
import io.agentservice.store.StoreException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Who runs, who waits and for what, looked at once a second; and who was sent away. */
@Startup
@Singleton
public class QueueMetrics {

    private static final Logger LOG = Logger.getLogger(QueueMetrics.class);

    private final MeterRegistry registry;
    private final JobQueue queue;
    private final Dispatcher dispatcher;
    private final Labels labels;
    private final Map<String, Counter> refusals = new ConcurrentHashMap<>();
    private final Map<String, Integer> running = new ConcurrentHashMap<>();
    private volatile Census census = Census.NOBODY;
    private ScheduledFuture<?> tick;

    QueueMetrics(
            MeterRegistry registry,
            JobQueue queue,
            Dispatcher dispatcher,
            Labels labels,
            QueueConfig config,
            RetentionConfig retention) {
        this.registry = registry;
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.labels = labels;
        gauge("claude_agent_jobs_running_limit", "Jobs that may run at once", config::maxConcurrency, null);
        gauge("claude_agent_jobs_queued_limit", "Jobs that may wait", config::maxDepth, null);
        gauge(
                "claude_agent_store_limit",
                "Above this ended jobs are removed before their time; 0 means any size",
                () -> retention.maxBytes().asLongValue(),
                "bytes");
    }

    @PostConstruct
    void start() {
        for (Waiting.Reason reason : Waiting.Reason.values()) {
            Gauge.builder("claude_agent_jobs_queued", () -> census.waiting().getOrDefault(reason, 0))
                    .description("Jobs that wait now, by what they wait for")
                    .tag("waiting_for", reason.wireName())
                    .register(registry);
        }
        gauge(
                "claude_agent_queue_oldest",
                "For how long the oldest job that waits for capacity has been there",
                () -> census.oldest().toMillis() / 1000.0,
                "seconds");
        gauge("claude_agent_accepting", "Whether jobs are taken", () -> queue.isAccepting() ? 1 : 0, null);
        tick = Infrastructure.getDefaultWorkerPool().scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    private void gauge(String name, String description, Supplier<Number> value, String unit) {
        Gauge.builder(name, value).description(description).baseUnit(unit).register(registry);
    }

    @PreDestroy
    void stop() {
        tick.cancel(false);
    }

    void look() {
        try {
            Census now = dispatcher.census();
            Map<String, Integer> byLabel = new HashMap<>();
            now.running().forEach((agent, count) -> byLabel.merge(labels.agent(agent), count, Integer::sum));
            byLabel.keySet().forEach(this::register);
            running.replaceAll((label, before) -> byLabel.getOrDefault(label, 0));
            census = now;
        } catch (RuntimeException e) {
            LOG.error("the line could not be counted", e);
        }
    }

    private void register(String agent) {
        if (running.putIfAbsent(agent, 0) == null) {
            Gauge.builder("claude_agent_jobs_running", running, map -> map.get(agent))
                    .description("Jobs that run now")
                    .tag("agent", agent)
                    .register(registry);
        }
    }

    /** A request made no job. */
    void refused(Throwable why) {
        refusals.computeIfAbsent(cause(why), this::refusals).increment();
    }

    private static String cause(Throwable why) {
        if (why instanceof RefusedException refusal) {
            return refusal.reason().wireName();
        }
        if (why instanceof PolicyException) {
            return "policy";
        }
        if (why instanceof UnknownAgentException) {
            return "unknown_agent";
        }
        return why instanceof StoreException ? "store" : "other";
    }

    private Counter refusals(String cause) {
        return Counter.builder("claude_agent_submissions_refused")
                .description("Requests for a job that made none")
                .tag("cause", cause)
                .register(registry);
    }
}
