package io.agentservice.access;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Whether a caller who was let in may still be here: asked again by what outlasts a request, such as a stream. */
@ApplicationScoped
public class Standing {

    /** Of an identity: answers with what its token allows now, if it is still one. */
    static final String CURRENT = "current-grant";

    /**
     * Called while the caller's request is under way.
     *
     * @return whether what the caller came by still allows what it did then; answers at once, on any thread, at any time
     */
    public BooleanSupplier of(SecurityIdentity caller) {
        Supplier<Optional<Grant>> current = caller.getAttribute(CURRENT);
        Optional<Grant> then = current.get();
        return () -> then.isPresent() && current.get().equals(then);
    }
}
