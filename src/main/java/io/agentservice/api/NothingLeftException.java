package io.agentservice.api;

/** The job does not have what was asked for. */
final class NothingLeftException extends RuntimeException {

    NothingLeftException(String what) {
        super("the job has not left " + what);
    }
}
