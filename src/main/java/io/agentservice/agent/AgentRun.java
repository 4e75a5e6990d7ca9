package io.agentservice.agent;

import io.agentservice.job.Job;
import io.agentservice.process.Sandbox;
import io.agentservice.workspace.Workspace;
import java.time.Instant;
import java.util.Map;

/**
 * Everything that one run of an agent needs to know.
 *
 * @param sandbox the one in force for it
 * @param telemetry variables that connect what its process traces with the job's trace
 */
public record AgentRun(
        Job job, Workspace workspace, AgentPolicy policy, Sandbox sandbox, Map<String, String> telemetry, Start start) {

    public AgentRun {
        telemetry = Map.copyOf(telemetry);
    }

    /** @param goesOn whether an earlier run has begun the conversation */
    public record Start(Instant at, boolean goesOn) {}
}
