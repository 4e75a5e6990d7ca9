package io.agentservice.runner;

import io.agentservice.job.FailureReason;
import io.agentservice.job.Job;
import io.agentservice.job.Outcome;
import org.jboss.logging.Logger;

/** The one line that the log has for each change of a job's status. */
public final class StatusLog {

    private static final Logger LOG = Logger.getLogger(StatusLog.class);

    private StatusLog() {}

    public static void changed(Job job) {
        LOG.infof(
                "job is %s jobId=%s agent=%s attempt=%d submitter=%s reason=%s",
                job.status().wireName(),
                job.id(),
                job.spec().agent(),
                job.progress().attempt(),
                job.submitter().name(),
                job.outcome()
                        .flatMap(Outcome::reason)
                        .or(() -> job.progress().hold().reason())
                        .map(FailureReason::wireName)
                        .orElse("-"));
    }
}
