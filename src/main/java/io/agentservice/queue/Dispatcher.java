package io.agentservice.queue;

import io.agentservice.job.Job;
import io.agentservice.job.JobStatus;
import io.agentservice.runner.JobRunner;
import io.agentservice.store.JobStore;
import io.agentservice.store.StaleTransitionException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Claims waiting jobs in order as places become free, and sees each to its end. */
@Singleton
public class Dispatcher {

    private static final Logger LOG = Logger.getLogger(Dispatcher.class);
    private static final Duration CLAIM_RETRY = Duration.ofSeconds(1);

    private final JobStore store;
    private final JobRunner runner;
    private final Clock clock;
    private final int maxConcurrency;
    private final Deque<Job> waiting = new ArrayDeque<>();
    private int active;
    private boolean stopped;

    Dispatcher(JobStore store, JobRunner runner, Clock clock, QueueConfig config) {
        this.store = store;
        this.runner = runner;
        this.clock = clock;
        this.maxConcurrency = config.maxConcurrency();
    }

    void enqueue(Job job) {
        synchronized (this) {
            waiting.addLast(job);
        }
        dispatch();
    }

    /** Starts what may start. */
    private void dispatch() {
        for (Optional<Job> next; (next = takeNext()).isPresent(); ) {
            start(next.get());
        }
    }

    private synchronized Optional<Job> takeNext() {
        if (stopped || active >= maxConcurrency || waiting.isEmpty()) {
            return Optional.empty();
        }
        active++;
        return Optional.of(waiting.removeFirst());
    }

    private void start(Job job) {
        claim(job)
                .chain(runner::run)
                .onTermination()
                .invoke(this::release)
                .subscribe()
                .with(ended -> {}, failure -> LOG.errorf(failure, "a job was left behind jobId=%s", job.id()));
    }

    /** The claim waits out a store that cannot write: the job keeps its place. */
    private Uni<Job> claim(Job job) {
        return store.apply(job.to(JobStatus.RUNNING, clock.instant()))
                .onFailure(failure -> !(failure instanceof StaleTransitionException))
                .retry()
                .withBackOff(CLAIM_RETRY, CLAIM_RETRY)
                .indefinitely()
                .invoke(claimed -> LOG.infof(
                        "job started jobId=%s agent=%s attempt=%d status=running",
                        claimed.id(), claimed.spec().agent(), claimed.progress().attempt()));
    }

    private void release() {
        synchronized (this) {
            active--;
            notifyAll();
        }
        dispatch();
    }

    synchronized int active() {
        return active;
    }

    synchronized int queued() {
        return waiting.size();
    }

    /** Claims nothing more. */
    synchronized void stop() {
        stopped = true;
    }

    /** Blocks until no job runs. @return whether that came to be in time */
    synchronized boolean awaitIdle(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (active > 0) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
