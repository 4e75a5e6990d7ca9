package io.agentservice.agent;

import io.agentservice.job.Job;
import io.agentservice.process.Sandbox;
import io.agentservice.workspace.Workspace;
import java.time.Instant;

/**
 * Everything that one run of an agent needs to know.
 *
 * @param sandbox the one in force for it
 */
public record AgentRun(Job job, Workspace workspace, AgentPolicy policy, Sandbox sandbox, Start start) {

    /** @param goesOn whether an earlier run has begun the conversation */
    public record Start(Instant at, boolean goesOn) {}
}
