package io.agentservice.runner;

import io.agentservice.job.FailureReason;
import io.agentservice.job.JobStatus;

/** Why a run is ended from outside, and what that makes of its job. */
enum StopReason {
    WALL_CLOCK(JobStatus.TIMEOUT, FailureReason.WALL_CLOCK, "the job ran longer than its timeout"),
    IDLE(JobStatus.TIMEOUT, FailureReason.IDLE, "nothing came from the agent for too long while no tool call was open"),
    TOOL_CALL(JobStatus.TIMEOUT, FailureReason.TOOL_CALL, "one tool call took longer than it may"),
    DISK(JobStatus.FAILED, FailureReason.DISK, "the job's folders grew beyond the max-bytes of its workspace"),
    REFUSED(JobStatus.FAILED, FailureReason.AUTHENTICATION, "the API refused the credential (401)"),
    CANCEL(JobStatus.CANCELLED, FailureReason.CANCELLED, "a caller cancelled the job"),
    /** The service stops: the job goes back into the queue. */
    DRAIN(JobStatus.FAILED, FailureReason.INTERRUPTED, "the service was stopped while the job ran"),
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
