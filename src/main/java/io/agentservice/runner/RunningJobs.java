package io.agentservice.runner;

import io.agentservice.agent.AgentConversation;
import io.agentservice.job.JobId;
import io.agentservice.process.RunningProcess;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The runs under way, and the hand that moves their time on. */
@Startup
@Singleton
public class RunningJobs {

    private static final Logger LOG = Logger.getLogger(RunningJobs.class);

    private final Map<JobId, Run> runs = new HashMap<>();
    /** Cancelled before their process was there. */
    private final Set<JobId> unwanted = new HashSet<>();

    private final RunnerConfig config;
    private final Clock clock;
    private boolean draining;
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
        for (Run run : runs()) {
            try {
                run.tick(now);
            } catch (RuntimeException e) {
                // One that breaks must not stop the time of the others.
                LOG.error("a run's time could not be looked at", e);
            }
        }
    }

    private synchronized List<Run> runs() {
        return List.copyOf(runs.values());
    }

    /** Takes a process that was just started under its care. */
    synchronized Run add(RunningProcess process, AgentConversation conversation, Recorder recorder, RunClock limits) {
        JobId id = recorder.job();
        var run = new Run(process, conversation, recorder, limits, config, clock);
        runs.put(id, run);
        if (unwanted.remove(id)) {
            run.stop(StopReason.CANCEL);
        } else if (draining) {
            run.stop(StopReason.DRAIN);
        }
        return run;
    }

    synchronized void remove(JobId id) {
        runs.remove(id);
        unwanted.remove(id);
    }

    /** Begins the end of a job's run, now or as soon as there is one. */
    public synchronized void cancel(JobId id) {
        Run run = runs.get(id);
        if (run != null) {
            run.stop(StopReason.CANCEL);
        } else {
            unwanted.add(id);
        }
    }

    /** Begins the end of a run that uses more of the disk than it may. */
    synchronized void endForDisk(JobId id) {
        Run run = runs.get(id);
        if (run != null) {
            run.stop(StopReason.DISK);
        }
    }

    /** Begins the end of every run, because the service stops; their jobs go on in its next life. */
    public synchronized void interruptAll() {
        draining = true;
        runs.values().forEach(run -> run.stop(StopReason.DRAIN));
    }
}
