package io.agentservice.job;

/** Who asked for a job: the name of the token it came with. */
public record Submitter(String name) {

    public Submitter {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a submitter has a name");
        }
    }
}
