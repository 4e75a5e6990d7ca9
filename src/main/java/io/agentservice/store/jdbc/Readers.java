package io.agentservice.store.jdbc;

import io.smallrye.mutiny.Uni;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The reading connections. Every read goes this way, so that damage shows which only a read meets. */
final class Readers {

    private final DataSource dataSource;
    private final Integrity integrity;

    Readers(DataSource dataSource, Integrity integrity) {
        this.dataSource = dataSource;
        this.integrity = integrity;
    }

    /** What is read on one connection. May wait for the disk. */
    @FunctionalInterface
    interface Query<T> {
        T read(Connection connection) throws SQLException;
    }

    <T> Uni<T> read(Query<T> query) {
        return Blocking.<T>call(() -> {
                    try (var connection = dataSource.getConnection()) {
                        return query.read(connection);
                    }
                })
                .onFailure()
                .invoke(integrity::noticed);
    }
}
