package io.agentservice.runner;

import io.agentservice.agent.AgentCli;
import io.agentservice.agent.AgentRun;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import io.agentservice.store.JobStore;
import io.agentservice.store.RunRecord;
import io.agentservice.store.StoreException;
import io.agentservice.trace.JobSpans;
import io.agentservice.workspace.Workspaces;
import io.smallrye.mutiny.TimeoutException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Brings to an end what was running when an earlier life of the service ended. Blocks. */
@Singleton
public class CrashedRuns {

    private static final Logger LOG = Logger.getLogger(CrashedRuns.class);
    private static final Duration STORE_PATIENCE = Duration.ofSeconds(30);

    private final JobStore store;
    private final AgentCli cli;
    private final Workspaces workspaces;
    private final Reaper reaper;
    private final AfterRun afterRun;

    CrashedRuns(JobStore store, AgentCli cli, Workspaces workspaces, Reaper reaper, AfterRun afterRun) {
        this.store = store;
        this.cli = cli;
        this.workspaces = workspaces;
        this.reaper = reaper;
        this.afterRun = afterRun;
    }

    /**
     * Ends what is left of the job's processes, books what the run has cost and takes the next step.
     *
     * @param job one that was claimed and is not final
     * @return the job as it stands then: queued if it goes on
     */
    public Job takeUp(Job job) {
        reaper.reap(job);
        RunEnd end = recall(job);
        Job next = store.apply(afterRun.step(job, end)).await().atMost(STORE_PATIENCE);
        StatusLog.changed(next);
        return next;
    }

    /** A run that had given its result has ended by itself, whatever became of the service. */
    private RunEnd recall(Job job) {
        try {
            return read(job);
        } catch (StoreException | TimeoutException e) {
            throw e;
        } catch (RuntimeException e) {
            // One job must not keep the service from starting: not this time, and not each time.
            LOG.errorf(e, "what is left of a run could not be read jobId=%s", job.id());
            return new RunEnd(interrupted(job), RunCost.NOTHING, RunEnd.Cause.CRASH, Optional.empty());
        }
    }

    private RunEnd read(Job job) {
        RunRecord last = store.lastRun(job.id()).await().atMost(STORE_PATIENCE);
        var start = new AgentRun.Start(last.startedAt(), false);
        var known = cli.recall(job, workspaces.conversationOf(job.id()), start, last.lines());
        RunEnd.Cause cause = known.outcome().isPresent() ? RunEnd.Cause.ITSELF : RunEnd.Cause.CRASH;
        Outcome outcome = known.outcome().orElseGet(() -> interrupted(job));
        JobSpans.cutOff(job, last.startedAt(), outcome);
        return new RunEnd(outcome, known.cost(), cause, known.limitedUntil());
    }

    private static Outcome interrupted(Job job) {
        return Outcome.notRun(
                JobStatus.FAILED,
                FailureReason.INTERRUPTED,
                "the service ended while the job ran, in its attempt %d"
                        .formatted(job.progress().attempt()));
    }
}
