package io.agentservice.store;

/** The key of a request has made a job before, so nothing was stored. */
public final class KeyTakenException extends RuntimeException {

    private final transient RequestKey.Use use;

    public KeyTakenException(RequestKey.Use use) {
        super("the key was used for the job " + use.job());
        this.use = use;
    }

    /** What it was used for. */
    public RequestKey.Use use() {
        return use;
    }
}
