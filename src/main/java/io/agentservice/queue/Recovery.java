package io.agentservice.queue;

import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.runner.RunningJobs;
import io.agentservice.store.JobStore;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Takes up what an earlier life of the service left, and leaves things in order for the next. */
@Singleton
public class Recovery {

    private static final Logger LOG = Logger.getLogger(Recovery.class);
    private static final Duration STORE_PATIENCE = Duration.ofSeconds(30);

    private final JobStore store;
    private final JobQueue queue;
    private final Dispatcher dispatcher;
    private final RunningJobs running;
    private final Clock clock;
    private final QueueConfig config;

    Recovery(
            JobStore store,
            JobQueue queue,
            Dispatcher dispatcher,
            RunningJobs running,
            Clock clock,
            QueueConfig config) {
        this.store = store;
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.running = running;
        this.clock = clock;
        this.config = config;
    }

    /** Before the first job is taken; the service does not start on a store that it cannot read. */
    void start(@Observes StartupEvent event) {
        for (Job job : store.unfinished().await().atMost(STORE_PATIENCE)) {
            takeUp(job);
        }
        queue.open();
    }

    private void takeUp(Job job) {
        switch (job.status()) {
            case QUEUED -> dispatcher.enqueue(job);
            case RUNNING -> end(job, JobStatus.FAILED);
            case CANCELLING -> end(job, JobStatus.CANCELLED);
            case COMPLETED, FAILED, TIMEOUT, CANCELLED -> throw new IllegalStateException("a final job was unfinished");
        }
    }

    private void end(Job job, JobStatus status) {
        var outcome = Outcome.notRun(status, FailureReason.INTERRUPTED, "the service ended while the job ran");
        store.apply(job.to(outcome, clock.instant())).await().atMost(STORE_PATIENCE);
        LOG.infof(
                "job ended jobId=%s agent=%s attempt=%d status=%s reason=interrupted",
                job.id(), job.spec().agent(), job.progress().attempt(), status.wireName());
    }

    /** Nothing that a job started outlives the service. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        queue.close();
        dispatcher.stop();
        running.stopAll();
        if (!dispatcher.awaitIdle(config.stopPatience())) {
            LOG.warnf("runs were still under way at the end of the service active=%d", dispatcher.active());
        }
    }
}
