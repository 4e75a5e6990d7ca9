package io.agentservice.api;

/** There is no job of that id, or none that this caller may see. */
final class JobNotFoundException extends RuntimeException {

    JobNotFoundException(String id) {
        super("there is no job '%s': take the id from job_id of the answer to POST /execute".formatted(id));
    }
}
