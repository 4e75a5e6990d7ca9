package io.agentservice.runner;

import io.agentservice.agent.AgentName;
import io.agentservice.agent.AgentPolicies;
import io.agentservice.agent.AgentPolicy;
import io.agentservice.agent.AgentPolicy.Continuation;
import io.agentservice.agent.AgentPolicy.OnMissingSecret;
import io.agentservice.agent.AgentPolicy.OnUsageLimit;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.job.Transition;
import io.agentservice.store.JobStore;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/** Decides what becomes of a job when a run of it has ended: its last status, or another turn. */
@Singleton
final class AfterRun {

    private static final Logger LOG = Logger.getLogger(AfterRun.class);
    /** How long to wait where the API does not say when the limit is lifted, as with an API key. */
    static final Duration USUAL_PAUSE = Duration.ofMinutes(15);
    /** A limit that is said to be lifted already has not been. */
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(5);

    private static final Duration SECRET_PAUSE = Duration.ofSeconds(10);
    private static final Duration SECRET_PAUSE_MOST = Duration.ofMinutes(10);

    private static final Duration RETRY_FIRST = Duration.ofMillis(200);
    private static final Duration RETRY_MOST = Duration.ofSeconds(15);

    private final JobStore store;
    private final AgentPolicies policies;
    private final JobWorkspaces workspaces;
    private final Clock clock;

    AfterRun(JobStore store, AgentPolicies policies, JobWorkspaces workspaces, Clock clock) {
        this.store = store;
        this.policies = policies;
        this.workspaces = workspaces;
        this.clock = clock;
    }

    /**
     * Takes the step. A store that cannot take it now is asked until it can; the job is read afresh each time, as a
     * cancel may have come in between, or the step may be on the disk although its commit seemed to fail.
     */
    Uni<Job> take(Job claimed, RunEnd end) {
        return Uni.createFrom()
                .deferred(() -> store.find(claimed.id()))
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(current -> current.orElse(claimed))
                .chain(current ->
                        hasLeft(claimed, current) ? Uni.createFrom().item(current) : store.apply(step(current, end)))
                .onFailure()
                .invoke(failure -> LOG.warnf("the end of a run is not stored yet jobId=%s: %s", claimed.id(), failure))
                .onFailure(failure -> !(failure instanceof IllegalStateException))
                .retry()
                .withBackOff(RETRY_FIRST, RETRY_MOST)
                .indefinitely()
                .invoke(StatusLog::changed);
    }

    private static boolean hasLeft(Job claimed, Job current) {
        return !current.status().isUnderWay()
                || current.progress().attempt() != claimed.progress().attempt();
    }

    /**
     * The step from where the job stands now. Its workspace is left in order before it is final, so it blocks.
     *
     * @throws IllegalStateException if the job has left its run already
     */
    Transition step(Job job, RunEnd end) {
        Transition step = decide(job, end);
        if (step.job().status().isFinal()) {
            workspaces.conclude(job, step.job().status());
        }
        return step;
    }

    private Transition decide(Job job, RunEnd end) {
        if (job.status() == JobStatus.CANCELLING) {
            // What was cancelled ends as cancelled, even if it was quicker than the cancel.
            return job.to(cancelled(end.outcome()), end.cost(), clock.instant());
        }
        Continuation policy = policy(job).queue().continuation();
        return switch (end.cause()) {
            case ITSELF -> byItself(job, end, policy);
            case DRAIN -> interrupted(job, end, policy, job.putBack(end.cost()));
            case CRASH ->
                job.progress().attempt() < policy.maxAttempts()
                        ? interrupted(job, end, policy, job.interrupted(end.cost()))
                        : job.to(end.outcome(), end.cost(), now());
        };
    }

    private static Outcome cancelled(Outcome own) {
        return own.endedAs(JobStatus.CANCELLED, FailureReason.CANCELLED, StopReason.CANCEL.sentence());
    }

    private Transition interrupted(Job job, RunEnd end, Continuation policy, Transition again) {
        boolean goesOn =
                switch (policy.onInterrupt()) {
                    case RESUME -> true;
                    case RESTART -> workspaces.forgetConversation(job);
                    case FAIL -> false;
                };
        return goesOn ? again : job.to(end.outcome(), end.cost(), now());
    }

    private Transition byItself(Job job, RunEnd end, Continuation policy) {
        FailureReason why = end.outcome().reason().orElse(FailureReason.INTERNAL);
        if (end.credential() == RunEnd.Credential.ANOTHER_IS_THERE) {
            return job.parked(now(), why, end.cost(), now());
        }
        if (end.isFor(FailureReason.MISSING_SECRET)) {
            return withoutSecret(job, end, policy);
        }
        return end.isFor(FailureReason.USAGE_LIMIT) || end.credential() == RunEnd.Credential.REFUSED
                ? limited(job, end, policy)
                : job.to(end.outcome(), end.cost(), now());
    }

    /** Tries again soon, then less often. */
    private Transition withoutSecret(Job job, RunEnd end, Continuation policy) {
        Instant now = now();
        Duration waited = job.progress().hold().parked();
        Duration half = waited.dividedBy(2);
        Duration wait = half.compareTo(SECRET_PAUSE) < 0 ? SECRET_PAUSE : half;
        wait = wait.compareTo(SECRET_PAUSE_MOST) > 0 ? SECRET_PAUSE_MOST : wait;
        boolean waits = policy(job).variables().onMissing() == OnMissingSecret.WAIT
                && waited.plus(wait).compareTo(policy.longestWait()) <= 0;
        return waits
                ? job.parked(now.plus(wait), FailureReason.MISSING_SECRET, end.cost(), now)
                : job.to(end.outcome(), end.cost(), now);
    }

    private Transition limited(Job job, RunEnd end, Continuation policy) {
        Instant now = now();
        Instant soonest = now.plus(SHORTEST_PAUSE);
        Instant said = end.limitedUntil().orElse(now.plus(USUAL_PAUSE));
        Instant until = said.isBefore(soonest) ? soonest : said;
        Duration waited = job.progress().hold().parked().plus(Duration.between(now, until));
        return policy.onUsageLimit() == OnUsageLimit.PARK && waited.compareTo(policy.longestWait()) <= 0
                ? job.parked(until, end.outcome().reason().orElseThrow(), end.cost(), now)
                : job.to(end.outcome(), end.cost(), now);
    }

    private AgentPolicy policy(Job job) {
        return policies.of(new AgentName(job.spec().agent()));
    }

    private Instant now() {
        return clock.instant();
    }
}
