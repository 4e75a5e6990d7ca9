package io.agentservice.runner;

import io.agentservice.job.Job;
import io.agentservice.job.JobEvent;
import io.agentservice.job.Json;
import io.agentservice.store.EventDraft;
import io.agentservice.store.EventFilter;
import io.agentservice.store.JobFeed;
import io.agentservice.store.JobStore;
import io.agentservice.workspace.Phases;
import jakarta.inject.Singleton;
import java.util.List;
import org.jboss.logging.Logger;

/** Where what happens to a job is written down and shown, and what goes over it first. */
@Singleton
record Recording(JobStore store, JobFeed feed, EventFilter filter) {

    private static final Logger LOG = Logger.getLogger(Recording.class);

    /** Records the phases of a job. */
    Phases phases(Job job) {
        return new Phases(phase -> tell(job, phase));
    }

    /** Records a phase; does not wait until it is on the disk. */
    void tell(Job job, JobEvent.Phase phase) {
        var shown = new JobEvent.Phase(
                phase.name(), new Json(filter.output().stdout(phase.detail().text(), false)));
        store.append(job.id(), List.of(EventDraft.of(shown)))
                .subscribe()
                .with(sequence -> {}, failure -> LOG.warnf("a phase was not recorded jobId=%s: %s", job.id(), failure));
    }
}
