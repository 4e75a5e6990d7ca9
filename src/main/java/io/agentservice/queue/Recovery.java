package io.agentservice.queue;

import io.agentservice.agent.StartRate;
import io.agentservice.job.Job;
import io.agentservice.job.JobStatus;
import io.agentservice.runner.CrashedRuns;
import io.agentservice.runner.Reaper;
import io.agentservice.store.JobStore;
import io.agentservice.store.StartRefusal;
import io.agentservice.store.StoreException;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/** Takes up what an earlier life of the service left. */
@Singleton
public class Recovery {

    private static final Duration STORE_PATIENCE = Duration.ofSeconds(30);

    private final JobStore store;
    private final JobQueue queue;
    private final Dispatcher dispatcher;
    private final CrashedRuns crashed;
    private final Reaper reaper;
    private final Clock clock;

    Recovery(JobStore store, JobQueue queue, Dispatcher dispatcher, CrashedRuns crashed, Reaper reaper, Clock clock) {
        this.store = store;
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.crashed = crashed;
        this.reaper = reaper;
        this.clock = clock;
    }

    /** Before the first job is taken; the service does not start on a store that it cannot read. */
    void start(@Observes StartupEvent event) {
        try {
            takeUp();
        } catch (StoreException e) {
            throw StartRefusal.because(e);
        }
        reaper.removeFolders();
        queue.open();
        dispatcher.open();
    }

    private void takeUp() {
        store.startsSince(clock.instant().minus(StartRate.LONGEST_WINDOW))
                .await()
                .atMost(STORE_PATIENCE)
                .forEach(dispatcher::remember);
        for (Job job : store.unfinished().await().atMost(STORE_PATIENCE)) {
            takeUp(job);
        }
    }

    private void takeUp(Job job) {
        switch (job.status()) {
            case QUEUED -> dispatcher.restore(job);
            case RUNNING, CANCELLING -> {
                Job next = crashed.takeUp(job);
                if (next.status() == JobStatus.QUEUED) {
                    dispatcher.restore(next);
                }
            }
            case COMPLETED, FAILED, TIMEOUT, CANCELLED -> throw new IllegalStateException("a final job was unfinished");
        }
    }
}
