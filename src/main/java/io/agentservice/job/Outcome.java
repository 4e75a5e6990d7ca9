package io.agentservice.job;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a run ended: a value, also when it failed.
 *
 * @param status the final status it leads to
 * @param reason why, unless it completed
 * @param error one sentence for a person, unless it completed
 * @param exitCode the process's exit code; empty if none was started
 * @param resultLine the CLI's last result event, as it came
 * @param stderrTail the last of what the process wrote to stderr
 */
public record Outcome(
        JobStatus status,
        Optional<FailureReason> reason,
        Optional<String> error,
        OptionalInt exitCode,
        Optional<Json> resultLine,
        String stderrTail) {

    public Outcome {
        if (!status.isFinal()) {
            throw new IllegalArgumentException("an outcome is final, " + status + " is not");
        }
        if (status == JobStatus.COMPLETED && (reason.isPresent() || error.isPresent())) {
            throw new IllegalArgumentException("a completed job has no reason or error");
        }
    }

    /** The same run, ended for this reason rather than for its own. */
    public Outcome endedAs(JobStatus other, FailureReason why, String sentence) {
        return new Outcome(other, Optional.of(why), Optional.of(sentence), exitCode, resultLine, stderrTail);
    }

    /** An outcome of a job whose agent never ran. */
    public static Outcome notRun(JobStatus status, FailureReason reason, String error) {
        return new Outcome(status, Optional.of(reason), Optional.of(error), OptionalInt.empty(), Optional.empty(), "");
    }
}
