package io.agentservice.queue;

import io.agentservice.job.Allowance;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.job.Submitter;
import io.agentservice.runner.JobWorkspaces;
import io.agentservice.runner.RunningJobs;
import io.agentservice.runner.StatusLog;
import io.agentservice.store.AllowanceSpentException;
import io.agentservice.store.AuditEntry;
import io.agentservice.store.JobStore;
import io.agentservice.store.RequestKey;
import io.agentservice.store.StaleTransitionException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** Takes jobs in and takes them back. A job that it returns is on the disk and will reach a final status. */
@Singleton
public class JobQueue {

    private static final Logger LOG = Logger.getLogger(JobQueue.class);
    /** A job takes few steps, so a cancel meets few others. */
    private static final int CANCEL_TRIES = 10;

    private static final Outcome CANCELLED_UNSTARTED = Outcome.notRun(
            JobStatus.CANCELLED, FailureReason.CANCELLED, "a caller cancelled the job before it started");
    private static final Outcome CANCELLED_WAITING = Outcome.notRun(
            JobStatus.CANCELLED, FailureReason.CANCELLED, "a caller cancelled the job while it waited to go on");

    private final Admission admission;
    private final JobStore store;
    private final Dispatcher dispatcher;
    private final RunningJobs running;
    private final JobWorkspaces workspaces;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private volatile boolean accepting;
    private volatile boolean draining;

    JobQueue(
            Admission admission,
            JobStore store,
            Dispatcher dispatcher,
            RunningJobs running,
            JobWorkspaces workspaces,
            Clock clock) {
        this.admission = admission;
        this.store = store;
        this.dispatcher = dispatcher;
        this.running = running;
        this.workspaces = workspaces;
        this.clock = clock;
    }

    /**
     * Takes a job in. Fails with {@link UnknownAgentException}, {@link PolicyException} or {@link RefusedException},
     * and then nothing is stored.
     */
    public Uni<Job> submit(JobSpec spec, Submitter submitter, Allowance allowance) {
        return submit(spec, submitter, job -> store.insert(job, allowance));
    }

    /** The same with a key. Fails with {@code KeyTakenException}, too. */
    Uni<Job> submit(JobSpec spec, RequestKey key, Allowance allowance) {
        return submit(spec, key.submitter(), job -> store.insert(job, key, allowance));
    }

    private Uni<Job> submit(JobSpec spec, Submitter submitter, Function<Job, Uni<Void>> insertion) {
        return accepting
                ? admission.admit(spec).chain(admitted -> accept(admitted, submitter, insertion))
                : Uni.createFrom().failure(RefusedException.notAccepting());
    }

    private Uni<Job> accept(JobSpec spec, Submitter submitter, Function<Job, Uni<Void>> insertion) {
        Optional<RefusedException> refusal = dispatcher.reserve(spec.agent());
        if (refusal.isPresent()) {
            return Uni.createFrom().failure(refusal.get());
        }
        var now = clock.instant();
        Job job = Job.accepted(
                JobId.create(now, random), spec, submitter, UUID.randomUUID().toString(), now);
        return seenThrough(insertion
                .apply(job)
                .onFailure(AllowanceSpentException.class)
                .transform(spent -> RefusedException.allowanceSpent(spent, now))
                .onItemOrFailure()
                .invoke((stored, failure) -> settle(job, failure))
                .replaceWith(job));
    }

    private void settle(Job job, Throwable failure) {
        if (failure != null) {
            dispatcher.giveUpReservation(job.spec().agent());
            return;
        }
        StatusLog.changed(job);
        dispatcher.arrive(job);
    }

    /**
     * Cancels a job: one that waits is cancelled at once, one that runs is on its way to it. Fails with
     * {@link AlreadyFinalException}. Cancelling twice does no harm.
     *
     * @param by who wants it, for the audit log
     * @return the job as it stands then
     */
    public Uni<Job> cancel(Job job, Submitter by) {
        return seenThrough(Uni.createFrom()
                .deferred(() -> store.find(job.id()))
                .chain(current -> cancelNow(current.orElse(job)))
                .onFailure(StaleTransitionException.class)
                .retry()
                .atMost(CANCEL_TRIES)
                .call(cancelled -> noted(cancelled, by)));
    }

    /** What was done is done: a caller who was told that it failed would do it again. */
    private Uni<Void> noted(Job job, Submitter by) {
        return store.audit()
                .append(cancelled(job, by))
                .onFailure()
                .invoke(failure -> LOG.errorf(
                        "what was done is not in the audit log who=%s action=cancelled jobId=%s: %s",
                        by.name(), job.id(), failure.getMessage()))
                .onFailure()
                .recoverWithNull();
    }

    private AuditEntry cancelled(Job job, Submitter by) {
        Map<String, String> details = job.submitter().equals(by)
                ? Map.of()
                : Map.of("submitter", job.submitter().name());
        return AuditEntry.ofJob(clock.instant(), by.name(), AuditEntry.Action.CANCELLED, job.id(), details);
    }

    private Uni<Job> cancelNow(Job job) {
        return switch (job.status()) {
            case QUEUED ->
                store.apply(job.to(whileWaiting(job), clock.instant())).invoke(this::withdrawn);
            case RUNNING ->
                store.apply(job.to(JobStatus.CANCELLING, clock.instant())).invoke(this::endRun);
            // Said again: the first time may have met a service that was about to stop.
            case CANCELLING -> Uni.createFrom().item(job).invoke(again -> running.cancel(again.id()));
            case COMPLETED, FAILED, TIMEOUT, CANCELLED -> Uni.createFrom().failure(new AlreadyFinalException(job));
        };
    }

    private static Outcome whileWaiting(Job job) {
        return job.progress().startedAt().isEmpty() ? CANCELLED_UNSTARTED : CANCELLED_WAITING;
    }

    private void endRun(Job cancelling) {
        StatusLog.changed(cancelling);
        running.cancel(cancelling.id());
    }

    private void withdrawn(Job cancelled) {
        dispatcher.withdraw(cancelled.id());
        StatusLog.changed(cancelled);
        if (cancelled.progress().startedAt().isPresent()) {
            // Only now: until it was cancelled, it could have been claimed.
            Infrastructure.getDefaultWorkerPool().execute(() -> workspaces.leave(cancelled));
        }
    }

    /** Ours to carry out to the end, even if the caller hangs up meanwhile and its request is given up. */
    public static <T> Uni<T> seenThrough(Uni<T> work) {
        CompletableFuture<T> done = work.onFailure()
                .invoke(failure -> LOG.debugf("a request was not carried out: %s", failure))
                .subscribeAsCompletionStage();
        // Not memoize(): its item may overtake its subscription (Mutiny 3.1.1), and a chain takes it for another then.
        // A copy, as a caller who hangs up cancels what it waits for.
        return Uni.createFrom().completionStage(done::copy);
    }

    /** Where a job stands, if it waits. */
    public Optional<Waiting> place(JobId id) {
        return dispatcher.place(id);
    }

    void open() {
        accepting = true;
    }

    void close() {
        draining = true;
        accepting = false;
    }

    public int active() {
        return dispatcher.active();
    }

    public int queued() {
        return dispatcher.queued();
    }

    public int capacity() {
        return dispatcher.capacity();
    }

    /** Whether the service is about to stop. */
    boolean isDraining() {
        return draining;
    }

    public boolean isAccepting() {
        return accepting;
    }
}
