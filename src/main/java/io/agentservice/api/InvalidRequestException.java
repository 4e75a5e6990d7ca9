package io.agentservice.api;

import java.util.List;

/** A request that cannot be understood or is out of bounds; says all that is wrong with it. */
final class InvalidRequestException extends RuntimeException {

    private final List<Problem.Violation> violations;

    InvalidRequestException(String message) {
        this(message, List.of());
    }

    InvalidRequestException(String message, List<Problem.Violation> violations) {
        super(message);
        this.violations = List.copyOf(violations);
    }

    List<Problem.Violation> violations() {
        return violations;
    }
}
