package io.agentservice.queue;

/** The job asks for more than its agent may have; says what it may. */
public final class PolicyException extends RuntimeException {

    PolicyException(String message) {
        super(message);
    }
}
