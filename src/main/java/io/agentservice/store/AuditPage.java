package io.agentservice.store;

import java.util.List;
import java.util.OptionalLong;

/**
 * Some entries, newest first.
 *
 * @param next the position to go on before; empty if there are no more
 */
public record AuditPage(List<Recorded> entries, OptionalLong next) {

    public AuditPage {
        entries = List.copyOf(entries);
    }

    /** @param position grows in the order of recording, and is never used twice */
    public record Recorded(long position, AuditEntry entry) {}
}
