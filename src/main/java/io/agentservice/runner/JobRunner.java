package io.agentservice.runner;

import io.agentservice.agent.AgentCli;
import io.agentservice.agent.AgentName;
import io.agentservice.agent.AgentPolicies;
import io.agentservice.agent.AgentRun;
import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.process.ProcessLauncher;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.agentservice.store.StoreException;
import io.agentservice.workspace.Workspace;
import io.agentservice.workspace.Workspaces;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Takes a claimed job to its final status, whatever happens on the way. */
@Singleton
public class JobRunner {

    private static final Logger LOG = Logger.getLogger(JobRunner.class);
    private static final Duration STORE_RETRY_FIRST = Duration.ofMillis(200);
    private static final Duration STORE_RETRY_MOST = Duration.ofSeconds(15);

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

    /** What it takes to get an agent going. */
    @Singleton
    record AgentRuntime(AgentCli cli, AgentPolicies policies, ProcessLauncher launcher, JobFeed feed) {}

    /** Completes when the job's final status is on the disk. */
    public Uni<Job> run(Job claimed) {
        return Uni.createFrom()
                .item(() -> open(claimed))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .chain(workspace -> work(claimed, workspace))
                .onFailure()
                .recoverWithItem(failure -> failed(claimed, failure))
                .chain(outcome -> finish(claimed, outcome));
    }

    private Workspace open(Job job) {
        try {
            return workspaces.open(job.id());
        } catch (IOException e) {
            throw new PreparationException(FailureReason.WORKSPACE, "the workspace could not be made ready: " + e, e);
        }
    }

    private Uni<Outcome> work(Job job, Workspace workspace) {
        return Uni.createFrom()
                .item(() -> start(job, workspace))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .chain(Run::toEnd)
                .onTermination()
                .invoke(() -> running.remove(job.id()))
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .eventually(() -> close(job, workspace));
    }

    private Run start(Job job, Workspace workspace) {
        var agentRun = new AgentRun(
                job, workspace, runtime.policies().of(new AgentName(job.spec().agent())));
        try {
            var process = runtime.launcher().start(runtime.cli().command(agentRun));
            var input = new AgentCli.AgentInput(process::send, process::closeInput);
            var conversation = runtime.cli().converse(agentRun, input);
            var recorder = new Recorder(job.id(), conversation, store, runtime.feed());
            var run = new Run(job, process, conversation, recorder, config, clock);
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

    /** A store that cannot take the last word now is asked until it can. */
    private Uni<Job> finish(Job job, Outcome outcome) {
        return store.apply(job.to(outcome, clock.instant()))
                .onFailure(StoreException.class)
                .retry()
                .withBackOff(STORE_RETRY_FIRST, STORE_RETRY_MOST)
                .indefinitely()
                .invoke(JobRunner::logEnd);
    }

    private static void logEnd(Job job) {
        LOG.infof(
                "job ended jobId=%s agent=%s attempt=%d status=%s reason=%s",
                job.id(),
                job.spec().agent(),
                job.progress().attempt(),
                job.status().wireName(),
                job.outcome()
                        .flatMap(Outcome::reason)
                        .map(FailureReason::wireName)
                        .orElse("-"));
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
