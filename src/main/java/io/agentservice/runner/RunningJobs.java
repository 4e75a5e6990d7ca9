package io.agentservice.runner;

import io.agentservice.job.JobId;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The runs under way, and the hand that moves their time on. */
@Startup
@Singleton
public class RunningJobs {

    private final Map<JobId, Run> runs = new ConcurrentHashMap<>();
    private final RunnerConfig config;
    private final Clock clock;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "run-ticker");
        thread.setDaemon(true);
        return thread;
    });

    RunningJobs(RunnerConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    @PostConstruct
    void start() {
        long period = config.tick().toMillis();
        ticker.scheduleAtFixedRate(() -> tick(clock.instant()), period, period, TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void close() {
        ticker.shutdownNow();
    }

    void tick(Instant now) {
        runs.values().forEach(run -> run.tick(now));
    }

    void add(JobId id, Run run) {
        runs.put(id, run);
    }

    void remove(JobId id) {
        runs.remove(id);
    }

    /** Begins the end of every run, because the service stops. */
    public void stopAll() {
        runs.values().forEach(run -> run.stop(StopReason.SHUTDOWN));
    }
}
