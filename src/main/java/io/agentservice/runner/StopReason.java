package io.agentservice.runner;

import io.agentservice.job.FailureReason;
import io.agentservice.job.JobStatus;

/** Why a run is ended from outside, and what that makes of its job. */
enum StopReason {
    WALL_CLOCK(JobStatus.TIMEOUT, FailureReason.WALL_CLOCK, "the job ran longer than its timeout"),
    SHUTDOWN(JobStatus.FAILED, FailureReason.INTERRUPTED, "the service was stopped while the job ran"),
    RECORDING(JobStatus.FAILED, FailureReason.RECORDING, "what the agent said could not be recorded"),
    /** It has said all it had to say: its own result stands. */
    STAYED(JobStatus.FAILED, FailureReason.NO_RESULT, "the CLI did not exit");

    private final JobStatus status;
    private final FailureReason reason;
    private final String sentence;

    StopReason(JobStatus status, FailureReason reason, String sentence) {
        this.status = status;
        this.reason = reason;
        this.sentence = sentence;
    }

    JobStatus status() {
        return status;
    }

    FailureReason reason() {
        return reason;
    }

    String sentence() {
        return sentence;
    }
}
