package io.agentservice.runner;

import io.agentservice.job.Outcome;

/**
 * How a run ended.
 *
 * @param putBack whether its job goes back into the queue instead of to this outcome
 */
record RunEnd(Outcome outcome, boolean putBack) {

    static RunEnd of(Outcome outcome) {
        return new RunEnd(outcome, false);
    }
}
