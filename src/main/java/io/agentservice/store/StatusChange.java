package io.agentservice.store;

import io.agentservice.job.JobId;
import io.agentservice.job.Json;
import io.agentservice.job.Submitter;
import java.util.Map;

/**
 * A job's new status, among those of all jobs.
 *
 * @param position its number among all of them: it grows in the order of commits and has gaps where jobs were removed
 * @param event the status event of the job
 */
public record StatusChange(long position, Subject job, StoredEvent event) {

    /**
     * The job that it is about.
     *
     * @param findable the metadata that a job is found by, as in {@link JobQuery.Filter#metadata}
     */
    public record Subject(JobId id, String agent, Submitter submitter, Json metadata, Map<String, String> findable) {

        public Subject {
            findable = Map.copyOf(findable);
        }
    }
}
