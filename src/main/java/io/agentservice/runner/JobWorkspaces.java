package io.agentservice.runner;

import io.agentservice.agent.AgentName;
import io.agentservice.agent.AgentPolicies;
import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.JobStatus;
import io.agentservice.workspace.Workspace;
import io.agentservice.workspace.WorkspacePolicy;
import io.agentservice.workspace.Workspaces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Makes a job's workspace ready and leaves it in order, as its agent's policy wants it; tells the job of both. Blocks. */
@Singleton
public class JobWorkspaces {

    private static final Logger LOG = Logger.getLogger(JobWorkspaces.class);

    private final Workspaces workspaces;
    private final AgentPolicies policies;
    private final Recording recording;
    private final RunMetrics metrics;
    private final Clock clock;

    JobWorkspaces(Workspaces workspaces, AgentPolicies policies, Recording recording, RunMetrics metrics, Clock clock) {
        this.workspaces = workspaces;
        this.policies = policies;
        this.recording = recording;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** @throws IOException whose message is a sentence for a person */
    Workspace open(Job job) throws IOException {
        Instant begin = clock.instant();
        boolean ready = false;
        try {
            Workspace workspace = workspaces.open(job, policy(job), phase -> recording.tell(job, phase));
            ready = true;
            return workspace;
        } finally {
            metrics.workspace(begin, ready);
        }
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
        } catch (IOException e) {
            LOG.warnf(e, "the conversation of a job was not removed jobId=%s", job.id());
            return false;
        }
    }

    /** Called before a job that has had a run becomes final. What cannot be removed does not keep it from its end. */
    void conclude(Job job, JobStatus end) {
        conclude(job, end, phase -> recording.tell(job, phase));
    }

    /** Leaves the workspace of a job that was cancelled while it waited to go on: it is final, and is told no more. */
    public void leave(Job cancelled) {
        conclude(cancelled, cancelled.status(), phase -> {});
    }

    private void conclude(Job job, JobStatus end, Consumer<JobEvent.Phase> told) {
        try {
            workspaces.conclude(job, policy(job), end == JobStatus.COMPLETED, told);
        } catch (IOException | RuntimeException e) {
            LOG.warnf(e, "the workspace of a job was not removed jobId=%s", job.id());
        }
    }

    private WorkspacePolicy policy(Job job) {
        return policies.of(new AgentName(job.spec().agent())).workspace();
    }
}
