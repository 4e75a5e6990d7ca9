package io.agentservice.queue;

import io.agentservice.job.JobId;

/** The key of a request was used for another request before. */
public final class KeyReusedException extends RuntimeException {

    KeyReusedException(JobId job) {
        super(
                "this Idempotency-Key was used for another request, which made the job %s: use a new key for a new request"
                        .formatted(job));
    }
}
