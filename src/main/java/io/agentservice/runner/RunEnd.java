package io.agentservice.runner;

import io.agentservice.job.FailureReason;
import io.agentservice.job.JobStatus;
import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import java.time.Instant;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param outcome what it would make of its job; {@link AfterRun} decides what it does
 * @param limitedUntil when what ended it is lifted, the usage limit or that no credential is good; if that is known
 */
record RunEnd(Outcome outcome, RunCost cost, Cause cause, Optional<Instant> limitedUntil, Credential credential) {

    /** Who ended it. */
    enum Cause {
        /** The agent, a limit or a caller. */
        ITSELF,
        /** The service, which was to stop. */
        DRAIN,
        /** The end of an earlier life of the service. */
        CRASH
    }

    /** What it says of the credential that it had, where the service had given it one. */
    enum Credential {
        NOTHING,
        /** The API refused it, so another could do. */
        REFUSED,
        /** It was refused or met its limit, and there is another for the job to go on with. */
        ANOTHER_IS_THERE
    }

    RunEnd(Outcome outcome, RunCost cost, Cause cause, Optional<Instant> limitedUntil) {
        this(outcome, cost, cause, limitedUntil, Credential.NOTHING);
    }

    /** The end of a run that never began. */
    static RunEnd notBegun(Outcome outcome) {
        return new RunEnd(outcome, RunCost.NOTHING, Cause.ITSELF, Optional.empty());
    }

    /** The end of a run that never began because every credential is set aside. */
    static RunEnd noCredential(FailureReason why, Instant until) {
        Outcome outcome = Outcome.notRun(
                JobStatus.FAILED, why, "every credential for the model is refused or at its usage limit");
        return new RunEnd(outcome, RunCost.NOTHING, Cause.ITSELF, Optional.of(until), Credential.REFUSED);
    }

    boolean isFor(FailureReason reason) {
        return outcome.reason().filter(reason::equals).isPresent();
    }

    RunEnd until(Instant at) {
        return new RunEnd(outcome, cost, cause, Optional.of(at), credential);
    }

    RunEnd withAnotherCredential() {
        return new RunEnd(outcome, cost, cause, limitedUntil, Credential.ANOTHER_IS_THERE);
    }
}
