package io.agentservice.secrets;

/** A secret that is needed cannot be had now. The message is a sentence for a person and has nothing of its value. */
public final class SecretUnavailableException extends RuntimeException {

    private final transient Why why;

    SecretUnavailableException(Why why, String message) {
        super(message);
        this.why = why;
    }

    Why why() {
        return why;
    }

    /** What keeps it away. */
    enum Why {
        NOT_CONFIGURED,
        SEALED,
        SLOW,
        UNREACHABLE,
        DENIED,
        MISSING,
        OTHER;

        /** Whether Vault itself did not get to say anything about the secret. */
        boolean isOutage() {
            return this == SEALED || this == SLOW || this == UNREACHABLE || this == OTHER;
        }
    }
}
