package io.agentservice.store.jdbc;

import io.agentservice.job.JobId;
import io.agentservice.job.Submitter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The table {@code removed_job}: which jobs were there once. */
final class RemovedRows {

    private static final String FIND = "SELECT removed_at FROM removed_job WHERE id = ?";
    private static final String FIND_OWN = "SELECT removed_at FROM removed_job WHERE id = ? AND submitter = ?";
    private static final String INSERT =
            "INSERT INTO removed_job (id, removed_at, submitter) SELECT id, ?, submitter FROM job WHERE id = ?";
    static final String FORGET = """
            DELETE FROM removed_job WHERE id IN
                (SELECT id FROM removed_job WHERE removed_at < ? ORDER BY removed_at LIMIT ?)""";

    private static final String ANY = "SELECT 1 FROM removed_job WHERE removed_at < ? LIMIT 1";

    private RemovedRows() {}

    static Optional<Instant> find(Connection connection, JobId id) throws SQLException {
        try (var statement = connection.prepareStatement(FIND)) {
            statement.setString(1, id.value());
            try (var row = statement.executeQuery()) {
                return row.next() ? Optional.of(Instant.ofEpochMilli(row.getLong(1))) : Optional.empty();
            }
        }
    }

    static Optional<Instant> find(Connection connection, JobId id, Submitter submitter) throws SQLException {
        try (var statement = connection.prepareStatement(FIND_OWN)) {
            statement.setString(1, id.value());
            statement.setString(2, submitter.name());
            try (var row = statement.executeQuery()) {
                return row.next() ? Optional.of(Instant.ofEpochMilli(row.getLong(1))) : Optional.empty();
            }
        }
    }

    static void insert(Connection connection, JobId id, Instant at) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setLong(1, at.toEpochMilli());
            statement.setString(2, id.value());
            statement.executeUpdate();
        }
    }

    static boolean any(Connection connection, Instant before) throws SQLException {
        try (var statement = connection.prepareStatement(ANY)) {
            statement.setLong(1, before.toEpochMilli());
            try (var row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** @return how many were forgotten */
    static int forget(Connection connection, Instant before, int max) throws SQLException {
        try (var statement = connection.prepareStatement(FORGET)) {
            statement.setLong(1, before.toEpochMilli());
            statement.setInt(2, max);
            return statement.executeUpdate();
        }
    }
}
