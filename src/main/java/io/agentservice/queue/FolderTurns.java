package io.agentservice.queue;

import io.agentservice.agent.AgentName;
import io.agentservice.agent.AgentPolicies;
import io.agentservice.job.Job;
import io.agentservice.workspace.WorkspaceMode;
import io.agentservice.workspace.WorkspacePolicy;
import io.agentservice.workspace.WorkspaceSources;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Who may work in WORKSPACE_DIR itself: one job at a time, unless the policies of all that do share it. */
final class FolderTurns {

    private final AgentPolicies policies;
    private final WorkspaceSources workspaces;
    private final Map<String, Use> uses = new HashMap<>();

    private enum Use {
        NONE,
        SHARED,
        ALONE
    }

    FolderTurns(AgentPolicies policies, WorkspaceSources workspaces) {
        this.policies = policies;
        this.workspaces = workspaces;
    }

    /** Whether one of those that run keeps this job out of the folder. */
    boolean isTaken(Job job, Collection<Job> running) {
        Use own = use(job);
        return own != Use.NONE
                && running.stream()
                        .map(this::use)
                        .anyMatch(other -> other == Use.ALONE || other == Use.SHARED && own == Use.ALONE);
    }

    private Use use(Job job) {
        return uses.computeIfAbsent(job.spec().agent(), this::use);
    }

    private Use use(String agent) {
        WorkspacePolicy policy = policies.of(new AgentName(agent)).workspace();
        if (workspaces.modeOf(policy) != WorkspaceMode.DIRECTORY) {
            return Use.NONE;
        }
        return policy.shared() ? Use.SHARED : Use.ALONE;
    }
}
