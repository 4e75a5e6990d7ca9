package io.agentservice.access;

import java.util.Locale;

/** Why a caller was not let in, or not let do what it wanted. */
public enum RefusalReason {
    NO_TOKEN,
    UNKNOWN_TOKEN,
    /** Of Kubernetes: its time is over, or has not come. */
    EXPIRED_TOKEN,
    /** Of Kubernetes: not for us, not by our issuer, not signed by it, or no token at all. */
    INVALID_TOKEN,
    /** Of Kubernetes, and no rule names its account. */
    UNKNOWN_ACCOUNT,
    /** Of Kubernetes, and its keys could not be read yet. */
    NO_KEYS,
    TOKEN_IN_URL,
    /** Known, and may not do that. */
    FORBIDDEN;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it may have been a guess. */
    boolean countsAgainstAddress() {
        return this != FORBIDDEN && this != NO_KEYS;
    }
}
