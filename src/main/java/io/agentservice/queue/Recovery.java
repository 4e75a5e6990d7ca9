package io.agentservice.queue;

import io.agentservice.agent.StartRate;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
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
import java.util.HashSet;
import java.util.Set;

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
            reaper.removeFolders(takeUp());
        } catch (StoreException e) {
            throw StartRefusal.because(e);
        }
        queue.open();
        dispatcher.open();
    }

    /** @return the jobs that go on */
    private Set<JobId> takeUp() {
        store.startsSince(clock.instant().minus(StartRate.LONGEST_WINDOW))
                .await()
                .atMost(STORE_PATIENCE)
                .forEach(dispatcher::remember);
        Set<JobId> goingOn = new HashSet<>();
        for (Job job : store.unfinished().await().atMost(STORE_PATIENCE)) {
            if (takeUp(job).status() == JobStatus.QUEUED) {
                goingOn.add(job.id());
            }
        }
        return goingOn;
    }

    /** @return the job as it stands then */
    private Job takeUp(Job job) {
        Job next =
                switch (job.status()) {
                    case QUEUED -> job;
                    case RUNNING, CANCELLING -> crashed.takeUp(job);
                    case COMPLETED, FAILED, TIMEOUT, CANCELLED ->
                        throw new IllegalStateException("a final job was unfinished");
                };
        if (next.status() == JobStatus.QUEUED) {
            dispatcher.restore(next);
        }
        return next;
    }
}
