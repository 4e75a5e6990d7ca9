package io.agentservice.queue;

import io.agentservice.agent.StartRate;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.runner.Reaper;
import io.agentservice.runner.StatusLog;
import io.agentservice.store.JobStore;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Takes up what an earlier life of the service left. */
@Singleton
public class Recovery {

    private static final Duration STORE_PATIENCE = Duration.ofSeconds(30);

    private final JobStore store;
    private final JobQueue queue;
    private final Dispatcher dispatcher;
    private final Reaper reaper;
    private final Clock clock;

    Recovery(JobStore store, JobQueue queue, Dispatcher dispatcher, Reaper reaper, Clock clock) {
        this.store = store;
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.reaper = reaper;
        this.clock = clock;
    }

    /** Before the first job is taken; the service does not start on a store that it cannot read. */
    void start(@Observes StartupEvent event) {
        store.startsSince(clock.instant().minus(StartRate.LONGEST_WINDOW))
                .await()
                .atMost(STORE_PATIENCE)
                .forEach(dispatcher::remember);
        Set<JobId> goingOn = new HashSet<>();
        for (Job job : store.unfinished().await().atMost(STORE_PATIENCE)) {
            takeUp(job);
            if (job.status() == JobStatus.QUEUED) {
                goingOn.add(job.id());
            }
        }
        reaper.removeFolders(goingOn);
        queue.open();
        dispatcher.open();
    }

    private void takeUp(Job job) {
        switch (job.status()) {
            case QUEUED -> dispatcher.restore(job);
            case RUNNING -> end(job, JobStatus.FAILED);
            case CANCELLING -> end(job, JobStatus.CANCELLED);
            case COMPLETED, FAILED, TIMEOUT, CANCELLED -> throw new IllegalStateException("a final job was unfinished");
        }
    }

    private void end(Job job, JobStatus status) {
        reaper.reap(job);
        var outcome = Outcome.notRun(status, FailureReason.INTERRUPTED, "the service ended while the job ran");
        Job ended = store.apply(job.to(outcome, clock.instant())).await().atMost(STORE_PATIENCE);
        StatusLog.changed(ended);
    }
}
