package io.agentservice.access;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.BooleanSupplier;

/** Whether a caller who was let in may still be here: asked again by what outlasts a request, such as a stream. */
@ApplicationScoped
public class Standing {

    private final TokenAuthentication tokens;

    protected Standing(TokenAuthentication tokens) {
        this.tokens = tokens;
    }

    /**
     * Called while the caller's request is under way.
     *
     * @return whether the token that the caller came by is still accepted; answers at once, on any thread, at any time
     */
    public BooleanSupplier of(SecurityIdentity caller) {
        byte[] hash = caller.getAttribute(TokenAuthentication.TOKEN);
        return () -> tokens.accepts(hash);
    }
}
