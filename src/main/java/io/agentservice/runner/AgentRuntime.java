package io.agentservice.runner;

import io.agentservice.agent.AgentCli;
import io.agentservice.agent.AgentName;
import io.agentservice.agent.AgentPolicies;
import io.agentservice.agent.AgentRun;
import io.agentservice.job.Job;
import io.agentservice.process.ProcessLauncher;
import io.agentservice.process.RunningProcess;
import io.agentservice.process.SandboxMetrics;
import io.agentservice.process.Sandboxes;
import io.agentservice.trace.AgentTelemetry;
import io.agentservice.workspace.Workspace;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Instant;

/** What it takes to get an agent going. */
@Singleton
record AgentRuntime(
        AgentCli cli,
        AgentPolicies policies,
        ProcessLauncher launcher,
        Sandboxes sandboxes,
        SandboxMetrics metrics,
        AgentTelemetry telemetry,
        RunSecrets secrets) {

    /** Reads what earlier runs of the job have left, so it blocks. */
    AgentRun runOf(Job job, Workspace workspace, RunSecrets.Attached attached, Instant now) {
        var policy = policies.of(new AgentName(job.spec().agent()));
        var sandbox = policy.sandbox().orElseGet(sandboxes::best);
        var start = cli.prepare(job, workspace.conversation(), now);
        return new AgentRun(job, workspace, policy, sandbox, start, attached.with(telemetry.variables(job)));
    }

    /** @throws IOException if it cannot be started, or the sandbox that its policy asks for is not to be had */
    RunningProcess launch(AgentRun run) throws IOException {
        if (!sandboxes.available().contains(run.sandbox())) {
            throw new IOException("the sandbox '%s' that agents.yaml asks for does not work on this machine"
                    .formatted(run.sandbox().wireName()));
        }
        RunningProcess process = launcher.start(cli.command(run));
        metrics.started(run.sandbox());
        process.exit().subscribe().with(exit -> metrics.ended(exit.swept(), process.takenAlong()));
        return process;
    }
}
