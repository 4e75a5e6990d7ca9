package io.agentservice.runner;

import io.agentservice.agent.AgentCli;
import io.agentservice.agent.AgentRun;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.job.Transition;
import io.agentservice.store.EventDraft;
import io.agentservice.store.JobStore;
import io.agentservice.workspace.Workspace;
import io.agentservice.workspace.WorkspaceException;
import io.agentservice.workspace.Workspaces;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/** Takes a claimed job to its final status, or back into the queue, whatever happens on the way. */
@Singleton
public class JobRunner {

    private static final Logger LOG = Logger.getLogger(JobRunner.class);
    private static final Duration RETRY_FIRST = Duration.ofMillis(200);
    private static final Duration RETRY_MOST = Duration.ofSeconds(15);

    private final Workspaces workspaces;
    private final AgentRuntime runtime;
    private final JobStore store;
    private final RunningJobs running;
    private final RunnerConfig config;
    private final Clock clock;

    JobRunner(
            Workspaces workspaces,
            AgentRuntime runtime,
            JobStore store,
            RunningJobs running,
            RunnerConfig config,
            Clock clock) {
        this.workspaces = workspaces;
        this.runtime = runtime;
        this.store = store;
        this.running = running;
        this.config = config;
        this.clock = clock;
    }

    /** Completes when the job's next status is on the disk: a final one, or queued if the service stops. */
    public Uni<Job> run(Job claimed) {
        return Uni.createFrom()
                .item(() -> open(claimed))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .chain(workspace -> work(claimed, workspace))
                .onFailure()
                .recoverWithItem(failure -> RunEnd.of(failed(claimed, failure)))
                .chain(end -> finish(claimed, end));
    }

    private Workspace open(Job job) {
        try {
            return workspaces.open(job, runtime.workspaceOf(job), phase -> tell(job, phase));
        } catch (IOException e) {
            String why = e instanceof WorkspaceException ? e.getMessage() : e.toString();
            throw new PreparationException(FailureReason.WORKSPACE, "the workspace could not be made ready: " + why, e);
        }
    }

    private void tell(Job job, JobEvent.Phase phase) {
        store.append(job.id(), List.of(EventDraft.of(phase)))
                .subscribe()
                .with(sequence -> {}, failure -> LOG.warnf("a phase was not recorded jobId=%s: %s", job.id(), failure));
    }

    private Uni<RunEnd> work(Job job, Workspace workspace) {
        return Uni.createFrom()
                .item(() -> start(job, workspace))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .chain(Run::toEnd)
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .eventually(() -> close(job, workspace));
    }

    private Run start(Job job, Workspace workspace) {
        AgentRun agentRun = runtime.runOf(job, workspace);
        try {
            var process = runtime.launch(agentRun);
            var input = new AgentCli.AgentInput(process::send, process::closeInput);
            var conversation = runtime.cli().converse(agentRun, input);
            var limits = agentRun.policy().run();
            var recorder = new Recorder(job.id(), conversation, store, runtime.feed(), limits.maxStoredBytes());
            var time = new RunClock(clock.instant(), job.spec().limits().timeout(), limits);
            var run = new Run(process, conversation, recorder, time, config, clock);
            running.add(job.id(), run);
            return run;
        } catch (IOException e) {
            throw new PreparationException(FailureReason.START, "the CLI could not be started: " + e.getMessage(), e);
        }
    }

    private static void close(Job job, Workspace workspace) {
        try {
            workspace.close();
        } catch (RuntimeException e) {
            LOG.warnf(e, "folders of a run were not removed jobId=%s", job.id());
        }
    }

    private static Outcome failed(Job job, Throwable failure) {
        if (failure instanceof PreparationException preparation) {
            return Outcome.notRun(JobStatus.FAILED, preparation.reason(), preparation.getMessage());
        }
        LOG.errorf(failure, "a run broke jobId=%s", job.id());
        return Outcome.notRun(JobStatus.FAILED, FailureReason.INTERNAL, "a fault of the service; its log has more");
    }

    /**
     * A store that cannot take the last word now is asked until it can. The job is read afresh each time: a cancel may
     * have come in between.
     */
    private Uni<Job> finish(Job claimed, RunEnd end) {
        return Uni.createFrom()
                .deferred(() -> store.find(claimed.id()))
                .map(current -> current.orElse(claimed))
                .chain(current -> current.status().isFinal()
                        ? Uni.createFrom().item(current)
                        : leaveWorkspace(current, end).chain(() -> store.apply(lastStep(current, end))))
                .onFailure()
                .invoke(failure -> LOG.warnf("the end of a job is not stored yet jobId=%s: %s", claimed.id(), failure))
                .onFailure(failure -> !(failure instanceof IllegalStateException))
                .retry()
                .withBackOff(RETRY_FIRST, RETRY_MOST)
                .indefinitely()
                .onTermination()
                .invoke(() -> running.remove(claimed.id()))
                .invoke(StatusLog::changed);
    }

    /** A job that goes on later finds its checkout as it left it. */
    private Uni<Void> leaveWorkspace(Job current, RunEnd end) {
        if (goesBack(current, end)) {
            return Uni.createFrom().voidItem();
        }
        boolean completed = outcomeFor(current, end.outcome()).status() == JobStatus.COMPLETED;
        return Uni.createFrom()
                .voidItem()
                .invoke(() -> conclude(current, completed))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    /** Removes what an earlier attempt of a job left that was cancelled before the next. Does not wait. */
    public void abandon(Job cancelled) {
        Infrastructure.getDefaultWorkerPool().execute(() -> conclude(cancelled, false));
    }

    private void conclude(Job job, boolean completed) {
        try {
            workspaces.conclude(job, runtime.workspaceOf(job), completed, phase -> tell(job, phase));
        } catch (IOException | RuntimeException e) {
            LOG.warnf(e, "the workspace of a job was not removed jobId=%s", job.id());
        }
    }

    private static boolean goesBack(Job current, RunEnd end) {
        return end.putBack() && current.status() == JobStatus.RUNNING;
    }

    private Transition lastStep(Job current, RunEnd end) {
        return goesBack(current, end)
                ? current.putBack()
                : current.to(outcomeFor(current, end.outcome()), clock.instant());
    }

    /** What was cancelled ends as cancelled, even if it was quicker than the cancel. */
    private static Outcome outcomeFor(Job current, Outcome own) {
        return current.status() == JobStatus.CANCELLING
                ? own.endedAs(JobStatus.CANCELLED, FailureReason.CANCELLED, StopReason.CANCEL.sentence())
                : own;
    }

    private static final class PreparationException extends RuntimeException {
        private final FailureReason reason;

        PreparationException(FailureReason reason, String message, Throwable cause) {
            super(message, cause);
            this.reason = reason;
        }

        FailureReason reason() {
            return reason;
        }
    }
}
