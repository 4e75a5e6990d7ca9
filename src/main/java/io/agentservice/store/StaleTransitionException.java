package io.agentservice.store;

import io.agentservice.job.Transition;

/** The job has taken another step since the one that this transition starts from. */
public final class StaleTransitionException extends RuntimeException {

    public StaleTransitionException(Transition transition) {
        super("job %s is no longer %s"
                .formatted(transition.from().id(), transition.from().status().wireName()));
    }
}
