package io.agentservice.agent;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.job.JobSpec;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Json;
import io.agentservice.job.Submitter;
import io.agentservice.process.Sandbox;
import io.agentservice.workspace.Workspace;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs as the tests of this room need them. */
final class AgentRuns {

    static final String ID = "019b76da-a87b-7000-8000-000000000000";

    private AgentRuns() {}

    static AgentRun of(String prompt, String agent) {
        return of(prompt, agent, Path.of("/nowhere"), Map.of());
    }

    static AgentRun of(String prompt, String agent, Path folder, Map<String, String> environment) {
        var limits = new JobSpec.Limits(BigDecimal.ONE, Duration.ofMinutes(1));
        var spec = new JobSpec(prompt, agent, Optional.empty(), limits, JobSpec.Placement.USUAL, Json.EMPTY_OBJECT);
        Job job = Job.accepted(new JobId(ID), spec, new Submitter("ci"), "s", Instant.EPOCH)
                .to(JobStatus.RUNNING, Instant.EPOCH)
                .job();
        var workspace =
                new Workspace(folder, folder.resolve("home"), folder.resolve("conversation"), folder, false, List.of());
        var settings = new AgentSettings(Map.of(), Optional.empty(), environment);
        return new AgentRun(
                job,
                workspace,
                settings.policy(),
                Sandbox.NONE,
                new AgentRun.Start(Instant.EPOCH, false),
                AgentRun.Given.NOTHING);
    }
}
