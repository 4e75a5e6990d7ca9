package io.agentservice.access;

/** What came as a token opens no door. */
public final class RefusedTokenException extends RuntimeException {

    private final RefusalReason reason;

    RefusedTokenException(RefusalReason reason) {
        super(reason.wireName());
        this.reason = reason;
    }

    public RefusalReason reason() {
        return reason;
    }
}
