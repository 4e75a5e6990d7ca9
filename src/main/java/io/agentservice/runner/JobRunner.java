package io.agentservice.runner;

import io.agentservice.agent.AgentCli;
import io.agentservice.agent.AgentRun;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.secrets.SecretUnavailableException;
import io.agentservice.trace.JobSpans;
import io.agentservice.workspace.Workspace;
import io.agentservice.workspace.WorkspaceException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import org.jboss.logging.Logger;

/** Takes a claimed job to its final status, or back into the queue, whatever happens on the way. */
@Singleton
public class JobRunner {

    private static final Logger LOG = Logger.getLogger(JobRunner.class);

    private final JobWorkspaces workspaces;
    private final AgentRuntime runtime;
    private final Recorders recorders;
    private final RunningJobs running;
    private final AfterRun afterRun;
    private final Clock clock;

    JobRunner(
            JobWorkspaces workspaces,
            AgentRuntime runtime,
            Recorders recorders,
            RunningJobs running,
            AfterRun afterRun,
            Clock clock) {
        this.workspaces = workspaces;
        this.runtime = runtime;
        this.recorders = recorders;
        this.running = running;
        this.afterRun = afterRun;
        this.clock = clock;
    }

    /** Completes when the job's next status is on the disk: a final one, or queued if the service stops. */
    public Uni<Job> run(Job claimed) {
        return Uni.createFrom()
                .item(() -> prepare(claimed))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .chain(prepared -> work(claimed, prepared))
                .onFailure()
                .recoverWithItem(failure -> notBegun(claimed, failure))
                .chain(end -> afterRun.take(claimed, end))
                .onTermination()
                .invoke(() -> running.remove(claimed.id()));
    }

    private record Prepared(RunSecrets.Attached secrets, Workspace workspace) {}

    private Prepared prepare(Job job) {
        return new Prepared(runtime.secrets().attach(job), open(job));
    }

    private Workspace open(Job job) {
        try (var span = JobSpans.workspace(job)) {
            Workspace workspace = workspaces.open(job);
            span.good();
            return workspace;
        } catch (IOException e) {
            String why = e instanceof WorkspaceException ? e.getMessage() : e.toString();
            throw new PreparationException(FailureReason.WORKSPACE, "the workspace could not be made ready: " + why, e);
        }
    }

    private Uni<RunEnd> work(Job job, Prepared prepared) {
        return process(job, prepared)
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(end -> runtime.secrets().learn(job, prepared.secrets(), end))
                .eventually(() -> close(job, prepared.workspace()));
    }

    private Uni<RunEnd> process(Job job, Prepared prepared) {
        var span = JobSpans.process(job);
        return Uni.createFrom()
                .item(() -> start(job, prepared))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .chain(Run::toEnd)
                .invoke(end -> span.led(end.outcome()))
                .onTermination()
                .invoke(span::close);
    }

    private Run start(Job job, Prepared prepared) {
        checkBudget(job);
        AgentRun agentRun = runtime.runOf(job, prepared.workspace(), prepared.secrets(), clock.instant());
        try {
            var process = runtime.launch(agentRun);
            var input = new AgentCli.AgentInput(process::send, process::closeInput);
            var conversation = runtime.cli().converse(agentRun, input);
            var limits = agentRun.policy().run();
            var recorder = recorders.of(job, conversation, limits.maxStoredBytes());
            var time = new RunClock(agentRun.start().at(), job.spec().limits().timeout(), limits);
            return running.add(process, conversation, recorder, time);
        } catch (IOException e) {
            throw new PreparationException(FailureReason.START, "the CLI could not be started: " + e.getMessage(), e);
        }
    }

    private static void checkBudget(Job job) {
        if (job.budgetLeft().signum() <= 0) {
            throw new PreparationException(FailureReason.BUDGET, "earlier runs of the job have spent its budget", null);
        }
    }

    private static void close(Job job, Workspace workspace) {
        try {
            workspace.close();
        } catch (RuntimeException e) {
            LOG.warnf(e, "folders of a run were not removed jobId=%s", job.id());
        }
    }

    private RunEnd notBegun(Job job, Throwable failure) {
        if (failure instanceof RunSecrets.SetAsideException setAside) {
            return setAside.end();
        }
        if (failure instanceof SecretUnavailableException missing) {
            recorders.recording().phases(job).tell("secret_missing", Map.of("why", missing.getMessage()));
        }
        return RunEnd.notBegun(failed(job, failure));
    }

    private Outcome failed(Job job, Throwable failure) {
        if (failure instanceof PreparationException preparation) {
            return Outcome.notRun(
                    JobStatus.FAILED,
                    preparation.reason(),
                    recorders.recording().filter().text(preparation.getMessage()));
        }
        if (failure instanceof SecretUnavailableException missing) {
            return Outcome.notRun(JobStatus.FAILED, FailureReason.MISSING_SECRET, missing.getMessage());
        }
        LOG.errorf(failure, "a run broke jobId=%s", job.id());
        return Outcome.notRun(JobStatus.FAILED, FailureReason.INTERNAL, "a fault of the service; its log has more");
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
