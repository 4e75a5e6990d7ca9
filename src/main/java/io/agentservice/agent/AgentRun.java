package io.agentservice.agent;

import io.agentservice.job.Job;
import io.agentservice.workspace.Workspace;

/** Everything that one run of an agent needs to know. */
public record AgentRun(Job job, Workspace workspace, AgentPolicy policy) {}
