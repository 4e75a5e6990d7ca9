package io.agentservice.api;

/** The caller is known, and may not do this. */
final class NotAllowedHereException extends RuntimeException {

    NotAllowedHereException(String message) {
        super(message);
    }
}
