package io.agentservice.trace;

import io.agentservice.job.FailureReason;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;

/** One thing that is done for a job. It failed unless it is said that it did not. */
public final class JobSpan implements AutoCloseable {

    private final Span span;
    private boolean good;

    JobSpan(Span span) {
        this.span = span;
    }

    public void good() {
        good = true;
    }

    /** It has led to this; the status and the reason say it, never the words of an agent. */
    public void led(Outcome outcome) {
        describe(span, outcome);
        good = true;
    }

    static void describe(Span span, Outcome outcome) {
        String reason = outcome.reason().map(FailureReason::wireName).orElse("");
        span.setAttribute("job.status", outcome.status().wireName());
        if (!reason.isEmpty()) {
            span.setAttribute("job.reason", reason);
        }
        if (outcome.status() == JobStatus.FAILED || outcome.status() == JobStatus.TIMEOUT) {
            span.setStatus(StatusCode.ERROR, reason);
        }
    }

    @Override
    public void close() {
        if (!good) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }
}
