package io.agentservice.runner;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Transition;
import io.agentservice.store.JobFeed;
import io.agentservice.store.Labels;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;

/** Where the time of jobs goes. What a crash cut off is not in it: nobody saw it end. */
@Startup
@Singleton
public class RunMetrics {

    private static final Duration[] SHORT = seconds(0, 1, 2, 5, 10, 30, 60, 120, 300, 600);
    private static final Duration[] LONG = seconds(1, 5, 15, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200);

    private final MeterRegistry registry;
    private final JobFeed feed;
    private final Labels labels;
    private final Clock clock;
    private final Timer queueWait;
    private final Timer firstEvent;
    private final Timer workspaceReady;
    private final Timer workspaceFailed;
    private final Map<String, Timer> durations = new ConcurrentHashMap<>();
    private final Map<JobId, Instant> claims = new ConcurrentHashMap<>();

    RunMetrics(MeterRegistry registry, JobFeed feed, Labels labels, Clock clock) {
        this.registry = registry;
        this.feed = feed;
        this.labels = labels;
        this.clock = clock;
        this.queueWait = timer("claude_agent_queue_wait", "From the acceptance of a job to its first claim", SHORT)
                .register(registry);
        this.firstEvent = timer("claude_agent_first_event", "From the claim of a job to its agent's first event", SHORT)
                .register(registry);
        this.workspaceReady = workspaceSetup("ready");
        this.workspaceFailed = workspaceSetup("failed");
    }

    private static Duration[] seconds(long... bounds) {
        return LongStream.of(bounds)
                .mapToObj(bound -> bound == 0 ? Duration.ofMillis(100) : Duration.ofSeconds(bound))
                .toArray(Duration[]::new);
    }

    private static Timer.Builder timer(String name, String description, Duration[] bounds) {
        return Timer.builder(name).description(description).serviceLevelObjectives(bounds);
    }

    private Timer workspaceSetup(String outcome) {
        return timer("claude_agent_workspace_setup", "Making the workspace of a job ready", SHORT)
                .tag("outcome", outcome)
                .register(registry);
    }

    @PostConstruct
    void start() {
        feed.onTransition(this::stepped);
    }

    private void stepped(Transition step) {
        Job job = step.job();
        if (job.status() == JobStatus.RUNNING) {
            claims.put(job.id(), clock.instant());
            if (step.from().progress().startedAt().isEmpty()) {
                queueWait.record(since(job.progress().createdAt()));
            }
        } else if (step.cost().isPresent()) {
            Instant claim = claims.remove(job.id());
            if (claim != null) {
                duration(labels.agent(job.spec().agent())).record(since(claim));
            }
        }
    }

    private Timer duration(String agent) {
        return durations.computeIfAbsent(
                agent,
                name -> timer("claude_agent_run_duration", "From the claim of a job to the end of that run", LONG)
                        .tag("agent", name)
                        .register(registry));
    }

    /** The agent of a run was heard for the first time. */
    void heard(JobId job) {
        Instant claim = claims.get(job);
        if (claim != null) {
            firstEvent.record(since(claim));
        }
    }

    /** A workspace was asked for then, and is ready, or will not be. */
    void workspace(Instant begin, boolean ready) {
        (ready ? workspaceReady : workspaceFailed).record(since(begin));
    }

    /** Never below nothing: the clock may have been set back. */
    private Duration since(Instant begin) {
        Duration passed = Duration.between(begin, clock.instant());
        return passed.isNegative() ? Duration.ZERO : passed;
    }
}
