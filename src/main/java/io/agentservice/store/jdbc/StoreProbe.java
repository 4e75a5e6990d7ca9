package io.agentservice.store.jdbc;

import io.smallrye.mutiny.Uni;
import java.sql.Connection;
import java.sql.SQLException;

/** Whether the store can be written and read now, asked of the store itself. */
final class StoreProbe {

    private static final String READ = "SELECT key FROM job LIMIT 1";

    private final Readers readers;
    private final GroupCommit writer;
    private final Room room;

    StoreProbe(Readers readers, GroupCommit writer, Room room) {
        this.readers = readers;
        this.writer = writer;
        this.room = room;
    }

    /** Fails as a real write or read would. */
    Uni<Void> check() {
        return writer.write(this::write, () -> {}).chain(() -> readers.read(StoreProbe::read));
    }

    private Void write(Connection connection) throws SQLException {
        room.require(0);
        return StoreFile.rewriteFirstPage(connection);
    }

    private static Void read(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(READ);
            return null;
        }
    }
}
