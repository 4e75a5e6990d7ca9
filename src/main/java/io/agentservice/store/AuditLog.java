package io.agentservice.store;

import io.smallrye.mutiny.Uni;
import java.time.Instant;

/** What was done, in the order in which it was recorded. It is added to and read; old entries go by their age alone. */
public interface AuditLog {

    /** What the {@code Uni} has completed is on the disk. Fails with {@link StoreException}. */
    Uni<Void> append(AuditEntry entry);

    /** Newest first. */
    Uni<AuditPage> page(AuditQuery query);

    /**
     * Removes some of the entries from before then, and from now on allows no younger ones in their place.
     *
     * @return whether there may be more
     */
    Uni<Boolean> forget(Instant before);
}
