package io.agentservice.store.jdbc;

import io.agentservice.store.AuditEntry;
import io.agentservice.store.AuditLog;
import io.agentservice.store.AuditPage;
import io.agentservice.store.AuditQuery;
import io.smallrye.mutiny.Uni;
import java.time.Instant;

/** The audit log in SQL, written in the same groups as the jobs. */
final class JdbcAuditLog implements AuditLog {

    private static final int MAX_ROWS = 500;

    private final Readers readers;
    private final GroupCommit writer;

    JdbcAuditLog(Readers readers, GroupCommit writer) {
        this.readers = readers;
        this.writer = writer;
    }

    @Override
    public Uni<Void> append(AuditEntry entry) {
        return writer.write(
                connection -> {
                    AuditRows.insert(connection, entry);
                    return null;
                },
                () -> {});
    }

    @Override
    public Uni<AuditPage> page(AuditQuery query) {
        return readers.read(connection -> AuditRows.page(connection, query));
    }

    /** Looks first: a service that has nothing to do writes nothing. */
    @Override
    public Uni<Boolean> forget(Instant before) {
        return readers.read(connection -> AuditRows.any(connection, before))
                .chain(present -> present
                        ? writer.write(connection -> AuditRows.forget(connection, before, MAX_ROWS), () -> {})
                        : Uni.createFrom().item(0))
                .map(count -> count == MAX_ROWS);
    }
}
