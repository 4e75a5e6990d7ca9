package io.agentservice.runner;

import io.agentservice.job.Job;
import io.agentservice.job.LogKeys;
import io.agentservice.trace.JobSpans;
import org.jboss.logging.Logger;

/** What the operator is told of each change of a job's status: one line in the log, and the spans that end with it. */
public final class StatusLog {

    private static final Logger LOG = Logger.getLogger(StatusLog.class);

    private StatusLog() {}

    public static void changed(Job job) {
        LOG.infof("job is %s %s", job.status().wireName(), LogKeys.of(job));
        JobSpans.changed(job);
    }
}
