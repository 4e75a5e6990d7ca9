package io.agentservice.queue;

import io.agentservice.agent.AgentPolicies;
import io.agentservice.agent.AgentPolicy.WhenExceeded;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobStatus;
import io.agentservice.runner.JobRunner;
import io.agentservice.runner.StatusLog;
import io.agentservice.store.JobStore;
import io.agentservice.store.StaleTransitionException;
import io.agentservice.workspace.WorkspaceSources;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Claims waiting jobs in order as they may start, and sees each to its end. */
@Singleton
public class Dispatcher {

    private static final Logger LOG = Logger.getLogger(Dispatcher.class);
    private static final Duration CLAIM_RETRY = Duration.ofSeconds(1);

    private final JobStore store;
    private final JobRunner runner;
    private final Clock clock;
    private final int maxDepth;
    private final WaitingLine line;
    /** Admitted and not yet waiting, by agent: they have their place already. */
    private final Map<String, Integer> arriving = new HashMap<>();

    private boolean stopped = true;

    Dispatcher(
            JobStore store,
            JobRunner runner,
            AgentPolicies policies,
            WorkspaceSources workspaces,
            Clock clock,
            QueueConfig config) {
        this.store = store;
        this.runner = runner;
        this.clock = clock;
        this.maxDepth = config.maxDepth();
        this.line = new WaitingLine(config.maxConcurrency(), policies, new FolderTurns(policies, workspaces)::isTaken);
    }

    /** Keeps a place for a job of this agent, or says why there is none. */
    synchronized Optional<RefusedException> reserve(String agent) {
        int coming = arriving.values().stream().mapToInt(Integer::intValue).sum();
        // A free place to run is a place too.
        if (line.size() + coming >= maxDepth + line.free()) {
            return Optional.of(RefusedException.queueFull(maxDepth));
        }
        Instant now = clock.instant();
        var limits = line.limits(agent);
        if (limits.whenExceeded() == WhenExceeded.REFUSE) {
            Optional<Instant> next = line.beyondRate(agent, arriving.getOrDefault(agent, 0), now);
            if (next.isPresent()) {
                return Optional.of(RefusedException.rateExceeded(
                        agent, limits.startRate().orElseThrow(), Duration.between(now, next.get())));
            }
        }
        arriving.merge(agent, 1, Integer::sum);
        return Optional.empty();
    }

    synchronized void giveUpReservation(String agent) {
        arriving.computeIfPresent(agent, (name, count) -> count == 1 ? null : count - 1);
    }

    /** The reserved place becomes a real one. */
    void arrive(Job job) {
        synchronized (this) {
            giveUpReservation(job.spec().agent());
            line.add(job);
        }
        dropIfPast(job);
        dispatch();
    }

    /** Its cancel may have come after the commit that put it into the queue, and found nothing here to withdraw. */
    private void dropIfPast(Job job) {
        store.find(job.id())
                .subscribe()
                .with(
                        now -> now.filter(newer -> newer.isAfter(job)).ifPresent(newer -> drop(job)),
                        failure -> LOG.debugf("whether a job still waits shows at its claim jobId=%s", job.id()));
    }

    /** As it stood then: it may be back in the line by now. */
    private synchronized void drop(Job job) {
        line.remove(job);
    }

    /** A job of an earlier life takes its place again. */
    synchronized void restore(Job job) {
        line.add(job);
    }

    synchronized void remember(JobStore.Start start) {
        line.remember(start.agent(), start.at());
    }

    /** Takes a job out of the line. */
    synchronized void withdraw(JobId id) {
        line.remove(id);
    }

    synchronized Optional<Waiting> place(JobId id) {
        return line.place(id, clock.instant());
    }

    /** Where each waiting job stands. */
    synchronized Map<JobId, Waiting> places() {
        return line.places(clock.instant());
    }

    synchronized Census census() {
        return line.census(clock.instant());
    }

    /** Starts what may start. */
    void dispatch() {
        for (Optional<Job> next; (next = takeNext()).isPresent(); ) {
            start(next.get());
        }
    }

    private synchronized Optional<Job> takeNext() {
        return stopped ? Optional.empty() : line.takeNext(clock.instant());
    }

    private void start(Job job) {
        claim(job).chain(runner::run).subscribe().with(this::release, failure -> leftBehind(job, failure));
    }

    /** The claim waits out a store that cannot write: the job keeps its place. */
    private Uni<Job> claim(Job job) {
        return store.apply(job.to(JobStatus.RUNNING, clock.instant()))
                .onFailure(StaleTransitionException.class)
                .recoverWithUni(stale -> claimedAllTheSame(job, stale))
                .onFailure(failure -> !(failure instanceof StaleTransitionException))
                .retry()
                .withBackOff(CLAIM_RETRY, CLAIM_RETRY)
                .indefinitely()
                .invoke(StatusLog::changed);
    }

    /** A claim may be on the disk although its commit seemed to fail; nobody else makes one. */
    private Uni<Job> claimedAllTheSame(Job job, Throwable stale) {
        return store.find(job.id())
                .map(found -> found.filter(
                        now -> now.progress().attempt() > job.progress().attempt()
                                && now.status().isUnderWay()))
                .chain(ours -> ours.isPresent()
                        ? Uni.createFrom().item(ours.get())
                        : Uni.createFrom().failure(stale));
    }

    private void leftBehind(Job job, Throwable failure) {
        freePlace(job, Optional.empty());
        if (failure instanceof StaleTransitionException) {
            LOG.debugf("job was cancelled before it started jobId=%s", job.id());
        } else {
            LOG.errorf(failure, "a job was left behind jobId=%s", job.id());
        }
    }

    /** A job that is not final yet waits for its next turn. */
    private void release(Job job) {
        freePlace(job, Optional.of(job).filter(ended -> ended.status() == JobStatus.QUEUED));
    }

    private void freePlace(Job job, Optional<Job> again) {
        synchronized (this) {
            line.ended(job.id());
            again.ifPresent(line::add);
            notifyAll();
        }
        again.ifPresent(this::dropIfPast);
        dispatch();
    }

    synchronized int active() {
        return line.running();
    }

    /** How many run at once. */
    int capacity() {
        return line.places();
    }

    synchronized int queued() {
        return line.size();
    }

    /** Starts claiming; not before recovery has put things in order. */
    void open() {
        synchronized (this) {
            stopped = false;
        }
        dispatch();
    }

    synchronized boolean isOpen() {
        return !stopped;
    }

    /** Claims nothing more. */
    synchronized void stop() {
        stopped = true;
    }

    /** Blocks until no job runs. @return whether that came to be in time */
    synchronized boolean awaitIdle(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (line.running() > 0) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
