package io.agentservice.runner;

import io.agentservice.job.Job;
import io.agentservice.job.JobId;
import io.agentservice.process.SandboxMetrics;
import io.agentservice.process.Survivors;
import io.agentservice.workspace.Workspaces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Set;
import org.jboss.logging.Logger;

/** Ends what runs of an earlier life of the service left behind, and removes their folders. Blocks. */
@Singleton
public class Reaper {

    private static final Logger LOG = Logger.getLogger(Reaper.class);

    private final Survivors survivors;
    private final Workspaces workspaces;
    private final SandboxMetrics metrics;

    Reaper(Survivors survivors, Workspaces workspaces, SandboxMetrics metrics) {
        this.survivors = survivors;
        this.metrics = metrics;
        this.workspaces = workspaces;
    }

    /** Ends the processes of a job that was running. */
    public void reap(Job job) {
        int ended = endSurvivors(job);
        metrics.recovered(ended);
        if (ended > 0) {
            LOG.warnf("processes of an earlier life were ended jobId=%s count=%d", job.id(), ended);
        }
    }

    private int endSurvivors(Job job) {
        try {
            return survivors.end(job.runMarker(), workspaces.privateFolders(job.id()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while an earlier life was cleaned up", e);
        }
    }

    /**
     * Removes what a job has on the disk that has ended for good.
     *
     * @throws IOException if something of it could not be removed
     */
    public void forget(JobId job) throws IOException {
        workspaces.forget(job);
    }

    /** Removes the folders of all runs, but for the checkouts of jobs that go on; none may be under way. */
    public void removeFolders(Set<JobId> goingOn) {
        try {
            workspaces.removeLeftovers(goingOn);
        } catch (IOException e) {
            LOG.warnf("folders of earlier runs were not removed: %s", e.getMessage());
        }
    }
}
