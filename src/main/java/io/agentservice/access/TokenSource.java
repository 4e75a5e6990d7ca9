package io.agentservice.access;

/** Where tokens come from. All there are, are started before the first request. */
public interface TokenSource {

    /** A word for logs and health. */
    String name();

    /** Whether the operator has set it up, even if it cannot be read now. */
    boolean isConfigured();

    /**
     * Hands its tokens to the book, now or when it has them, and again whenever they change. Called once, and only if
     * it is configured; may read a file, but waits for no other machine.
     */
    void start(TokenBook book);
}
