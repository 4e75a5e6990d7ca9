package io.agentservice.runner;

import io.agentservice.agent.AgentName;
import io.agentservice.agent.AgentPolicies;
import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobStatus;
import io.agentservice.store.EventDraft;
import io.agentservice.store.JobStore;
import io.agentservice.workspace.Workspace;
import io.agentservice.workspace.WorkspacePolicy;
import io.agentservice.workspace.Workspaces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jboss.logging.Logger;

/** Makes a job's workspace ready and leaves it in order, as its agent's policy wants it; tells the job of both. Blocks. */
@Singleton
public class JobWorkspaces {

    private static final Logger LOG = Logger.getLogger(JobWorkspaces.class);

    private final Workspaces workspaces;
    private final AgentPolicies policies;
    private final JobStore store;

    JobWorkspaces(Workspaces workspaces, AgentPolicies policies, JobStore store) {
        this.workspaces = workspaces;
        this.policies = policies;
        this.store = store;
    }

    /** @throws IOException whose message is a sentence for a person */
    Workspace open(Job job) throws IOException {
        return workspaces.open(job, policy(job), phase -> tell(job, phase));
    }

    /**
     * Lets the next run of a job begin anew.
     *
     * @return whether it can
     */
    boolean forgetConversation(Job job) {
        try {
            workspaces.removeConversation(job.id());
            return true;
        } catch (UncheckedIOException e) {
            LOG.warnf(e, "the conversation of a job was not removed jobId=%s", job.id());
            return false;
        }
    }

    /** Called before a job that has had a run becomes final. What cannot be removed does not keep it from its end. */
    void conclude(Job job, JobStatus end) {
        try {
            workspaces.conclude(job, policy(job), end == JobStatus.COMPLETED, phase -> tell(job, phase));
        } catch (IOException | RuntimeException e) {
            LOG.warnf(e, "the workspace of a job was not removed jobId=%s", job.id());
        }
    }

    /** Leaves the workspace of a job that was cancelled while it waited to go on: it is final, and says no more. */
    public void leave(Job cancelled) {
        try {
            workspaces.conclude(cancelled, policy(cancelled), false, phase -> {});
        } catch (IOException | RuntimeException e) {
            LOG.warnf(e, "the workspace of a cancelled job was not removed jobId=%s", cancelled.id());
        }
    }

    private WorkspacePolicy policy(Job job) {
        return policies.of(new AgentName(job.spec().agent())).workspace();
    }

    private void tell(Job job, JobEvent.Phase phase) {
        store.append(job.id(), List.of(EventDraft.of(phase)))
                .subscribe()
                .with(sequence -> {}, failure -> LOG.warnf("a phase was not recorded jobId=%s: %s", job.id(), failure));
    }
}
