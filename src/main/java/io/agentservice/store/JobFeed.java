package io.agentservice.store;

import io.agentservice.job.Delta;
import io.agentservice.job.JobId;
import io.agentservice.job.Transition;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * Tells followers that a job has more, and lets them read it. A wake-up carries no data: what is shown is what the
 * store returns. Only deltas, which are never stored, pass through here themselves.
 */
@Singleton
public final class JobFeed {

    private static final Object ALL_JOBS = "all jobs";

    /** By a job, or {@link #ALL_JOBS} for changes of any job's status. */
    private final Map<Object, CompletableFuture<Void>> wakeUps = new ConcurrentHashMap<>();

    private final Map<JobId, Set<Consumer<LiveDelta>>> listeners = new ConcurrentHashMap<>();
    private final Map<JobId, Set<Runnable>> stepListeners = new ConcurrentHashMap<>();
    private final Set<Consumer<Transition>> transitionListeners = ConcurrentHashMap.newKeySet();
    private final AtomicLong steps = new AtomicLong();

    /**
     * A delta on its way.
     *
     * @param after the sequence of the last event before it
     */
    public record LiveDelta(long after, Delta delta) {}

    /** Called by the store after the commit of a step. */
    public void stepped(Transition step) {
        transitionListeners.forEach(listener -> listener.accept(step));
        stepped(step.job().id());
    }

    /** Called by the store after each other commit by which a job has a status, or is gone. */
    public void stepped(JobId id) {
        steps.incrementAndGet();
        committed(id);
        wake(ALL_JOBS);
        stepListeners.getOrDefault(id, Set.of()).forEach(Runnable::run);
    }

    /** How often jobs have taken a status, or gone, in this life: who has seen this number has seen all. */
    public long steps() {
        return steps.get();
    }

    /** Called by the store after each commit that concerns the job. */
    public void committed(JobId id) {
        wake(id);
    }

    private void wake(Object topic) {
        CompletableFuture<Void> waiting = wakeUps.remove(topic);
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    /**
     * Everything that is recorded of a job after a sequence, a page at a time as it is asked for, until the page that
     * ends with its final status.
     */
    public Multi<EventPage> follow(JobStore store, JobId id, long after, long pageBytes) {
        return follow(id, after, position -> store.events(id, position, pageBytes));
    }

    /** All changes of a status after a position, a page at a time as it is asked for, for ever. */
    public Multi<StatusChangePage> followStatusChanges(JobStore store, long after, long pageBytes) {
        return follow(ALL_JOBS, after, position -> store.statusChanges(position, pageBytes));
    }

    private <P extends FeedPage> Multi<P> follow(Object topic, long after, LongFunction<Uni<P>> read) {
        return Multi.createBy()
                .repeating()
                .uni(() -> new Position(after), position -> next(topic, position, read))
                .whilst(page -> !page.end());
    }

    /** Where a follower stands. */
    private static final class Position {
        private long sequence;

        Position(long sequence) {
            this.sequence = sequence;
        }

        void moveTo(FeedPage page) {
            sequence = page.last();
        }
    }

    private <P extends FeedPage> Uni<P> next(Object topic, Position position, LongFunction<Uni<P>> read) {
        // Asked for before the page is read, so that a commit in between is not missed.
        CompletableFuture<Void> wakeUp = wakeUps.computeIfAbsent(topic, ignored -> new CompletableFuture<>());
        // Waited for by a copy: a follower that leaves cancels what it waits for, which others wait for too.
        return read.apply(position.sequence)
                .chain(page -> page.isEmpty() && !page.end()
                        ? Uni.createFrom().completionStage(wakeUp::copy).chain(() -> next(topic, position, read))
                        : Uni.createFrom().item(page))
                .invoke(page -> {
                    position.moveTo(page);
                    if (page.end()) {
                        wakeUps.remove(topic, wakeUp);
                    }
                });
    }

    /** Shows a delta to whoever listens now. */
    public void publish(JobId id, LiveDelta delta) {
        listeners.getOrDefault(id, Set.of()).forEach(listener -> listener.accept(delta));
    }

    public Cancellable onDelta(JobId id, Consumer<LiveDelta> listener) {
        return add(listeners, id, listener);
    }

    /** Has this run after each step of the job, until it is cancelled; on the store's thread, so it must be short. */
    public Cancellable onStep(JobId id, Runnable listener) {
        return add(stepListeners, id, listener);
    }

    /** Has this told of each step of any job for ever; on the store's thread, so it must be short. */
    public void onTransition(Consumer<Transition> listener) {
        transitionListeners.add(listener);
    }

    private static <L> Cancellable add(Map<JobId, Set<L>> to, JobId id, L listener) {
        to.compute(id, (key, present) -> {
            Set<L> all = present == null ? ConcurrentHashMap.newKeySet() : present;
            all.add(listener);
            return all;
        });
        return () -> to.computeIfPresent(id, (key, present) -> {
            present.remove(listener);
            return present.isEmpty() ? null : present;
        });
    }
}
