package io.agentservice.runner;

import io.agentservice.job.Outcome;
import io.agentservice.job.RunCost;
import java.time.Instant;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param outcome what it would make of its job; {@link AfterRun} decides what it does
 * @param limitedUntil when the usage limit that ended it is lifted, if that is known
 */
record RunEnd(Outcome outcome, RunCost cost, Cause cause, Optional<Instant> limitedUntil) {

    /** Who ended it. */
    enum Cause {
        /** The agent, a limit or a caller. */
        ITSELF,
        /** The service, which was to stop. */
        DRAIN,
        /** The end of an earlier life of the service. */
        CRASH
    }

    /** The end of a run that never began. */
    static RunEnd notBegun(Outcome outcome) {
        return new RunEnd(outcome, RunCost.NOTHING, Cause.ITSELF, Optional.empty());
    }
}
