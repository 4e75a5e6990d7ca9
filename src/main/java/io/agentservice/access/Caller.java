package io.agentservice.access;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Who makes the request that is under way, and what it may do. Asked on the thread that the request came by. */
@Singleton
public class Caller {

    /** Of an identity: what it may do. */
    static final String GRANT = "grant";

    private final SecurityIdentity identity;

    Caller(SecurityIdentity identity) {
        this.identity = identity;
    }

    /** Fails with {@link IllegalStateException} where anybody may call. */
    public Grant grant() {
        return of(identity).orElseThrow(() -> new IllegalStateException("nobody was asked who they are"));
    }

    /** Empty for somebody who was let in without a question. */
    public static Optional<Grant> of(SecurityIdentity identity) {
        return Optional.ofNullable(identity.getAttribute(GRANT));
    }
}
